"""A call ends when its goodbye was heard, and loses nothing that was said."""

import asyncio

import pytest

from voice.agent import Reply
from voice.events import CallEnded, InterviewerWords, SoundEnded
from voice.tests.cast import ScriptedAgent, clauses, scene

pytestmark = pytest.mark.virtual_time


async def test_the_call_ends_after_the_goodbye_is_heard() -> None:
    async with scene() as s:
        s.call.say(Reply(clauses("Goodbye."), "en", ends="finished"))
        await asyncio.sleep(3)
    assert s.events(CallEnded)[0].reason == "finished"
    assert s.time_of(CallEnded) > s.time_of(SoundEnded)


async def test_after_the_goodbye_nobody_is_answered() -> None:
    async with scene() as s:
        s.call.say(Reply(clauses("Goodbye."), "en", ends="finished"))
        await asyncio.sleep(3)
        await s.speak(2)
        await s.silence(4)
    assert not s.turns
    assert isinstance(s.log[-1][1], CallEnded)


async def test_what_is_being_said_when_the_call_is_concluded_is_not_lost() -> None:
    async with scene() as s:
        await s.speak(1)
        s.call.conclude(Reply(clauses("Goodbye."), "en", ends="candidate"))
        await s.silence(6)
    assert s.finals == ["That is my answer."]
    assert s.events(InterviewerWords)[-1].text == "Goodbye."
    assert s.events(CallEnded)[0].reason == "candidate"


async def test_hanging_up_records_what_was_heard_so_far() -> None:
    async with scene(agent=ScriptedAgent(["A long question about your work. " * 4])) as s:
        await s.speak(1)
        await s.silence(2)
    speech = next(iter(s.record.speeches.values()))
    assert speech.interrupted
    assert 0 < len(speech.heard) < len(speech.said)
