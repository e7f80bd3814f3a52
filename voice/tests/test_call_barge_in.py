"""Who speaks into the interviewer's words stops them, unless it was no wish to speak."""

import asyncio

import pytest

from voice.adapters.scripted import ScriptedRecognizer, ScriptedSynthesizer, scripted_engines
from voice.events import (
    CandidateWords,
    InterviewerWords,
    Noticed,
    Sound,
    SoundCleared,
    SoundEnded,
    SoundStarted,
    TurnCompleted,
)
from voice.tests.cast import MemoryRecord, Scene, ScriptedAgent, scene

pytestmark = pytest.mark.virtual_time

LONG = "A long question about your work. " * 4
COUNTED = "one two three four five six seven eight nine ten " * 3


async def interrupted(
    words: str, seconds: float, *, question: str = LONG, delay: float = 0.0, then: float = 8.0
) -> Scene:
    """A call in which ``words`` are spoken for ``seconds`` into ``question``, with ``then`` seconds
    of silence to its end."""
    recognizer = ScriptedRecognizer(delay=delay)
    async with scene(scripted_engines(recognizer=recognizer), ScriptedAgent([question])) as s:
        await s.speak(1)
        await s.silence(2.5)
        recognizer.last = words
        await s.speak(seconds)
        await s.silence(then)
    return s


async def test_a_cough_does_not_stop_the_interviewer() -> None:
    s = await interrupted("That is my answer.", 0.12, then=1)
    assert not s.cleared


async def test_a_backchannel_does_not_stop_the_interviewer() -> None:
    s = await interrupted("Mm-hm.", 0.5, delay=0.2)
    assert s.finals == ["That is my answer."]
    assert not s.cleared
    assert not s.events(Noticed)
    assert s.turns[0].interviewer_text == LONG.strip()


@pytest.mark.parametrize("seconds", [0.25, 0.4, 0.5, 0.6])
@pytest.mark.parametrize("delay", [0.05, 0.3, 0.6])
async def test_words_made_up_of_a_short_sound_do_not_stop_the_interviewer(
    seconds: float, delay: float
) -> None:
    s = await interrupted("the plan", seconds, delay=delay)
    assert not s.cleared


async def test_a_request_is_read_although_it_ends_while_its_beginning_is_being_read() -> None:
    s = await interrupted("Wait a moment.", 0.5, delay=0.3)
    assert len(s.cleared) == 1


async def test_a_short_word_that_means_it_stops_the_interviewer_although_it_is_over() -> None:
    s = await interrupted("Wait.", 0.3, delay=0.25)
    assert len(s.cleared) == 1
    assert s.finals == ["That is my answer.", "Wait."]
    answer = list(s.record.answers.values())[-1]
    assert answer.end - answer.start == pytest.approx(0.3, abs=0.1)


async def test_a_backchannel_that_stopped_the_interviewer_all_the_same_is_passed_over() -> None:
    s = await interrupted("Mm-hm. Mm-hm.", 0.8, then=4)
    assert s.finals == ["That is my answer."]
    assert len(s.cleared) == 1
    assert s.events(InterviewerWords)[-1].text.startswith("Again: A long question")
    last = s.events(CandidateWords)[-1]
    assert (last.text, last.is_final) == ("", False)
    assert not s.events(Noticed)


async def test_our_own_words_come_back_are_no_answer() -> None:
    question = "Please describe a project that you are proud of. " * 3
    s = await interrupted("describe a project that you are proud", 2, question=question)
    assert s.finals == ["That is my answer."]
    assert s.events(InterviewerWords)[-1].text.startswith("Again: Please describe")
    assert not s.events(Noticed)


@pytest.mark.parametrize(
    ("words", "stops"), [("", False), ("Sorry, one thing before we begin.", True)]
)
async def test_into_the_greeting_only_words_are_a_wish_to_speak(words: str, stops: bool) -> None:
    recognizer = ScriptedRecognizer(last=words)
    voice = ScriptedSynthesizer(seconds_per_letter=0.3)
    async with scene(scripted_engines(recognizer=recognizer, synthesizer=voice)) as s:
        s.call.say(s.agent.apology())
        await s.silence(0.5)
        await s.speak(2.5)
        await s.silence(1)
    assert bool(s.cleared) is stops


async def test_barge_in_clears_and_keeps_only_what_was_heard() -> None:
    agent = ScriptedAgent([COUNTED])
    async with scene(agent=agent) as s:
        await s.speak(1)
        await s.silence(3)
        started = s.time_of(SoundStarted)
        onset = asyncio.get_running_loop().time()
        await s.speak(2)
        cleared = s.time_of(SoundCleared)
        after = [e for at, e in s.log if at > cleared and isinstance(e, Sound)]
        await s.silence(0.2)
    assert started < onset < cleared < onset + 0.5
    assert not after
    heard = s.cleared[0].heard_text
    assert agent.speeches[0].said.startswith(heard)
    assert 0 < len(heard) < len(agent.speeches[0].said)
    assert s.turns[0].interviewer_text == heard


