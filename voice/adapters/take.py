"""What one run of a local speech model gave, on its way to being a clip."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.audio import Audio
from voice.engines import Clip
from voice.errors import EngineError
from voice.visemes import from_phonemes, from_text

LEAD = 0.02
"""Seconds kept before the first sound: more would be heard as a slow answer."""

PEAK = 0.7
_AUDIBLE = 0.02
"""Share of the peak above which a sample is speech."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A persona's own way with a shared voice.

    ``pitch`` plays the samples faster or slower, formants and all, so that it stays believable
    within about a tenth; ``pace`` is the speed of speaking at that pitch.
    """

    pitch: float = 1.0
    pace: float = 1.0


VARIANTS = {
    "": Variant(),
    "slow": Variant(pace=0.9),
    "brisk": Variant(pace=1.08),
    "low": Variant(pitch=0.92),
    "deep": Variant(pitch=0.86, pace=0.97),
    "high": Variant(pitch=1.08),
}


def chosen_voice(engine: str, voice: str, names: tuple[str, ...]) -> tuple[str, Variant]:
    """``"joe:low"`` -> the name ``joe`` (empty: the first of ``names``) and its variant.

    Raises ``EngineError`` (``unknown_voice``).
    """
    name, _, variant = voice.partition(":")
    name = name or names[0]
    if name not in names or variant not in VARIANTS:
        raise EngineError(engine, "unknown_voice")
    return name, VARIANTS[variant]


def pieces(text: str, clauses: Iterable[str]) -> Iterator[str]:
    """``clauses``, found in ``text`` in their order, with the white space around them: joined
    they are the text again.
    """
    begin = 0
    for clause in clauses:
        end = text.index(clause, begin) + len(clause)
        end += len(text[end:]) - len(text[end:].lstrip())
        yield text[begin:end]
        begin = end


@dataclass(frozen=True, slots=True)
class Take:
    """``samples`` (float mono at ``rate`` Hz) and the ``(IPA symbol, seconds)`` they say in order;
    ``phonemes`` is empty where the model tells no timing.
    """

    samples: NDArray[np.floating[Any]]
    rate: int
    phonemes: tuple[tuple[str, float], ...] = ()

    def clip(self, text: str, variant: Variant) -> Clip:
        """The take trimmed, at one loudness, with the pause that ``text`` ends on, and visemes."""
        loudness = np.abs(self.samples)
        peak = float(loudness.max(initial=0.0))
        audible = np.flatnonzero(loudness > peak * _AUDIBLE)
        if not audible.size:
            return Clip(text, Audio(b"", self.rate))
        begin = max(int(audible[0]) - int(LEAD * self.rate), 0)
        end = int(audible[-1]) + 1
        speech = self.samples[begin:end] * (PEAK / peak * 32_767)
        silence = np.zeros(int(_pause(text) * self.rate), np.int16)
        # Played at another rate than it was made for, the voice changes its pitch.
        audio = Audio(
            np.concatenate([speech.astype("<i2"), silence]).tobytes(),
            round(self.rate * variant.pitch),
        )
        spoken = (end - begin) / audio.rate
        stretch = self.rate / audio.rate
        visemes = (
            from_phonemes(
                ((phoneme, seconds * stretch) for phoneme, seconds in self.phonemes),
                start=-begin / audio.rate,
                end=spoken,
            )
            if self.phonemes
            else from_text(text, spoken)
        )
        return Clip(text, audio, visemes)


def _pause(text: str) -> float:
    """Seconds of silence after ``text``: a breath after a sentence, less after a clause."""
    last = text.rstrip(" \n\t\"')]”’»")[-1:]
    if last in ".!?…。！？":
        return 0.28
    return 0.12 if last in ",;:，、—–" else 0.04
