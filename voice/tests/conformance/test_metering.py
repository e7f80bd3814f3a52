"""Whatever a hosted engine uses up is told to who pays for it."""

from contextlib import aclosing
from typing import Any

import pytest

from voice.metering import Use, metered, tokens, used
from voice.tests.conformance import test_language_model as models
from voice.tests.conformance import test_recognizer as recognizers
from voice.tests.conformance import test_synthesizer as synthesizers

pytestmark = pytest.mark.virtual_time


@pytest.fixture
def uses() -> list[Use]:
    return []


@models.ON
async def test_a_reply_is_counted_in_tokens(stand: models.S, uses: list[Use]) -> None:
    async with stand.open() as (engine, provider, _):
        provider.text = "What did you learn?"
        with metered(uses.append):
            await models.written(engine)
    (use,) = uses
    assert use.role == "model" and use.model == "m"
    assert use.input_tokens > 0


@models.ON
async def test_a_reply_that_was_given_up_is_estimated(stand: models.S, uses: list[Use]) -> None:
    async with stand.open() as (engine, provider, _):
        provider.text = "word " * 200
        with metered(uses.append):
            stream: Any = engine.reply(models.ASKED, max_tokens=500)
            async with aclosing(stream) as deltas:
                await anext(deltas)
    (use,) = uses
    assert use.input_tokens > 0


@recognizers.ON
async def test_speech_is_counted_in_seconds(stand: recognizers.S, uses: list[Use]) -> None:
    async with stand.open() as (engine, _, _):
        with metered(uses.append):
            await engine.transcribe(recognizers.speech(2.5))
    (use,) = uses
    assert use.role == "recognizer" and use.seconds == pytest.approx(2.5, abs=0.01)


@synthesizers.ON
async def test_a_voice_is_counted_in_characters(stand: synthesizers.S, uses: list[Use]) -> None:
    async with stand.open() as (engine, _, _):
        with metered(uses.append):
            async with aclosing(engine.speak("Hello there.", language="en", voice="")) as clips:
                async for _ in clips:
                    pass
    assert sum(use.characters for use in uses) == len("Hello there.")
    assert {use.role for use in uses} == {"synthesizer"}


def test_nothing_is_counted_where_nobody_pays() -> None:
    used(Use("model", "nobody"))


def test_tokens_of_both_languages() -> None:
    assert tokens("a" * 40) == 10
    assert tokens("가" * 30) == 20
