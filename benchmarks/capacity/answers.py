"""The few answers that all callers give, and an ear that knows them at next to no cost."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import SpokenAnswer, english
from voice.audio import RATE

COUNT = 6
FRAME = 0.02
"""Seconds for which one level stands."""
QUIET = 150.0
"""Root mean square of what counts as nothing; the callers' rooms have about 26."""
ALIKE = 0.8
"""Correlation of levels from which it is that answer; two different ones reach about 0.6."""
LEAST = 8
"""Loud frames that say anything at all."""

Levels = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Known:
    levels: Levels
    energy: Levels
    """Sum of squares up to each frame."""
    words: list[str]
    ends: list[int]
    """The frame at which each word is over."""


@cache
def answers() -> list[SpokenAnswer]:
    """Human English of 3 to 10 s, some of it with a short pause."""
    return english(COUNT)


def ear() -> "LevelEar":
    return LevelEar(answers())


class LevelEar:
    """An ``Ear`` that tells a handful of answers apart by their loudness over time."""

    def __init__(self, known: list[SpokenAnswer]) -> None:
        self._known = [_known(answer) for answer in known]

    def words(self, pcm: bytes, rate: int) -> str:
        heard = levels(pcm, rate)
        if np.count_nonzero(heard) < LEAST:
            return ""
        alike, lag, item = max(
            ((*_place(item, heard), item) for item in self._known), key=lambda found: found[0]
        )
        if alike < ALIKE:
            return ""
        first, last = max(0, -lag), len(heard) - lag
        begins = [0, *item.ends]
        return " ".join(
            word
            for word, begin, end in zip(item.words, begins, item.ends, strict=False)
            if first <= (begin + end) / 2 <= last
        )

    def spoke(self, text: str, pcm: bytes, rate: int) -> None:
        """Its callers have no echo."""


def levels(pcm: bytes, rate: int) -> Levels:
    """Loudness above ``QUIET`` every 20 ms, as a logarithm."""
    size = round(rate * FRAME)
    samples = np.frombuffer(pcm, "<i2")
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float32)
    power = np.einsum("ij,ij->i", frames, frames) / size
    found: Levels = np.maximum(0, 0.5 * np.log(np.maximum(power, 1) / QUIET**2))
    return found


def _place(item: _Known, heard: Levels) -> tuple[float, int]:
    """How like ``item`` some part of ``heard`` is, and the frame of it at which ``item`` begins."""
    matches = np.correlate(heard, item.levels, "full")
    lags = np.arange(len(matches)) - (len(item.levels) - 1)
    first = np.maximum(0, -lags)
    last = np.minimum(len(item.levels), len(heard) - lags)
    known = item.energy[last] - item.energy[first]
    ours = np.concatenate([[0], np.cumsum(np.square(heard))]).astype(np.float32)
    inside = ours[np.minimum(len(heard), lags + len(item.levels))] - ours[np.maximum(0, lags)]
    # What lies outside the answer counts against it, and a short overlap is no evidence.
    norm = np.sqrt(known * (0.5 * inside + 0.5 * ours[-1])) + 1e-3
    alike = np.where(last - first >= LEAST, matches / norm, 0)
    best = int(alike.argmax())
    return float(alike[best]), int(lags[best])


def _known(answer: SpokenAnswer) -> _Known:
    found = levels(answer.audio.pcm, RATE)
    words = answer.text.split()
    loud = np.cumsum(found > 0)
    share = np.cumsum([len(word) + 1 for word in words])
    ends = np.searchsorted(loud, share / share[-1] * loud[-1])
    energy = np.concatenate([[0], np.cumsum(np.square(found))]).astype(np.float32)
    return _Known(found, energy, words, [int(end) for end in ends])
