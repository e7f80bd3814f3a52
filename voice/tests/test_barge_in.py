from itertools import repeat

import pytest

from voice.barge_in import LONGEST, BargeIn, Hold
from voice.endpointing import WINDOW_SECONDS


def hear(sound: BargeIn, probability: float, seconds: float) -> list[str]:
    """What came of ``seconds`` of it: when words were asked for, and when it was certain."""
    events = []
    for probability_now in repeat(probability, round(seconds / WINDOW_SECONDS)):
        if sound.feed(probability_now):
            events.append("certain")
        if sound.unsettled:
            events.append("read")
    return events


def test_a_click_is_nothing() -> None:
    sound = BargeIn()
    assert hear(sound, 1.0, 0.096) + hear(sound, 0.0, 1) == []
    assert not sound.waits(2)


def test_a_short_sound_is_read_when_it_is_over() -> None:
    sound = BargeIn()
    assert hear(sound, 1.0, 0.256) == []
    assert hear(sound, 0.0, 0.5) == ["read"]


def test_what_goes_on_is_read_on_the_way_and_then_certain() -> None:
    sound = BargeIn()
    assert hear(sound, 1.0, 0.64) == ["read"]
    assert hear(sound, 1.0, 0.032) == ["certain"]


def test_a_beginning_is_not_read_before_it_says_anything() -> None:
    assert hear(BargeIn(), 1.0, 0.416) == []


def test_what_is_over_after_the_first_reading_is_read_whole() -> None:
    sound = BargeIn()
    assert hear(sound, 1.0, 0.5) == ["read"]
    assert hear(sound, 0.0, 0.5) == ["read"]
    assert hear(sound, 0.0, 5) == []


@pytest.mark.parametrize("pause", [0.032, 0.096, 0.128])
def test_the_gap_before_a_consonant_does_not_end_a_sound(pause: float) -> None:
    sound = BargeIn()
    hear(sound, 1.0, 0.4)
    hear(sound, 0.0, pause)
    assert "certain" in hear(sound, 1.0, 0.288)


def test_two_sounds_of_listening_are_not_added_up() -> None:
    sound = BargeIn()
    for _ in range(5):
        assert "certain" not in hear(sound, 1.0, 0.4)
        hear(sound, 0.0, 0.6)


def test_a_voice_full_of_gaps_is_not_held_back_for_ever() -> None:
    sound = BargeIn(Hold(certain=9.0))
    windows, certain = 0, False
    while not certain:
        certain = sound.feed(1.0 if windows % 4 else 0.0)
        windows += 1
    assert windows * WINDOW_SECONDS < LONGEST + 3 * WINDOW_SECONDS


def test_age_and_silence_tell_when_it_was() -> None:
    sound = BargeIn()
    hear(sound, 0.0, 0.32)
    hear(sound, 1.0, 0.32)
    hear(sound, 0.0, 0.32)
    assert sound.age == pytest.approx(0.64)
    assert sound.silence == pytest.approx(0.32)
    assert sound.waits(0.4) and not sound.waits(0.2)


def test_half_a_voice_long_after_a_sound_does_not_revive_it() -> None:
    sound = BargeIn()
    hear(sound, 1.0, 0.256)
    hear(sound, 0.0, 3)
    assert hear(sound, 0.45, 1) == []


def test_words_with_a_gap_between_them_belong_together() -> None:
    sound = BargeIn()
    hear(sound, 1.0, 0.32)
    hear(sound, 0.0, 0.32)
    hear(sound, 1.0, 0.096)
    assert sound.earlier == pytest.approx(0.64)
    assert sound.age == pytest.approx(0.096)
    assert sound.waits(0)
    hear(sound, 0.0, 0.96)
    hear(sound, 1.0, 0.096)
    assert sound.earlier == 0
    assert not sound.waits(0)
