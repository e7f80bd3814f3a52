import asyncio
from collections.abc import AsyncGenerator

import pytest

from voice.adapters.scripted import (
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedTurnModel,
    scripted_engines,
)
from voice.agent import Answer, Reply
from voice.events import (
    CallEnded,
    CandidateWords,
    Failed,
    InterviewerWords,
    Noticed,
    Sound,
    SoundCleared,
    SoundEnded,
    SoundStarted,
    StateChanged,
    TurnCompleted,
)
from voice.recorded import SENTENCES
from voice.tests.cast import LOUD, QUIET, MemoryRecord, ScriptedAgent, clauses, scene
from voice.tests.virtual_time import run


def test_an_answer_is_recorded_then_shown_then_replied_to() -> None:
    async def main() -> None:
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

    run(main())


def test_the_draft_hides_the_engines_behind_the_silence() -> None:
    async def main() -> None:
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

    run(main())


def test_a_pause_inside_an_answer_does_not_end_it() -> None:
    async def main() -> None:
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

    run(main())


def test_a_dropped_draft_is_neither_heard_nor_recorded() -> None:
    async def main() -> None:
        engines = scripted_engines(turn_model=ScriptedTurnModel([0.0]))
        async with scene(engines) as s:
            await s.speak(2)
            await s.silence(1)
            await s.speak(1)
        assert not s.events(Sound)
        assert not s.record.rows

    run(main())


def test_who_goes_on_while_we_think_is_still_in_the_same_answer() -> None:
    async def slow(answer: Answer) -> AsyncGenerator[str]:
        await asyncio.sleep(0.9)
        yield "Thanks."

    async def main() -> None:
        async with scene(agent=ScriptedAgent(compose=slow)) as s:
            await s.speak(2)
            await s.silence(0.8)
            await s.speak(2)
            await s.silence(5)
        assert len(s.finals) == 1
        assert len({words.utterance for words in s.events(CandidateWords)}) == 1
        assert len(s.turns) == 1

    run(main())


def test_barge_in_clears_and_keeps_only_what_was_heard() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["one two three four five six seven eight nine ten " * 3])
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

    run(main())


def test_reported_playback_decides_what_was_heard() -> None:
    async def main() -> None:
        async with scene(agent=ScriptedAgent(["one two three four five six"])) as s:
            await s.speak(1)
            await s.silence(2)
            utterance = s.events(SoundStarted)[0].utterance
            s.call.played(utterance, 0.5, done=False)
            await s.speak(1)
        assert s.cleared[0].heard_text == "one two"

    run(main())


def test_a_cough_does_not_stop_the_interviewer() -> None:
    async def main() -> None:
        async with scene(agent=ScriptedAgent(["A long question about your work. " * 4])) as s:
            await s.speak(1)
            await s.silence(2)
            await s.speak(0.12)
            await s.silence(1)
        assert not s.cleared

    run(main())


def test_a_backchannel_does_not_stop_the_interviewer() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["A long question about your work. " * 4])
        recognizer = ScriptedRecognizer(delay=0.2)
        async with scene(scripted_engines(recognizer=recognizer), agent) as s:
            await s.speak(1)
            await s.silence(2.5)
            recognizer.last = "Mm-hm."
            await s.speak(0.5)
            await s.silence(8)
        assert s.finals == ["That is my answer."]
        assert not s.cleared
        assert not s.events(Noticed)
        assert s.turns[0].interviewer_text == " ".join(agent.replies).strip()

    run(main())


@pytest.mark.parametrize("seconds", [0.25, 0.4, 0.5, 0.6])
@pytest.mark.parametrize("delay", [0.05, 0.3, 0.6])
def test_words_made_up_of_a_short_sound_do_not_stop_the_interviewer(
    seconds: float, delay: float
) -> None:
    async def main() -> None:
        agent = ScriptedAgent(["A long question about your work. " * 4])
        recognizer = ScriptedRecognizer(delay=delay)
        async with scene(scripted_engines(recognizer=recognizer), agent) as s:
            await s.speak(1)
            await s.silence(2.5)
            recognizer.last = "the plan"
            await s.speak(seconds)
            await s.silence(8)
        assert not s.cleared

    run(main())


def test_a_request_is_read_although_it_ends_while_its_beginning_is_being_read() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["A long question about your work. " * 4])
        recognizer = ScriptedRecognizer(delay=0.3)
        async with scene(scripted_engines(recognizer=recognizer), agent) as s:
            await s.speak(1)
            await s.silence(2.5)
            recognizer.last = "Wait a moment."
            await s.speak(0.5)
            await s.silence(8)
        assert len(s.cleared) == 1

    run(main())


