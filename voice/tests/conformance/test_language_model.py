"""What every hosted language model does."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

from voice.adapters.gemini_chat import GeminiChat
from voice.adapters.openai_chat import OpenAIChat
from voice.engines import LanguageModel, Message, Writing
from voice.errors import EngineError
from voice.tests.conformance.stands import Stand, by_name, check_error, frees
from voice.tests.wire.fault import SECRET, Fault
from voice.tests.wire.gemini_chat import GeminiChatWire
from voice.tests.wire.openai import Chat

pytestmark = pytest.mark.virtual_time

STANDS: list[Any] = by_name(
    [
        Stand[LanguageModel, Any](
            "openai",
            OpenAIChat,
            Chat,
            lambda url, **options: OpenAIChat(model="m", base_url=f"{url}/v1", **options),
            ("first_timeout", "delta_timeout"),
        ),
        Stand[LanguageModel, Any](
            "gemini",
            GeminiChat,
            GeminiChatWire,
            lambda url, **options: GeminiChat(model="m", base_url=url, **options),
            ("first_timeout", "delta_timeout"),
        ),
    ]
)
ON = pytest.mark.parametrize("stand", STANDS)
S = Stand[LanguageModel, Any]
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
async def test_it_tells_what_may_be_expected_of_its_replies(stand: S) -> None:
    async with stand.open(reply_tokens=20, late_after=0.5) as (engine, _, _wire):
        assert engine.writing == Writing(tokens=20, late_after=0.5)


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
        deltas = engine.reply(ASKED, max_tokens=99)
        await anext(deltas)
        assert not wire.hung_up.is_set()
        await frees(deltas.aclose(), wire.hung_up)


@ON
async def test_cancelling_before_the_first_delta_hangs_up(stand: S) -> None:
    async with stand.open(Fault.SLOW_TO_START, first_timeout=9.0) as (_, _provider, wire):
        engine = stand.make(wire.url)
        task = asyncio.create_task(written(engine))
        while not wire.requests:  # noqa: ASYNC110
            await asyncio.sleep(0)
        task.cancel()
        await frees(None, wire.hung_up)
        await engine.close()


@ON
@pytest.mark.parametrize("fault", list(Fault))
async def test_faults_have_codes(stand: S, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    async with stand.open(fault) as (engine, _, _wire):
        with pytest.raises(EngineError) as raised:
            await written(engine)
    check_error(raised.value, fault, caplog.text)
    assert "What only I know" not in caplog.text


@ON
async def test_a_stream_that_is_kept_alive_and_says_nothing_has_stalled(stand: S) -> None:
    async with stand.open(Fault.STALLED) as (engine, provider, _):
        provider.murmur = b'data: {"choices": []}\n\n'
        with pytest.raises(EngineError, match="timeout"):
            async with asyncio.timeout(60):
                await written(engine)


@ON
async def test_a_failure_that_is_told_in_the_middle(
    stand: S, caplog: pytest.LogCaptureFixture
) -> None:
    async with stand.open(Fault.STALLED) as (engine, provider, _):
        told = {"error": {"code": 503, "status": "UNAVAILABLE", "message": SECRET}}
        provider.murmur = f"data: {json.dumps(told)}\n\n".encode()
        with pytest.raises(EngineError) as raised:
            await written(engine)
    check_error(raised.value, Fault.BROKEN, caplog.text)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"type": "server_error"}, "unavailable"),
        ({"code": "rate_limit_exceeded"}, "rate_limited"),
        ({"code": "insufficient_quota", "type": "x"}, "quota"),
        ({"code": "429"}, "rate_limited"),
        ({"code": "something_new"}, "unavailable"),
    ],
)
async def test_openai_says_in_the_middle_what_is_wrong(told: dict[str, str], code: str) -> None:
    stand = next(param.values[0] for param in STANDS if param.id == "openai")
    async with stand.open(Fault.STALLED) as (engine, provider, _):
        provider.murmur = f"data: {json.dumps({'error': told})}\n\n".encode()
        with pytest.raises(EngineError) as raised:
            await written(engine)
    assert raised.value.code == code


async def test_a_model_that_reasons_is_asked_its_own_way() -> None:
    stand = next(param.values[0] for param in STANDS if param.id == "openai")
    async with stand.open(reasoning_effort="none") as (engine, _, wire):
        await written(engine)
    asked = wire.requests[0].json
    assert (asked["reasoning_effort"], asked["max_completion_tokens"]) == ("none", 99)
    assert not asked.keys() & {"max_tokens", "temperature"}


@ON
async def test_a_key_is_needed_and_a_new_one_needs_no_restart(
    stand: S, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stand.open() as (engine, _, wire):
        await engine.warm()
        for name in ("OPENAI_API_KEY", "GEMINI_API_KEY"):
            monkeypatch.setenv(name, "a-new-key")
        await written(engine)
        for name in ("OPENAI_API_KEY", "GEMINI_API_KEY"):
            monkeypatch.delenv(name)
        with pytest.raises(EngineError, match="missing_key"):
            await written(engine)
    assert "a-new-key" in str(wire.requests[-1].headers)
    assert wire.connections == 1


async def test_gemini_is_told_its_rules_apart_and_how_much_to_think() -> None:
    stand = next(param.values[0] for param in STANDS if param.id == "gemini")
    async with stand.open(thinking_level="minimal") as (engine, _, wire):
        await written(engine)
    asked = wire.requests[0].json
    assert asked["systemInstruction"]["parts"][0]["text"] == "Be brief."
    assert [content["role"] for content in asked["contents"]] == ["user"]
    config = asked["generationConfig"]
    assert config["maxOutputTokens"] == 99
    assert "MINIMAL" in str(config["thinkingConfig"]).upper()
