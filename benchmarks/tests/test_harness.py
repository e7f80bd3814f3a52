"""The harness, against sessions that do what a script says: what happens is what is counted."""

from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks.conversations.speech import Pause
from benchmarks.harness.loudspeaker import Loudspeaker
from benchmarks.harness.measures import Judged, is_acknowledgement, judged, utterances
from benchmarks.harness.microphone import FRAME, Microphone
from benchmarks.harness.record import Arrival, Made, Record
from benchmarks.harness.summary import ratios, summary
from benchmarks.systems import Kind, Observation
from voice.audio import RATE

ANSWER = Made(
    "answer", "c/1", "We moved because it failed often.", 10.0, 14.0,
    pauses=(Pause("conjunction", 11.0, 12.0),),
)  # fmt: skip


def audio(at: float, utterance: str, seconds: float = 1.0, quiet: float = 0.0) -> Arrival:
    return Arrival(at, "audio", utterance, "", seconds, quiet)


def seen(at: float, kind: Kind, utterance: str, text: str = "") -> Arrival:
    return Arrival(at, kind, utterance, text)


def judge(arrivals: Sequence[Arrival], made: Sequence[Made] = (ANSWER,)) -> Judged:
    ordered = sorted(arrivals, key=lambda arrival: arrival.at)
    return judged(Record("c", "en", "scripted", made=list(made), arrivals=ordered))


UNDERSTOOD = seen(14.5, "transcript", "u", "we moved because it failed often")


def test_a_reply_is_timed_from_the_last_voiced_moment_to_its_first_audible_one() -> None:
    arrivals = [UNDERSTOOD, seen(14.6, "words", "r", "Why?"), audio(14.7, "r", quiet=0.05)]
    turn = judge(arrivals).turns[0]
    assert turn.reply == pytest.approx(0.75)
    assert not (turn.cut_off or turn.missed or turn.stale)
    assert turn.acknowledgement is None


def test_words_of_thanks_are_no_reply() -> None:
    arrivals = [
        UNDERSTOOD,
        seen(14.3, "words", "r", "Thanks, I've got that."), audio(14.3, "r", 1.5),
        seen(14.9, "words", "r", " What failed?"), audio(14.9, "r", 1.0),
    ]  # fmt: skip
    turn = judge(arrivals).turns[0]
    assert turn.acknowledgement == pytest.approx(0.3)
    # It arrived while the thanks were still playing: it is heard when they are over.
    assert turn.reply == pytest.approx(1.8)


def test_thanks_that_share_a_sound_with_the_reply_are_left_out_by_their_letters() -> None:
    arrivals = [UNDERSTOOD, seen(14.2, "words", "r", "Thank you. Go on?"), audio(14.2, "r", 1.7)]
    turn = judge(arrivals).turns[0]
    assert turn.acknowledgement == pytest.approx(0.2)
    assert turn.reply == pytest.approx(0.2 + 1.7 * 11 / 17)


def test_nothing_but_thanks_is_a_missed_end() -> None:
    arrivals = [UNDERSTOOD, seen(14.2, "words", "r", "Thank you."), audio(14.2, "r")]
    turn = judge(arrivals).turns[0]
    assert turn.reply is None
    assert turn.missed


@pytest.mark.parametrize("words", ["Thank you.", "All right, thank you.", "네, 감사합니다."])
def test_acknowledgements_are_known(words: str) -> None:
    assert is_acknowledgement(words)


@pytest.mark.parametrize("words", ["Thank you for your time today, goodbye.", "Why?", "왜요?"])
def test_other_words_are_none(words: str) -> None:
    assert not is_acknowledgement(words)


def test_a_reply_before_the_end_cuts_the_candidate_off_even_if_it_is_taken_back() -> None:
    arrivals = [
        audio(11.8, "early", 0.2), seen(12.2, "audio_clear", "early"),
        UNDERSTOOD, audio(14.7, "late"),
    ]  # fmt: skip
    one = judge(arrivals)
    assert one.turns[0].cut_off == "conjunction"
    assert one.turns[0].cut_pause == pytest.approx(1.0)
    assert one.turns[0].reply is None
    assert not one.turns[0].missed
    assert one.pauses == {"conjunction": 1}


def test_a_reply_in_the_middle_of_speech_belongs_to_no_pause() -> None:
    assert judge([audio(13.5, "early")]).turns[0].cut_off == "speech"


def test_no_reply_within_four_seconds_is_a_missed_end() -> None:
    assert judge([UNDERSTOOD]).turns[0].missed
    assert judge([UNDERSTOOD, audio(18.2, "r")]).turns[0].missed
    assert not judge([UNDERSTOOD, audio(17.8, "r")]).turns[0].missed


def test_a_reply_that_has_not_understood_the_last_words_is_stale() -> None:
    half = seen(14.2, "transcript", "u", "we moved because")
    assert judge([half, audio(14.4, "r")]).turns[0].stale
    assert not judge([UNDERSTOOD, audio(14.6, "r")]).turns[0].stale


def test_a_barge_in_is_timed_from_its_onset_to_the_clear() -> None:
    made = Made("answer", "c/2", "Sorry, one thing.", 20.0, 22.0, over="r", manner="barge_in")
    arrivals = [audio(18.0, "r", 6.0), seen(20.2, "audio_clear", "r"), audio(22.8, "next")]
    turn = judge(arrivals, [made]).turns[0]
    assert turn.clear == pytest.approx(0.2)
    assert turn.cut_off == ""
    assert turn.reply == pytest.approx(0.8)


