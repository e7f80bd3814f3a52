"""The set and its speech: reproducible, and true about where speech begins, pauses and ends."""

import numpy as np
import pytest
from pydantic import ValidationError

from benchmarks.conversations import rooms, speech
from benchmarks.conversations.ear import SetEar
from benchmarks.conversations.manifest import Answer, Conversation, Set, conversations
from benchmarks.conversations.replies import probes, reply_to, tokens
from benchmarks.conversations.speech import FRAME, Samples, Speech, assembled, voiced
from interviews.conversation.phrasing import Brief, objection
from voice.audio import RATE

WITHIN_A_FRAME = FRAME / RATE


def voice(seconds: float, seed: int = 0) -> Samples:
    """Something as loud and as changing as speech."""
    random = np.random.default_rng(seed)
    syllables = np.repeat(random.uniform(0.4, 1, round(seconds * 8) + 1), RATE // 8)
    size = round(seconds * RATE)
    tone = np.sin(2 * np.pi * np.cumsum(syllables[:size] * 900) / RATE)
    return (0.2 * syllables[:size] * tone).astype(np.float32)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def test_the_set_is_what_was_asked_for() -> None:
    chosen = conversations()
    answers = [answer for one in chosen.conversations for answer in one.answers]
    korean = sum(len(one.answers) for one in chosen.conversations if one.language == "ko")
    assert len(answers) >= 60
    assert 0.4 <= korean / len(answers) <= 0.6
    assert {one.noise for one in chosen.conversations} == {"none", "stationary", "babble"}
    assert len({one.speed for one in chosen.conversations}) >= 5
    assert any(one.echo is not None for one in chosen.conversations)
    assert {kind for answer in answers for kind in answer.pauses} == chosen.pauses.kinds.keys()
    assert any(answer.barge_in for answer in answers)
    assert any(answer.together for answer in answers)


def test_pauses_are_drawn_alike_every_time_and_within_their_bounds() -> None:
    chosen = conversations()
    drawn = {
        (one.id, number): chosen.lengths(one, number)
        for one in chosen.conversations
        for number in range(len(one.answers))
    }
    again = Set.model_validate(chosen.model_dump())
    for one in again.conversations:
        for number in range(len(one.answers)):
            assert again.lengths(one, number) == drawn[one.id, number]
    lengths = [length for found in drawn.values() for length in found]
    assert min(lengths) >= 0.4
    assert max(lengths) <= 2.5
    assert len(set(lengths)) > len(lengths) / 2


def test_an_answer_is_said_or_recorded_and_the_first_one_waits() -> None:
    with pytest.raises(ValidationError, match="said or recorded"):
        Answer(say="a", recorded="b")
    with pytest.raises(ValidationError, match="waits for the greeting"):
        Conversation(id="x", language="en", voice="v", answers=(Answer(say="a", barge_in=1.0),))


def test_the_truth_of_an_answer_is_right_within_a_frame() -> None:
    parts = [
        np.concatenate([quiet(0.05), voice(1.0), quiet(0.1)]),
        np.concatenate([quiet(0.03), voice(0.8, 1), quiet(0.2)]),
    ]
    made = assembled(parts, ["I wrote because", "it failed."], ["conjunction"], [0.9])
    assert made.onset == pytest.approx(0.05, abs=WITHIN_A_FRAME)
    assert [pause.kind for pause in made.pauses] == ["conjunction"]
    pause = made.pauses[0]
    assert pause.start == pytest.approx(1.05, abs=WITHIN_A_FRAME)
    assert pause.end - pause.start == pytest.approx(0.9, abs=2 * WITHIN_A_FRAME)
    assert made.end == pytest.approx(pause.end + 0.8, abs=2 * WITHIN_A_FRAME)
    inside = made.samples[round(pause.start * RATE) + FRAME : round(pause.end * RATE) - FRAME]
    assert not inside.any()
    assert [word.text for word in made.words] == ["I", "wrote", "because", "it", "failed."]
    assert made.words[2].end <= pause.start + 1e-6 < pause.end <= made.words[3].start + 1e-6


def test_a_pause_is_no_shorter_than_the_voice_makes_it_itself() -> None:
    parts = [np.concatenate([voice(0.5), quiet(0.7)]), voice(0.5, 1)]
    made = assembled(parts, ["one", "two"], ["clause"], [0.4])
    assert made.pauses[0].end - made.pauses[0].start == pytest.approx(0.7, abs=2 * WITHIN_A_FRAME)


def test_human_speech_is_cut_together_with_its_pause_and_ends_with_voice() -> None:
    one = next(one for one in conversations().conversations if one.voice == speech.LIBRIVOX)
    number = next(n for n, answer in enumerate(one.answers) if answer.pauses)
    made = speech.answer(one, number)
    drawn = conversations().lengths(one, number)
    assert made.pauses[0].end - made.pauses[0].start == pytest.approx(drawn[0], abs=0.03)
    begin, end = voiced(made.samples)
    assert (made.onset, made.end) == (begin, end)
    assert np.array_equal(made.samples, speech.answer(one, number).samples)


def test_rooms_are_reproducible_and_as_loud_as_they_say() -> None:
    one = conversations().conversations[1]
    assert one.noise == "stationary"
    bed = rooms.bed(one)
    assert np.array_equal(bed, rooms.bed(one))
    level = 20 * np.log10(np.sqrt(np.square(bed).mean()))
    assert level == pytest.approx(speech.LEVEL - one.snr, abs=0.5)


def test_the_room_brings_the_loudspeaker_back_late_and_without_its_highs() -> None:
    path = rooms.echo_path()
    assert np.abs(path[: round(0.05 * RATE)]).max() < 1e-3
    assert np.square(path).sum() == pytest.approx(1.0, abs=1e-3)
    heard = np.abs(np.fft.rfft(path, RATE))
    assert heard[6_000:].mean() < heard[500:2_500].mean() / 30


@pytest.fixture(scope="module")
def known() -> list[Speech]:
    """Two answers of the human reader: nothing has to be synthesised."""
    one = next(one for one in conversations().conversations if one.voice == speech.LIBRIVOX)
    return [speech.answer(one, number) for number in (0, 2)]


def upload(samples: Samples, noise: float = 0.001) -> bytes:
    random = np.random.default_rng(5)
    heard = np.concatenate([quiet(0.4), samples, quiet(0.5)])
    heard = heard + random.normal(0, noise, len(heard))
    return (np.clip(heard, -1, 1) * 32_767).astype("<i2").tobytes()


def test_the_ear_knows_an_answer_and_how_far_it_has_come(known: list[Speech]) -> None:
    ear = SetEar(known)
    answer = known[0]
    assert ear.words(upload(answer.samples), RATE).split()[2:] == answer.text.split()[2:]
    half = answer.samples[: len(answer.samples) // 2]
    spoken = [word.text for word in answer.words if word.end < len(half) / RATE]
    assert ear.words(upload(half), RATE).split()[2 : len(spoken) - 2] == spoken[2:-2]
    assert ear.words(upload(quiet(1.0)), RATE) == ""


@pytest.mark.parametrize("noise", [0.001, 0.01, 0.02])
def test_the_ear_gives_no_word_that_has_not_been_said_yet(noise: float) -> None:
    one = next(one for one in conversations().conversations if one.voice == speech.LIBRIVOX)
    answers = [speech.answer(one, number) for number in (1, 3)]
    ear = SetEar(answers)
    for answer in answers:
        begun = answer.samples[: round(answer.pauses[0].start * RATE)]
        said = [word.text for word in answer.words if word.end <= answer.pauses[0].start + 0.01]
        assert ear.words(upload(begun, noise), RATE).split() == said


@pytest.mark.parametrize("noise", [0.001, 0.01])
def test_the_ear_knows_an_answer_of_two_words(noise: float) -> None:
    one = next(one for one in conversations().conversations if one.voice == speech.LIBRIVOX)
    whole = speech.answer(one, 2)
    size = round(whole.words[1].end * RATE)
    short = Speech("", whole.samples[:size], 0.0, whole.words[1].end, (), whole.words[:2])
    ear = SetEar([whole, short])
    assert ear.words(upload(short.samples, noise), RATE).split() == [w.text for w in short.words]


def test_the_ear_tells_the_interviewers_echo_by_its_words(known: list[Speech]) -> None:
    ear = SetEar(known[:1])
    said = known[1]
    ear.spoke("what did you learn", (said.samples * 32_767).astype("<i2").tobytes(), RATE)
    echo = np.convolve(said.samples, rooms.echo_path()) * np.float32(0.2)
    assert ear.words(upload(echo.astype(np.float32)), RATE) == "what did you learn"


@pytest.mark.parametrize(
    ("language", "answer"),
    [("en", "We were late because a supplier had closed."), ("ko", "공급 업체가 문을 닫았습니다.")],
)
def test_replies_pass_our_own_validator_and_are_of_ordinary_length(
    language: str, answer: str
) -> None:
    for probe in probes(language):
        content = f"So far:\nCandidate: before\n\nCandidate: {answer}\nQuestion: {probe}"
        reply = reply_to([{"role": "user", "content": content}])
        assert objection(reply, Brief(language, answer, probe)) == ""
        assert 30 <= len(tokens(reply)) <= 50
        assert "".join(tokens(reply)) == reply


def test_a_prompt_without_a_question_gets_the_guides_for_its_turn() -> None:
    said = [{"role": "user", "content": "I repaired engines."}]
    second = [*said, {"role": "assistant", "content": "Why?"}, *said]
    assert probes("en")[0] in reply_to(said)
    assert probes("en")[1] in reply_to(second)