async def test_reported_playback_decides_what_was_heard() -> None:
    async with scene(agent=ScriptedAgent(["one two three four five six"])) as s:
        await s.speak(1)
        await s.silence(2)
        utterance = s.events(SoundStarted)[0].utterance
        s.call.played(utterance, 0.5, done=False)
        await s.speak(1)
    assert s.cleared[0].heard_text == "one two"


async def test_after_a_cut_everybody_tells_the_same_of_it() -> None:
    agent = ScriptedAgent([COUNTED])
    async with scene(agent=agent) as s:
        await s.speak(1)
        await s.silence(2)
        utterance = s.events(SoundStarted)[0].utterance
        s.call.played(utterance, 1.0, done=False)
        await s.speak(1)
    [cleared] = s.cleared
    [speech] = agent.speeches
    assert cleared.heard_text == speech.heard == "one two three"
    assert s.record.speeches[utterance].heard == speech.heard
    assert ("interviewer", speech.heard) in s.record.rows
    assert s.turns[0].interviewer_text == speech.heard
    assert cleared.heard_seconds == speech.heard_seconds == 1.0
    sent = "".join(w.text for w in s.events(InterviewerWords) if w.utterance == utterance)
    assert speech.said == sent.strip()
    assert speech.interrupted
    assert cleared.heard_seconds < s.sound_seconds


async def test_who_goes_on_speaking_stops_the_interviewer_whatever_the_first_words_are() -> None:
    agent = ScriptedAgent([LONG])
    recognizer = ScriptedRecognizer()
    async with scene(scripted_engines(recognizer=recognizer), agent) as s:
        await s.speak(1)
        await s.silence(2.5)
        recognizer.last = "Yeah."
        onset = asyncio.get_running_loop().time()
        await s.speak(1.2)
        assert onset + 0.6 < s.time_of(SoundCleared) < onset + 0.8
        recognizer.last = "Yeah, but that was different."
        await s.silence(4)
    assert s.finals[-1] == "Yeah, but that was different."


async def test_both_starting_at_once_is_settled_for_the_candidate() -> None:
    recognizer = ScriptedRecognizer(last="We rewrote it,")
    voice = ScriptedSynthesizer(amplitude=4000)
    async with scene(scripted_engines(recognizer=recognizer, synthesizer=voice)) as s:
        # The greeting: nothing of it comes back from the microphone.
        s.call.say(s.agent.apology())
        await s.silence(4)
        await s.speak(2)
        while len(s.events(SoundStarted)) < 2:
            await s.silence(0.02)
        recognizer.last = "in two weeks."
        onset = asyncio.get_running_loop().time()
        await s.speak(2)
        await s.silence(8)
    assert s.time_of(SoundCleared) < onset + 0.25
    assert s.finals == ["We rewrote it,", "in two weeks."]
    assert [answer.text for answer in s.agent.answers] == s.finals
    assert s.agent.speeches[1].interrupted


async def test_a_yes_to_a_question_that_was_heard_is_an_answer() -> None:
    recognizer = ScriptedRecognizer()
    agent = ScriptedAgent(["Shall we begin with it now?"])
    async with scene(scripted_engines(recognizer=recognizer), agent) as s:
        await s.speak(1)
        await s.silence(1)
        while not s.events(SoundEnded):
            await s.silence(0.1)
        utterance = s.events(SoundStarted)[0].utterance
        s.call.played(utterance, s.sound_seconds - 0.05, done=False)
        recognizer.last = "Yes."
        await s.speak(0.4)
        await s.silence(4)
    assert s.finals == ["That is my answer.", "Yes."]


async def test_interrupt_stops_at_once() -> None:
    async with scene(agent=ScriptedAgent([LONG])) as s:
        await s.speak(1)
        await s.silence(2)
        s.call.interrupt()
        await s.silence(0.1)
        assert len(s.cleared) == 1
        assert s.call.state == "listening"


async def test_a_thousand_barge_ins_leave_nothing_behind() -> None:
    synthesizer = ScriptedSynthesizer(first_byte=0.05)
    engines = scripted_engines(synthesizer=synthesizer)
    async with scene(engines, record=MemoryRecord(delay=0.001)) as s:
        s.frame = 0.1
        before = len(asyncio.all_tasks())
        for number in range(1000):
            await s.speak(0.4)
            await s.silence(0.2 + (number % 8) * 0.1)
        await s.silence(8)
        assert len(asyncio.all_tasks()) <= before + 1
    assert synthesizer.open_streams == 0
    completed = [turn.turn for turn in s.events(TurnCompleted)]
    assert completed == sorted(set(completed))
    assert len(completed) == len(s.finals)