def test_the_utterance_that_was_spoken_into_is_no_reply() -> None:
    made = Made("answer", "c/2", "Sorry, one thing.", 20.0, 22.0, over="r", manner="barge_in")
    turn = judge([audio(18.0, "r", 2.5), audio(20.4, "r", 3.0)], [made]).turns[0]
    assert turn.clear is None
    assert turn.cut_off == ""
    assert turn.missed


def test_a_listening_sound_that_silences_the_interviewer_is_a_false_stop() -> None:
    sound = Made("backchannel", "mm-hm", "mm-hm", 6.0, 6.4, over="r")
    quiet = judge([audio(5.0, "r", 6.0)], [sound, ANSWER])
    assert [item.stopped for item in quiet.listening] == [False]
    stopped = judge([audio(5.0, "r", 6.0), seen(6.6, "audio_clear", "r")], [sound, ANSWER])
    assert [item.stopped for item in stopped.listening] == [True]
    assert stopped.unprovoked == 0


def test_what_nobody_said_is_an_utterance_made_of_echo() -> None:
    one = judge([seen(5.0, "transcript", "u", "the garden"), audio(3.0, "r"), UNDERSTOOD])
    assert one.phantoms == ["the garden"]


def test_silence_that_nobody_asked_for_is_unprovoked() -> None:
    assert judge([audio(3.0, "r", 9.0), seen(5.0, "audio_clear", "r")]).unprovoked == 1


def test_transcripts_that_come_after_those_of_a_later_answer_are_out_of_order() -> None:
    second = Made("answer", "c/2", "The budget was small.", 20.0, 22.0)
    first = seen(14.5, "transcript", "a", "we moved because it failed often")
    other = seen(22.5, "transcript", "b", "the budget was small")
    assert judge([first, other], [ANSWER, second]).disordered == 0
    late = seen(23.0, "transcript", "a", "we moved because it failed often")
    assert judge([other, late], [ANSWER, second]).disordered == 1


def test_sound_that_arrives_while_another_is_played_is_heard_after_it() -> None:
    found = {u.id: u for u in utterances([audio(1.0, "a", 2.0), audio(1.5, "b", 1.0, 0.1)])}
    assert found["a"].audible == pytest.approx(1.0)
    assert found["b"].audible == pytest.approx(3.1)


def test_a_summary_counts_over_conversations_and_compares_by_answer() -> None:
    def record(reply: float) -> Record:
        arrivals = [UNDERSTOOD, seen(14.4, "words", "r", "Why?"), audio(14.0 + reply, "r")]
        return Record("c", "en", "s", made=[ANSWER], arrivals=arrivals, lateness=[0.001])

    fast, slow = summary([record(0.5)] * 4), summary([record(1.0)] * 4)
    assert fast["reply"]["p50"] == pytest.approx(0.5)
    assert fast["cut_off"]["of"] == 4
    found = ratios({"ours": fast, "other": slow}, "ours")["other"]
    assert found["of_medians"] == pytest.approx(0.5)
    assert found["low"] <= 0.5 <= found["high"]


def tone(seconds: float, rate: int) -> bytes:
    samples = 8_000 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * rate)) / rate)
    return samples.astype("<i2").tobytes()


def test_the_loudspeaker_plays_in_real_time_and_stops_when_told() -> None:
    now = [5.0]
    speaker = Loudspeaker(lambda: now[0])
    assert not speaker.speaking
    speaker.take(Observation(5.0, "audio", "r", pcm=tone(1.0, 24_000)))
    speaker.take(Observation(5.1, "audio_end", "r"))
    assert np.abs(speaker.pull(RATE // 10)).max() > 0.1
    latest = speaker.latest
    assert latest is not None
    assert latest.played == pytest.approx(0.1)
    now[0] = 5.9
    assert speaker.speaking
    now[0] = 6.1
    assert not speaker.speaking
    speaker.take(Observation(6.2, "audio", "s", pcm=tone(2.0, 24_000)))
    speaker.take(Observation(6.3, "audio_clear", "s"))
    now[0] = 6.3
    assert not speaker.speaking
    while np.abs(speaker.pull(FRAME)).max() > 0:
        pass
    assert speaker.utterances["s"].played == 0


async def test_the_microphone_hears_the_candidate_the_room_and_the_echo() -> None:
    async def send(pcm: bytes) -> None: ...

    played = np.full(FRAME, 0.5, np.float32)
    bed = np.zeros(10 * FRAME, np.float32)
    alone = Microphone(send, lambda count: played[:count], bed, echo=None)
    assert not np.frombuffer(alone.frame(), "<i2").any()
    alone.say(np.full(FRAME // 2, 0.25, np.float32))
    samples = np.frombuffer(alone.frame(), "<i2")
    assert samples[0] == pytest.approx(0.25 * 32_767, abs=1)
    assert samples[-1] == 0
    await alone.said()
    echoing = Microphone(send, lambda count: played[:count], bed, echo=12)
    frames = [np.frombuffer(echoing.frame(), "<i2") for _ in range(10)]
    assert not frames[0].any()
    assert np.abs(frames[-1]).max() > 500


def test_a_conversation_that_never_began_spoils_no_run():
    broken = judged(Record("c", "en", "scripted", failure="no greeting"))
    assert broken.turns == [] and broken.pauses == {}
