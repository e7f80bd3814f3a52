from interviews.conversation.silence import STEPS, Silence


def steps(silence: Silence, seconds: int, *, quiet: bool = True, start: int = 0) -> list[int]:
    found = [silence.step(quiet=quiet, now=start + second) for second in range(seconds)]
    return [step for step in found if step is not None]


def test_a_silence_is_met_with_two_words_and_no_more() -> None:
    assert steps(Silence("normal"), 600) == [0, 1]


def test_thinking_aloud_begins_the_silence_anew() -> None:
    silence = Silence("normal")
    assert steps(silence, int(STEPS[0]) - 1) == []
    silence.step(quiet=False, now=STEPS[0])
    assert steps(silence, int(STEPS[0]) - 1, start=int(STEPS[0]) + 1) == []


def test_after_an_answer_the_first_word_is_due_again() -> None:
    silence = Silence("normal")
    assert steps(silence, 600) == [0, 1]
    silence.broken()
    assert steps(silence, 600, start=1000) == [0, 1]


def test_patience_stretches_it() -> None:
    assert steps(Silence("long"), int(2 * STEPS[0])) == []
    assert steps(Silence("short"), int(STEPS[0])) == [0]


def test_every_step_is_configured_and_can_be_left_out() -> None:
    assert steps(Silence("normal", [0, 0]), 600) == []
    assert steps(Silence("normal", [0, 20]), 600) == [1]
    assert steps(Silence("normal", [5, 0]), 600) == [0]
    assert steps(Silence("normal", [5, 20]), 20) == [0]
    assert steps(Silence("normal", [5, 20]), 26) == [0, 1]
