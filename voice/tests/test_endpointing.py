from hypothesis import given
from hypothesis import strategies as st

from voice.endpointing import (
    PATIENCE,
    WINDOW_SECONDS,
    Ended,
    Endpointer,
    Expected,
    Patience,
    Paused,
    Resumed,
    Started,
)


def feed(endpointer: Endpointer, probability: float, seconds: float) -> list[object]:
    windows = round(seconds / WINDOW_SECONDS)
    found = [endpointer.feed(probability) for _ in range(windows)]
    return [activity for activity in found if activity]


def test_speech_starts_after_its_onset_and_is_dated_back_to_it() -> None:
    endpointer = Endpointer()
    assert feed(endpointer, 0.0, 1) == []
    (started,) = feed(endpointer, 1.0, 0.5)
    assert isinstance(started, Started)
    assert 0.6 < started.at < 1.1


def test_a_click_is_not_speech() -> None:
    endpointer = Endpointer()
    assert feed(endpointer, 1.0, 0.064) + feed(endpointer, 0.0, 1) == []


def test_a_sure_verdict_ends_the_turn_early() -> None:
    endpointer = Endpointer()
    feed(endpointer, 1.0, 1)
    (paused,) = feed(endpointer, 0.0, 0.2)
    assert isinstance(paused, Paused)
    endpointer.evidence(0.95)
    (ended,) = feed(endpointer, 0.0, 1)
    assert isinstance(ended, Ended)
    assert ended.at == paused.at


def test_an_unfinished_thought_gets_time() -> None:
    endpointer = Endpointer()
    feed(endpointer, 1.0, 1)
    feed(endpointer, 0.0, 0.2)
    endpointer.evidence(0.02)
    assert feed(endpointer, 0.0, 2) == []
    assert isinstance(feed(endpointer, 0.0, 0.5)[0], Ended)


def test_going_on_takes_the_pause_back() -> None:
    endpointer = Endpointer()
    feed(endpointer, 1.0, 1)
    feed(endpointer, 0.0, 0.3)
    endpointer.evidence(0.95)
    kinds = [type(activity) for activity in feed(endpointer, 1.0, 0.5)]
    assert kinds == [Resumed]
    assert isinstance(feed(endpointer, 0.0, 0.3)[0], Paused)


def test_evidence_of_an_earlier_pause_does_not_count() -> None:
    endpointer = Endpointer()
    feed(endpointer, 1.0, 1)
    feed(endpointer, 0.0, 0.3)
    feed(endpointer, 1.0, 0.5)
    endpointer.evidence(1.0)
    feed(endpointer, 0.0, 0.2)
    assert feed(endpointer, 0.0, 0.5) == []


def needed(expected: Expected, spoken: float, finished: float) -> float:
    endpointer = Endpointer(expected=expected)
    feed(endpointer, 1.0, spoken)
    feed(endpointer, 0.0, 0.2)
    endpointer.evidence(finished)
    return endpointer.needed


def test_a_case_gets_more_patience_than_a_name() -> None:
    name, case = Expected(10, 0.8), Expected(75, 1.3)
    assert needed(case, 3, 0.9) > needed(name, 3, 0.9)
    assert needed(case, 3, 0.1) > needed(name, 3, 0.1)


def test_an_answer_of_the_usual_length_ends_as_soon_as_any() -> None:
    assert needed(Expected(60), 25, 0.9) == needed(Expected(10), 5, 0.9) == Patience().finished


def test_who_is_used_to_pausing_is_waited_for() -> None:
    slow = Endpointer()
    feed(slow, 1.0, 1)
    for _ in range(8):
        feed(slow, 0.0, 0.2)
        slow.evidence(0.1)
        assert feed(slow, 0.0, 1.5) == []
        feed(slow, 1.0, 1)
    feed(slow, 0.0, 0.2)
    slow.evidence(0.1)
    assert slow.needed > needed(Expected(), 20, 0.1)


def test_who_went_on_after_the_end_is_given_more_time() -> None:
    endpointer = Endpointer()
    feed(endpointer, 1.0, 5)
    feed(endpointer, 0.0, 0.2)
    before = endpointer.needed
    assert [type(a) for a in feed(endpointer, 0.0, 1.2)] == [Ended]
    feed(endpointer, 1.0, 5)
    feed(endpointer, 0.0, 0.2)
    assert endpointer.needed > before


def test_a_silence_has_a_name() -> None:
    endpointer = Endpointer()
    seen = [endpointer.standing]
    feed(endpointer, 1.0, 3)
    seen.append(endpointer.standing)
    feed(endpointer, 0.0, 0.3)
    endpointer.evidence(0.9)
    seen.append(endpointer.standing)
    endpointer.evidence(0.1)
    seen.append(endpointer.standing)
    feed(endpointer, 0.0, 1)
    seen.append(endpointer.standing)
    endpointer.evidence(0.1, hesitant=True)
    seen.append(endpointer.standing)
    names = "SILENT SPEAKING DONE THINKING TRAILING_OFF STUCK"
    assert [standing.name for standing in seen] == names.split()


def test_a_held_button_outlasts_silence() -> None:
    endpointer = Endpointer(held=True)
    feed(endpointer, 1.0, 1)
    assert [type(a) for a in feed(endpointer, 0.0, 5)] == [Paused]
    assert isinstance(endpointer.finish(), Ended)
    assert endpointer.finish() is None


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(PATIENCE)))
def test_more_certainty_never_waits_longer(one: float, other: float, name: str) -> None:
    patience = PATIENCE[name]
    low, high = sorted((one, other))
    tolerance = 1e-9
    assert patience.silence_for(high) <= patience.silence_for(low) + tolerance
    assert patience.finished <= patience.silence_for(low) + tolerance
    assert patience.silence_for(low) <= patience.unfinished + tolerance


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=400))
def test_activities_come_in_order(windows: list[tuple[float, float]]) -> None:
    endpointer = Endpointer(Patience(pause=0.064, finished=0.1, unsure=0.2, unfinished=0.3))
    follows: dict[type | None, set[type]] = {
        None: {Started},
        Started: {Paused},
        Paused: {Resumed, Ended},
        Resumed: {Paused},
        Ended: {Started},
    }
    last: type | None = None
    for probability, verdict in windows:
        activity = endpointer.feed(probability)
        endpointer.evidence(verdict)
        if activity:
            assert type(activity) in follows[last]
            last = type(activity)
