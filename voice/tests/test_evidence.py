import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.completeness import Reading
from voice.endpointing import Patience
from voice.evidence import finished


def test_a_whole_sentence_that_falls_is_over_and_an_open_one_is_not() -> None:
    assert finished(0.97, Reading.SENTENCE) > 0.7
    assert finished(0.97, Reading.OPEN) < 0.3
    assert finished(0.02, Reading.FILLER) < 0.1


def test_without_evidence_both_are_as_likely() -> None:
    assert finished(None, None) == 0.5


@pytest.mark.parametrize("heard", [0.001, 0.02, 0.2])
@pytest.mark.parametrize("read", [Reading.SENTENCE, Reading.UNCLEAR])
def test_a_melody_that_hangs_in_the_air_does_not_make_a_reply_late(
    heard: float, read: Reading
) -> None:
    sure = Patience().finished
    assert Patience().silence_for(finished(heard, read)) <= 1.6 * sure
    assert Patience().silence_for(finished(heard, Reading.OPEN)) > 2.5 * sure


def test_the_words_alone_tell_too() -> None:
    assert finished(None, Reading.SENTENCE) > 0.6
    assert finished(None, Reading.OPEN) < 0.2


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([None, *Reading]))
def test_who_sounds_more_finished_never_seems_less_so(
    one: float, other: float, read: Reading | None
) -> None:
    low, high = sorted((one, other))
    assert 0 < finished(low, read) <= finished(high, read) < 1
