"""Connections to OpenAI-compatible endpoints are not closed between two replies."""

import asyncio

import pytest

from voice.adapters import openai_client
from voice.adapters.openai_chat import OpenAIChat
from voice.engines import Message
from voice.tests.wire.openai import Chat
from voice.tests.wire.server import serve

pytestmark = pytest.mark.virtual_time


async def test_an_idle_connection_is_kept_in_use_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setattr(openai_client, "IDLE", 0.4)
    monkeypatch.setattr(openai_client, "KEPT", 1.4)
    async with serve(Chat()) as wire:
        model = OpenAIChat(model="some-model", base_url=f"{wire.url}/v1")
        asked = [Message("candidate", "Hello.")]
        assert [delta async for delta in model.reply(asked, max_tokens=9)]
        await asyncio.sleep(2.5)
        kept = [request.target for request in wire.requests if request.method == "GET"]
        assert kept and set(kept) == {"/v1/models/some-model"}
        await asyncio.sleep(0.6)
        later = [request.target for request in wire.requests if request.method == "GET"]
        assert len(later) == len(kept)
        assert [delta async for delta in model.reply(asked, max_tokens=9)]
        await model.close()
    assert wire.connections == 1


async def test_a_server_of_our_own_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_client, "IDLE", 0.05)
    async with serve(Chat()) as wire:
        model = OpenAIChat(model="any", base_url=f"{wire.url}/v1", api_key="ours")
        asked = [Message("candidate", "Hello.")]
        assert [delta async for delta in model.reply(asked, max_tokens=9)]
        await asyncio.sleep(0.3)
        await model.close()
    assert [request.method for request in wire.requests] == ["POST"]