def test_a_short_word_that_means_it_stops_the_interviewer_although_it_is_over() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["A long question about your work. " * 4])
        recognizer = ScriptedRecognizer(delay=0.25)
        async with scene(scripted_engines(recognizer=recognizer), agent) as s:
            await s.speak(1)
            await s.silence(2.5)
            recognizer.last = "Wait."
            await s.speak(0.3)
            await s.silence(8)
        assert len(s.cleared) == 1
        assert s.finals == ["That is my answer.", "Wait."]
        answer = list(s.record.answers.values())[-1]
        assert answer.end - answer.start == pytest.approx(0.3, abs=0.1)

    run(main())


def test_who_goes_on_speaking_stops_the_interviewer_whatever_the_first_words_are() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["A long question about your work. " * 4])
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

    run(main())


def test_a_backchannel_that_stopped_the_interviewer_all_the_same_is_passed_over() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["A long question about your work. " * 4])
        recognizer = ScriptedRecognizer()
        async with scene(scripted_engines(recognizer=recognizer), agent) as s:
            await s.speak(1)
            await s.silence(2.5)
            recognizer.last = "Mm-hm. Mm-hm."
            await s.speak(0.8)
            await s.silence(4)
        assert s.finals == ["That is my answer."]
        assert len(s.cleared) == 1
        assert s.events(InterviewerWords)[-1].text.startswith("Again: A long question")
        last = s.events(CandidateWords)[-1]
        assert (last.text, last.is_final) == ("", False)
        assert not s.events(Noticed)

    run(main())


def test_our_own_words_come_back_are_no_answer() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["Please describe a project that you are proud of. " * 3])
        recognizer = ScriptedRecognizer()
        async with scene(scripted_engines(recognizer=recognizer), agent) as s:
            await s.speak(1)
            await s.silence(2.5)
            recognizer.last = "describe a project that you are proud"
            await s.speak(2)
            await s.silence(8)
        assert s.finals == ["That is my answer."]
        assert s.events(InterviewerWords)[-1].text.startswith("Again: Please describe")
        assert not s.events(Noticed)

    run(main())


def test_into_the_greeting_only_words_are_a_wish_to_speak() -> None:
    async def main(words: str) -> bool:
        recognizer = ScriptedRecognizer(last=words)
        voice = ScriptedSynthesizer(seconds_per_letter=0.3)
        async with scene(scripted_engines(recognizer=recognizer, synthesizer=voice)) as s:
            s.call.say(s.agent.apology())
            await s.silence(0.5)
            await s.speak(2.5)
            await s.silence(1)
            return bool(s.events(SoundCleared))

    assert run(main("")) is False
    assert run(main("Sorry, one thing before we begin.")) is True


def test_both_starting_at_once_is_settled_for_the_candidate() -> None:
    async def main() -> None:
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

    run(main())


def test_after_a_cut_everybody_tells_the_same_of_it() -> None:
    async def main() -> None:
        agent = ScriptedAgent(["one two three four five six seven eight nine ten " * 3])
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

    run(main())


def test_a_yes_to_a_question_that_was_heard_is_an_answer() -> None:
    async def main() -> None:
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

    run(main())


def test_interrupt_stops_at_once() -> None:
    async def main() -> None:
        async with scene(agent=ScriptedAgent(["A long question about your work. " * 4])) as s:
            await s.speak(1)
            await s.silence(2)
            s.call.interrupt()
            await s.silence(0.1)
            assert len(s.cleared) == 1
            assert s.call.state == "listening"

    run(main())


def test_a_typed_answer_ends_the_turn_like_a_spoken_one() -> None:
    async def main() -> None:
        async with scene() as s:
            s.call.type(Answer("u-1", "I typed this.", "en", "typed", None, 0.0, 0.0))
            await s.silence(4)
        assert s.finals == ["I typed this."]
        assert s.turns[0].candidate_text == "I typed this."

    run(main())


def test_released_button_ends_the_answer_at_once() -> None:
    async def main() -> None:
        async with scene(push_to_talk=True) as s:
            await s.speak(1)
            await s.silence(3)
            await s.speak(1)
            assert s.call.audio_end()
            await asyncio.sleep(3)
        assert len(s.finals) == 1
        assert s.turns[0].latency.endpoint == pytest.approx(0, abs=0.05)

    run(main())


def test_audio_end_without_a_word_says_so() -> None:
    async def main() -> None:
        async with scene(push_to_talk=True) as s:
            await s.silence(1)
            assert not s.call.audio_end()

    run(main())


