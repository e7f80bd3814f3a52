"""A button ends answers in place of silence."""

import asyncio

import pytest

from voice.tests.cast import scene

pytestmark = pytest.mark.virtual_time


async def test_released_button_ends_the_answer_at_once() -> None:
    async with scene(push_to_talk=True) as s:
        await s.speak(1)
        await s.silence(3)
        await s.speak(1)
        assert s.call.audio_end()
        await asyncio.sleep(3)
    assert len(s.finals) == 1
    assert s.turns[0].latency.endpoint == pytest.approx(0, abs=0.05)


async def test_audio_end_without_a_word_says_so() -> None:
    async with scene(push_to_talk=True) as s:
        await s.silence(1)
        assert not s.call.audio_end()


async def test_whoever_turns_to_the_button_in_mid_interview_may_pause_while_holding_it() -> None:
    async with scene() as s:
        await s.silence(1)
        assert s.call.audio_end()
        await s.speak(1)
        await s.silence(4)
        assert not s.finals
        assert s.call.audio_end()
        await asyncio.sleep(4)
    assert len(s.finals) == 1


async def test_a_button_that_is_never_released_does_not_hold_up_the_interview() -> None:
    async with scene(push_to_talk=True) as s:
        await s.speak(1)
        await asyncio.sleep(15)
    assert len(s.turns) == 1
