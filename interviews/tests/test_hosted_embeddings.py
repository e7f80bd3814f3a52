"""OpenAI-compatible embeddings, through the official SDK, against a local endpoint."""

import asyncio
import json
from collections.abc import Sequence

import numpy as np
import pytest

from interviews.grounding.embedders import Vectors
from interviews.grounding.hosted import OpenAIEmbeddings
from voice.errors import EngineError
from voice.tests.sse import Script, endpoint, send


def answering(status: int, body: object) -> Script:
    return lambda writer: send(writer, status, "application/json", json.dumps(body).encode())


async def embedded(script: Script, texts: Sequence[str]) -> Vectors:
    async with endpoint(script) as server:
        engine = OpenAIEmbeddings(base_url=server.url, api_key_env="", timeout=60.0)
        return await asyncio.to_thread(engine.embed, texts)


async def test_vectors_come_in_the_order_of_their_texts_and_of_length_one() -> None:
    data = [
        {"object": "embedding", "index": 1, "embedding": [0.0, 2.0]},
        {"object": "embedding", "index": 0, "embedding": [3.0, 4.0]},
    ]
    usage = {"prompt_tokens": 2, "total_tokens": 2}
    body = {"object": "list", "data": data, "model": "m", "usage": usage}
    vectors = await embedded(answering(200, body), ["one", "two"])
    assert np.allclose(vectors, [[0.6, 0.8], [0.0, 1.0]])


@pytest.mark.parametrize(
    ("status", "code"), [(401, "rejected"), (400, "rejected"), (503, "unavailable")]
)
async def test_a_refusal_is_an_engines_error(status: int, code: str) -> None:
    with pytest.raises(EngineError) as raised:
        await embedded(answering(status, {"error": {"message": "no"}}), ["one"])
    assert raised.value.code == code


@pytest.mark.parametrize("body", [{"data": [1]}, {"data": None}, {"data": [{}, {}]}, [1], None])
async def test_an_answer_that_is_none(body: object) -> None:
    with pytest.raises(EngineError) as raised:
        await embedded(answering(200, body), ["one", "two"])
    assert raised.value.code == "malformed"


async def test_a_new_key_needs_no_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    item = {"object": "embedding", "index": 0, "embedding": [1.0]}
    script = answering(200, {"object": "list", "data": [item], "model": "m"})
    async with endpoint(script) as server:
        engine = OpenAIEmbeddings(base_url=server.url, api_key_env="SOME_KEY", timeout=60.0)
        for key in ("the-old-key", "the-new-key"):
            monkeypatch.setenv("SOME_KEY", key)
            await asyncio.to_thread(engine.embed, ["one"])
    assert "the-old-key" in server.headers[0] and "the-new-key" in server.headers[1]


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    with pytest.raises(EngineError, match="SOME_KEY"):
        OpenAIEmbeddings(api_key_env="SOME_KEY").embed(["one"])
