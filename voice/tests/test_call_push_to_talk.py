"""A button ends answers in place of silence."""

import asyncio

import pytest

from voice.adapters.scripted import ScriptedRecognizer, scripted_engines
from voice.agent import Reply
from voice.endpointing import WINDOW_SECONDS
from voice.events import Sound
from voice.tests.cast import LOUD, QUIET, Scene, clauses, scene

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


def say_at_once(s: Scene, *seconds: float) -> None:
    """What is said comes faster than it can have been spoken, with a pause between the parts."""
    pcm = (QUIET * 24_000).join(LOUD * round(part * 16_000) for part in seconds)
    for at in range(0, len(pcm), 6_400):
        s.call.hear(pcm[at : at + 6_400])


async def while_we_speak(s: Scene) -> None:
    s.call.say(Reply(clauses("What do you do, and for how long have you been doing it?"), "en"))
    async with asyncio.timeout(20):
        while not s.events(Sound):
            await s.silence(0.02)
    await asyncio.sleep(0.5)


async def test_who_holds_the_button_is_heard_from_the_first_word_on_while_we_speak() -> None:
    recognizer = ScriptedRecognizer()
    async with scene(scripted_engines(recognizer=recognizer), push_to_talk=True) as s:
        await while_we_speak(s)
        say_at_once(s, 1.0, 1.0)
        assert s.call.audio_end()
        await asyncio.sleep(5)
    assert len(s.cleared) == 1
    assert len(s.finals) == 1
    assert max(recognizer.requests) >= 3.4


@pytest.mark.parametrize("seconds", [(0.5,), (1.0,), (2.0,), (8.0,), (1.0, 1.0), (2.0, 0.5, 2.0)])
async def test_a_first_answer_into_the_greeting_counts_once_the_button_is_released(
    seconds: tuple[float, ...],
) -> None:
    recognizer = ScriptedRecognizer()
    async with scene(scripted_engines(recognizer=recognizer)) as s:
        await while_we_speak(s)
        say_at_once(s, *seconds)
        assert s.call.audio_end()
        await asyncio.sleep(5)
    assert len(s.finals) == 1
    assert max(recognizer.requests) > sum(seconds) + 1.5 * (len(seconds) - 1) - 2 * WINDOW_SECONDS


async def test_a_click_of_the_button_does_not_stop_us() -> None:
    async with scene(push_to_talk=True) as s:
        await while_we_speak(s)
        s.call.hear(QUIET * 3_200)
        s.call.audio_end()
        await asyncio.sleep(5)
    assert not s.cleared
    assert not s.finals
