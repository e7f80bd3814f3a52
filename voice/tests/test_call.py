"""What is said is recorded, shown and replied to, however it comes."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from voice.adapters.scripted import (
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedTurnModel,
    scripted_engines,
)
from voice.agent import Answer
from voice.events import (
    CandidateWords,
    Failed,
    InterviewerWords,
    Noticed,
    Sound,
    SoundStarted,
    StateChanged,
)
from voice.recorded import SENTENCES
from voice.tests.cast import LOUD, QUIET, ScriptedAgent, scene

pytestmark = pytest.mark.virtual_time


async def test_an_answer_is_recorded_then_shown_then_replied_to() -> None:
    async with scene() as s:
        await s.speak(2)
        await s.silence(8)
    assert s.finals == ["That is my answer."]
    assert s.record.rows[0] == ("candidate", "That is my answer.")
    final = next(at for at, e in s.log if isinstance(e, CandidateWords) and e.is_final)
    assert final <= s.time_of(SoundStarted)
    said = "".join(words.text for words in s.events(InterviewerWords))
    assert said == " ".join(s.agent.replies)
    assert s.turns[0].interviewer_text == "I see. And then what happened?"
    states = [e.value for e in s.events(StateChanged)]
    assert states == ["listening", "hearing", "thinking", "speaking", "listening"]


async def test_the_draft_hides_the_engines_behind_the_silence() -> None:
    engines = scripted_engines(
        recognizer=ScriptedRecognizer(delay=0.1),
        synthesizer=ScriptedSynthesizer(first_byte=0.1),
        turn_model=ScriptedTurnModel([0.4]),
    )
    async with scene(engines) as s:
        await s.speak(2)
        await s.silence(6)
    latency = s.turns[0].latency
    assert latency.endpoint is not None
    assert latency.total == pytest.approx(latency.endpoint, abs=0.02)


async def test_a_pause_inside_an_answer_does_not_end_it() -> None:
    engines = scripted_engines(
        recognizer=ScriptedRecognizer(last="We did it because"),
        turn_model=ScriptedTurnModel([0.0]),
    )
    async with scene(engines) as s:
        await s.speak(2)
        await s.silence(1.5)
        await s.speak(1)
        await s.silence(6)
    assert len(s.finals) == 1
    assert len(s.record.answers) == 1
    answer = next(iter(s.record.answers.values()))
    assert answer.end - answer.start == pytest.approx(4.5, abs=0.2)


async def test_a_dropped_draft_is_neither_heard_nor_recorded() -> None:
    engines = scripted_engines(turn_model=ScriptedTurnModel([0.0]))
    async with scene(engines) as s:
        await s.speak(2)
        await s.silence(1)
        await s.speak(1)
    assert not s.events(Sound)
    assert not s.record.rows


async def test_who_goes_on_while_we_think_is_still_in_the_same_answer() -> None:
    async def slow(answer: Answer) -> AsyncGenerator[str]:
        await asyncio.sleep(0.9)
        yield "Thanks."

    async with scene(agent=ScriptedAgent(compose=slow)) as s:
        await s.speak(2)
        await s.silence(0.8)
        await s.speak(2)
        await s.silence(5)
    assert len(s.finals) == 1
    assert len({words.utterance for words in s.events(CandidateWords)}) == 1
    assert len(s.turns) == 1


async def test_a_typed_answer_ends_the_turn_like_a_spoken_one() -> None:
    async with scene() as s:
        s.call.type(Answer("u-1", "I typed this.", "en", "typed", None, 0.0, 0.0))
        await s.silence(4)
    assert s.finals == ["I typed this."]
    assert s.turns[0].candidate_text == "I typed this."


async def test_speech_that_arrives_late_lasted_as_long_as_it_did() -> None:
    async with scene() as s:
        await s.silence(1)
        s.call.hear(LOUD * 32_000 + QUIET * 64_000)
        await s.silence(4)
    [answer] = s.agent.answers
    assert 1.5 < answer.end - answer.start < 2.5


async def test_a_microphone_that_stops_sending_is_silent() -> None:
    async with scene() as s:
        await s.speak(1)
        await asyncio.sleep(5)
    assert len(s.turns) == 1


async def test_noise_is_not_an_answer() -> None:
    async with scene(scripted_engines(recognizer=ScriptedRecognizer(last=""))) as s:
        await s.speak(1)
        await s.silence(3)
    assert [notice.code for notice in s.events(Noticed)] == ["not_understood"]
    assert not s.record.rows
    assert s.events(StateChanged)[-1].value == "listening"


async def test_a_failed_recognizer_costs_a_turn_and_not_the_call() -> None:
    recognizer = ScriptedRecognizer(fails=10)
    async with scene(scripted_engines(recognizer=recognizer)) as s:
        await s.speak(1)
        await s.silence(6)
        recognizer.fails = 0
        await s.speak(1)
        await s.silence(6)
    assert [failed.code for failed in s.events(Failed)] == ["stt_failed"]
    assert s.events(InterviewerWords)[0].text == "Sorry, please say that again."
    assert s.finals == ["That is my answer."]


async def test_words_that_cannot_be_spoken_are_shown() -> None:
    engines = scripted_engines(synthesizer=ScriptedSynthesizer(fails=True))
    async with scene(engines) as s:
        await s.speak(1)
        await s.silence(15)
    assert s.events(Failed)[0].code == "tts_failed"
    sorry = SENTENCES["voiceless"]["en"]
    assert s.turns[0].interviewer_text == f"{sorry} I see. And then what happened?"


async def test_time_to_think_is_silent() -> None:
    async with scene() as s:
        s.call.take_time()
        await s.silence(30)
        await s.speak(1)
        await s.silence(4)
    assert len(s.turns) == 1
    states = [event.value for event in s.events(StateChanged)]
    assert states == ["listening", "waiting", "hearing", "thinking", "speaking", "listening"]


async def test_time_to_think_in_mid_answer_keeps_the_answer_open() -> None:
    async with scene() as s:
        await s.speak(2)
        await s.silence(0.3)
        s.call.take_time()
        await s.silence(20)
        assert s.call.state == "waiting"
        assert not s.events(SoundStarted)
        await s.speak(2)
        await s.silence(4)
    [answer] = s.record.answers.values()
    assert answer.end - answer.start > 20
    assert len(s.turns) == 1
