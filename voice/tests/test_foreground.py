import numpy as np
import pytest

from voice.foreground import Foreground


class Everybody:
    """Hears speech in every sound."""

    def probability(self, window: bytes) -> float:
        return 0.9 if any(window) else 0.0


def sound(decibels: float, windows: int, seed: int = 0) -> list[bytes]:
    random = np.random.default_rng(seed)
    noise = random.normal(0, 10 ** (decibels / 20) * 32_768, (windows, 512))
    return [window.astype("<i2").tobytes() for window in noise]


def share(foreground: Foreground, windows: list[bytes]) -> float:
    return sum(foreground.probability(window) >= 0.5 for window in windows) / len(windows)


def test_babble_behind_a_voice_is_no_speech_once_the_voice_is_known() -> None:
    foreground = Foreground(Everybody())
    share(foreground, sound(-34, 60))
    assert share(foreground, sound(-20, 60)) == 1
    share(foreground, sound(-34, 60))
    assert share(foreground, sound(-34, 300)) == 0
    assert share(foreground, sound(-20, 60)) == 1


def test_babble_is_told_from_the_voice_right_after_the_first_answer() -> None:
    foreground = Foreground(Everybody())
    share(foreground, sound(-20, 60))
    assert share(foreground, sound(-34, 60)[:16]) < 0.2


def test_who_ends_softly_in_a_quiet_room_is_heard_to_the_end() -> None:
    foreground = Foreground(Everybody())
    for _ in range(5):
        share(foreground, sound(-20, 60))
        share(foreground, sound(-65, 60))
    assert share(foreground, sound(-40, 10)) == 1


@pytest.mark.parametrize("change", [-6, 12])
def test_it_follows_a_voice_that_comes_nearer_or_goes_away(change: int) -> None:
    foreground = Foreground(Everybody())
    share(foreground, sound(-26, 100))
    share(foreground, sound(-40, 100))
    share(foreground, sound(-26 + change, 60))
    assert share(foreground, sound(-26 + change, 30)) == 1


def test_digital_silence_is_silence() -> None:
    assert share(Foreground(Everybody()), [bytes(1024)] * 10) == 0