def test_whoever_turns_to_the_button_in_mid_interview_may_pause_while_holding_it() -> None:
    async def main() -> None:
        async with scene() as s:
            await s.silence(1)
            assert s.call.audio_end()
            await s.speak(1)
            await s.silence(4)
            assert not s.finals
            assert s.call.audio_end()
            await asyncio.sleep(4)
        assert len(s.finals) == 1

    run(main())


def test_a_button_that_is_never_released_does_not_hold_up_the_interview() -> None:
    async def main() -> None:
        async with scene(push_to_talk=True) as s:
            await s.speak(1)
            await asyncio.sleep(15)
        assert len(s.turns) == 1

    run(main())


def test_speech_that_arrives_late_lasted_as_long_as_it_did() -> None:
    async def main() -> None:
        async with scene() as s:
            await s.silence(1)
            s.call.hear(LOUD * 32_000 + QUIET * 64_000)
            await s.silence(4)
        [answer] = s.agent.answers
        assert 1.5 < answer.end - answer.start < 2.5

    run(main())


def test_time_to_think_is_silent() -> None:
    async def main() -> None:
        async with scene() as s:
            s.call.take_time()
            await s.silence(30)
            await s.speak(1)
            await s.silence(4)
        assert len(s.turns) == 1
        states = [event.value for event in s.events(StateChanged)]
        assert states == ["listening", "waiting", "hearing", "thinking", "speaking", "listening"]

    run(main())


def test_time_to_think_in_mid_answer_keeps_the_answer_open() -> None:
    async def main() -> None:
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

    run(main())


def test_after_the_goodbye_nobody_is_answered() -> None:
    async def main() -> None:
        async with scene() as s:
            s.call.say(Reply(clauses("Goodbye."), "en", ends="finished"))
            await asyncio.sleep(3)
            await s.speak(2)
            await s.silence(4)
        assert not s.turns
        assert isinstance(s.log[-1][1], CallEnded)

    run(main())


def test_a_microphone_that_stops_sending_is_silent() -> None:
    async def main() -> None:
        async with scene() as s:
            await s.speak(1)
            await asyncio.sleep(5)
        assert len(s.turns) == 1

    run(main())


def test_a_failed_recognizer_costs_a_turn_and_not_the_call() -> None:
    async def main() -> None:
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

    run(main())


def test_words_that_cannot_be_spoken_are_shown() -> None:
    async def main() -> None:
        engines = scripted_engines(synthesizer=ScriptedSynthesizer(fails=True))
        async with scene(engines) as s:
            await s.speak(1)
            await s.silence(15)
        assert s.events(Failed)[0].code == "tts_failed"
        sorry = SENTENCES["voiceless"]["en"]
        assert s.turns[0].interviewer_text == f"{sorry} I see. And then what happened?"

    run(main())


def test_noise_is_not_an_answer() -> None:
    async def main() -> None:
        async with scene(scripted_engines(recognizer=ScriptedRecognizer(last=""))) as s:
            await s.speak(1)
            await s.silence(3)
        assert [notice.code for notice in s.events(Noticed)] == ["not_understood"]
        assert not s.record.rows
        assert s.events(StateChanged)[-1].value == "listening"

    run(main())


def test_the_call_ends_after_the_goodbye_is_heard() -> None:
    async def main() -> None:
        async with scene() as s:
            s.call.say(Reply(clauses("Goodbye."), "en", ends="finished"))
            await asyncio.sleep(3)
        assert s.events(CallEnded)[0].reason == "finished"
        assert s.time_of(CallEnded) > s.time_of(SoundEnded)

    run(main())


def test_what_is_being_said_when_the_call_is_concluded_is_not_lost() -> None:
    async def main() -> None:
        async with scene() as s:
            await s.speak(1)
            s.call.conclude(Reply(clauses("Goodbye."), "en", ends="candidate"))
            await s.silence(6)
        assert s.finals == ["That is my answer."]
        assert s.events(InterviewerWords)[-1].text == "Goodbye."
        assert s.events(CallEnded)[0].reason == "candidate"

    run(main())


def test_hanging_up_records_what_was_heard_so_far() -> None:
    async def main() -> None:
        async with scene(agent=ScriptedAgent(["A long question about your work. " * 4])) as s:
            await s.speak(1)
            await s.silence(2)
        speech = next(iter(s.record.speeches.values()))
        assert speech.interrupted
        assert 0 < len(speech.heard) < len(speech.said)

    run(main())


def test_a_thousand_barge_ins_leave_nothing_behind() -> None:
    async def main() -> None:
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

    run(main())
