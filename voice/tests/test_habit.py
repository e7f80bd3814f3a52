from hypothesis import given
from hypothesis import strategies as st

from voice.habit import MOST, QUICKEST, SLOWEST, Habit


def test_long_pauses_earn_patience_and_short_ones_cost_it() -> None:
    slow, quick = Habit(), Habit()
    for _ in range(10):
        slow.paused(1.8)
        quick.paused(0.3)
    assert slow.stretch == SLOWEST
    assert quick.stretch < 1


def test_gaps_between_words_tell_nothing() -> None:
    habit = Habit()
    for _ in range(50):
        habit.paused(0.15)
    assert habit.stretch == 1


def test_who_was_cut_off_is_waited_for_and_it_is_forgotten() -> None:
    habit = Habit()
    habit.ended(10.0)
    habit.began(11.0)
    assert (cautious := habit.caution) > 0
    for answer in range(10):
        habit.ended(20.0 + 10 * answer)
        habit.began(28.0 + 10 * answer)
    assert habit.caution < 0.2 * cautious


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 30))))
def test_it_stays_within_its_bounds(answers: list[tuple[float, float]]) -> None:
    habit, now = Habit(), 0.0
    for pause, gap in answers:
        habit.paused(pause)
        habit.ended(now)
        now += gap
        habit.began(now)
    assert QUICKEST <= habit.stretch <= SLOWEST
    assert 0 <= habit.caution <= MOST
