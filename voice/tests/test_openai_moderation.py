"""The hosted moderation endpoint, asked by the official SDK over a real socket."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voice.adapters.openai_moderation import OpenAIModeration
from voice.adapters.phrases import Phrases
from voice.engines import Verdict
from voice.errors import EngineError
from voice.panel import Panel
from voice.tests.wire.fault import CODE, SECRET, Fault
from voice.tests.wire.openai import Moderations
from voice.tests.wire.server import Wire, serve


@asynccontextmanager
async def opened(
    fault: Fault | None = None, **options: Any
) -> AsyncIterator[tuple[OpenAIModeration, Moderations, Wire]]:
    provider = Moderations(fault)
    if fault in (Fault.SLOW_TO_START, Fault.STALLED):
        options.setdefault("timeout", 0.2)
    options.setdefault("timeout", 20.0)
    options.setdefault("api_key_env", "")
    async with serve(provider) as wire:
        engine = OpenAIModeration(model="any", base_url=wire.url, **options)
        try:
            yield engine, provider, wire
        finally:
            await engine.close()


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ({}, Verdict()),
        ({"violence": 0.99, "violence/graphic": 0.9, "illicit": 0.9}, Verdict()),
        ({"self-harm/intent": 0.62}, Verdict(3, ("self_harm",), 0.62)),
        ({"self-harm": 0.62}, Verdict()),
        ({"harassment/threatening": 0.91}, Verdict(3, ("violence", "threat"), 0.91)),
        ({"harassment/threatening": 0.5}, Verdict(2, ("threat",), 0.5)),
        ({"hate": 0.7, "harassment": 0.9}, Verdict(2, ("harassment", "discrimination"), 0.9)),
        (
            {"harassment": 0.99, "self-harm/intent": 0.8},
            Verdict(3, ("self_harm", "harassment"), 0.8),
        ),
    ],
)
async def test_scores_become_our_levels(scores: dict[str, float], verdict: Verdict) -> None:
    async with opened() as (engine, provider, wire):
        provider.scores = scores
        assert await engine.judge("What a day.", "en") == verdict
    (request,) = wire.requests
    assert request.target.endswith("/moderations")
    assert request.json == {"model": "any", "input": "What a day."}


async def test_rules_are_options() -> None:
    async with opened(rules=[["illicit", 0.3, 2, "crime"]]) as (engine, provider, _):
        provider.scores = {"illicit": 0.4, "self-harm/intent": 0.99}
        assert await engine.judge("…", "en") == Verdict(2, ("crime",), 0.4)
    for row in (["illicit", 0.3], ["illicit", 0.3, 4, "crime"], ["illicit", "much", 2, "crime"]):
        with pytest.raises(ValueError):
            OpenAIModeration(model="any", rules=[row])


async def test_nothing_is_asked_about_nothing() -> None:
    async with opened() as (engine, _, wire):
        assert await engine.judge("  ", "en") == Verdict()
    assert not wire.requests


@pytest.mark.parametrize("fault", list(Fault))
async def test_faults_have_codes(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(fault) as (engine, _, _wire):
        with pytest.raises(EngineError) as raised:
            await engine.judge("I want to die.", "en")
    error = raised.value
    assert (error.code, error.retryable) == CODE[fault]
    assert error.__cause__ is None
    assert SECRET not in f"{error} {caplog.text}"


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_provider_that_is_away_leaves_the_phrase_lists(
    fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(fault) as (engine, _, _wire):
        panel = Panel({"phrases": Phrases(), "hosted": engine}, seconds=30)
        assert (await panel.judge("I want to die.", "en")).level == 3
    assert "moderator hosted left out" in caplog.text
    assert "die" not in caplog.text


@pytest.mark.parametrize("text", ["죽고 싶어요 🙂", "Naïve “cachés”", "word " * 9_999 + "end"])
async def test_texts_in_any_script_and_length(text: str) -> None:
    async with opened() as (engine, provider, wire):
        provider.scores = {"hate": 0.7}
        assert (await engine.judge(text, "en")).level == 2
    assert wire.requests[0].json["input"] == text


async def test_cancelling_hangs_up() -> None:
    async with opened(Fault.STALLED, timeout=60.0) as (engine, _, wire):
        task = asyncio.create_task(engine.judge("Hello.", "en"))
        async with asyncio.timeout(30):
            while not wire.requests:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait_for(wire.hung_up.wait(), 30)


async def test_a_new_key_needs_no_restart(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SOME_KEY", "the-old-key")
    async with opened(api_key_env="SOME_KEY") as (engine, _, wire):
        await engine.judge("Hello.", "en")
        monkeypatch.setenv("SOME_KEY", "the-new-key")
        await engine.judge("What only I know.", "en")
    assert [request.headers["authorization"] for request in wire.requests] == [
        "Bearer the-old-key",
        "Bearer the-new-key",
    ]
    for private in ("the-old-key", "the-new-key", "What only I know"):
        assert private not in caplog.text


async def test_without_a_key_it_says_so() -> None:
    engine = OpenAIModeration(model="any", api_key_env="A_KEY_THAT_IS_NOT_SET")
    with pytest.raises(EngineError, match="missing_key"):
        await engine.judge("Hello.", "en")


async def test_warming_opens_the_connection_that_is_then_used() -> None:
    async with opened() as (engine, _, wire):
        await engine.warm()
        await engine.judge("Hello.", "en")
    assert wire.connections == 1
