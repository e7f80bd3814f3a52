"""What every language model does that is asked for an object."""

import asyncio
import json
from typing import Any

import pytest

from voice.engines import LanguageModel, Message
from voice.errors import EngineError
from voice.tests.conformance.stands import SHORT, Stand, check_error, frees
from voice.tests.conformance.test_language_model import STANDS
from voice.tests.wire.fault import Fault

pytestmark = pytest.mark.virtual_time

ON = pytest.mark.parametrize("stand", STANDS)
S = Stand[LanguageModel, Any]
ASKED = (Message("system", "Score."), Message("candidate", "What only I know."))
SCHEMA = {
    "type": "object",
    "properties": {
        "level": {"type": "integer", "minimum": 1, "maximum": 5},
        "quote": {"type": "string"},
    },
    "required": ["level", "quote"],
    "additionalProperties": False,
}
FITS = {"level": 4, "quote": "제가 캐시를 만들었습니다 🙂"}


async def found(engine: LanguageModel) -> dict[str, Any]:
    return await engine.structured(ASKED, SCHEMA, max_tokens=300)


@ON
@pytest.mark.parametrize("answer", [FITS, {"level": 1, "quote": "word " * 10_000}])
async def test_an_object_that_fits_in_any_script_and_length(
    stand: S, answer: dict[str, Any]
) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.objects = [json.dumps(answer, ensure_ascii=False)]
        assert await found(engine) == answer
    assert len(wire.requests) == 1
    assert "additionalProperties" in wire.requests[0].body.decode()


@ON
@pytest.mark.parametrize("bad", ['{"level": 9, "quote": ""}', "Level four.", "[1]", '{"level": 4'])
async def test_an_answer_that_does_not_fit_is_asked_for_once_more(stand: S, bad: str) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.objects = [bad, json.dumps(FITS)]
        assert await found(engine) == FITS
        assert len(wire.requests) == 2
        provider.objects = [bad]
        with pytest.raises(EngineError) as raised:
            await found(engine)
    assert (raised.value.code, raised.value.retryable) == ("malformed", True)
    assert len(wire.requests) == 4


@ON
async def test_fenced_as_models_like_to(stand: S) -> None:
    async with stand.open() as (engine, provider, _):
        provider.objects = [f"```json\n{json.dumps(FITS)}\n```"]
        assert await found(engine) == FITS


@ON
async def test_cancelling_hangs_up(stand: S) -> None:
    async with stand.open() as (engine, provider, wire):
        provider.go_on.clear()
        task = asyncio.create_task(found(engine))
        await provider.began.wait()
        task.cancel()
        await frees(None, wire.hung_up)


@ON
@pytest.mark.parametrize("fault", list(Fault))
async def test_faults_have_codes(stand: S, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    options = {"object_timeout": SHORT} if fault in (Fault.SLOW_TO_START, Fault.STALLED) else {}
    async with stand.open(fault, **options) as (engine, provider, _):
        provider.objects = [json.dumps(FITS)]
        with pytest.raises(EngineError) as raised:
            await found(engine)
    check_error(raised.value, fault, caplog.text)
    assert "What only I know" not in caplog.text


async def test_a_server_without_schemas_is_told_in_words() -> None:
    stand = next(param.values[0] for param in STANDS if param.id == "openai")
    async with stand.open() as (engine, provider, wire):
        provider.knows_schemas = False
        provider.objects = [json.dumps(FITS)]
        assert await found(engine) == FITS
        assert await found(engine) == FITS
    kinds = [request.json["response_format"]["type"] for request in wire.requests]
    assert kinds == ["json_schema", "json_object", "json_object"]
    assert '"maximum": 5' in wire.requests[2].json["messages"][0]["content"]


async def test_a_promise_of_a_fit_is_only_asked_for_where_it_can_be_given() -> None:
    stand = next(param.values[0] for param in STANDS if param.id == "openai")
    loose = {"type": "object", "properties": {"level": {"type": "integer"}}}
    async with stand.open() as (engine, provider, wire):
        provider.objects = [json.dumps(FITS)]
        await found(engine)
        await engine.structured(ASKED, loose, max_tokens=9)
    wishes = [request.json["response_format"]["json_schema"]["strict"] for request in wire.requests]
    assert wishes == [True, False]
