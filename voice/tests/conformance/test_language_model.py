"""What every hosted language model does."""

import asyncio
from contextlib import aclosing

import pytest

from voice.adapters.openai_chat import OpenAIChat
from voice.engines import LanguageModel, Message
from voice.errors import EngineError
from voice.tests.conformance.stands import HANG_UP, Stand, by_name, check_error
from voice.tests.wire.fault import Fault
from voice.tests.wire.openai import Chat

STANDS = by_name(
    [
        Stand[LanguageModel, Chat](
            "openai",
            Chat,
            lambda url, **options: OpenAIChat(model="m", base_url=f"{url}/v1", **options),
            ("first_timeout", "delta_timeout"),
        )
    ]
)
ON = pytest.mark.parametrize("stand", STANDS)
S = Stand[LanguageModel, Chat]
ASKED = (Message("system", "Be brief."), Message("candidate", "What only I know."))


async def written(engine: LanguageModel) -> str:
    return "".join([delta async for delta in engine.reply(ASKED, max_tokens=99)])


@ON
@pytest.mark.parametrize(
    "text", ["What did you learn?", "무엇을 배우셨나요? 🙂", "word " * 9_999 + "end"]
)
async def test_the_reply_in_any_script_and_length(stand: S, text: str) -> None:
    async with stand.open() as (engine, provider, _):
        provider.text = text
        assert await written(engine) == text


@ON
async def test_the_first_delta_comes_before_the_last(stand: S) -> None:
    async with stand.open() as (engine, provider, _):
        provider.go_on.clear()
        async with aclosing(engine.reply(ASKED, max_tokens=99)) as deltas:
            first = await asyncio.wait_for(anext(deltas), 5)
            provider.go_on.set()
            assert first + "".join([delta async for delta in deltas]) == provider.text


@ON
async def test_closing_hangs_up(stand: S) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.go_on.clear()
        async with aclosing(engine.reply(ASKED, max_tokens=99)) as deltas:
            await anext(deltas)
            assert not wire.hung_up.is_set()
        await asyncio.wait_for(wire.hung_up.wait(), HANG_UP * 10)


@ON
@pytest.mark.parametrize("fault", list(Fault))
async def test_faults_have_codes(stand: S, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    async with stand.open(fault) as (engine, _, _wire):
        with pytest.raises(EngineError) as raised:
            await written(engine)
    check_error(raised.value, fault, caplog.text)
    assert "What only I know" not in caplog.text


async def test_a_model_that_reasons_is_asked_its_own_way() -> None:
    (stand,) = (param.values[0] for param in STANDS)
    async with stand.open(reasoning_effort="none") as (engine, _, wire):
        await written(engine)
    asked = wire.requests[0].json
    assert (asked["reasoning_effort"], asked["max_completion_tokens"]) == ("none", 99)
    assert not asked.keys() & {"max_tokens", "temperature"}
