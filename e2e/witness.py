"""What ``witness.js`` has written down in a room, and what can be concluded from it."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

STEP = 0.02
SMOOTH = 5
"""Samples of 20 ms over which loudness is averaged: an envelope, not a waveform."""
LOUD = 0.02
MOST_LAG = 0.15
SHUTTING = 0.4
"""Seconds in which a mouth shuts,"""
SHUTTING_FRAMES = 3
"""but not in fewer frames: software draws few."""

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Witness:
    """Times are seconds of the page's own clock."""

    messages: list[dict[str, Any]]
    times: Curve
    rms: Curve
    mouth: Curve
    played: Curve
    frames: Curve

    @classmethod
    def of(cls, page: Page) -> Self:
        told = page.evaluate("({messages: __witness.messages, samples: __witness.samples})")
        samples = np.array(told["samples"] or np.zeros((0, 5)), np.float64)
        for message in told["messages"]:
            message["at"] /= 1000
        return cls(told["messages"], samples[:, 0] / 1000, *samples[:, 1:].T)

    def of_type(self, *types: str, after: float = 0.0) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["type"] in types and m["at"] >= after]

    def between(self, start: float, end: float) -> NDArray[np.bool_]:
        """Which samples were taken from ``start`` to ``end``."""
        return (self.times >= start) & (self.times <= end)

    def sounding(self, after: float = 0.0, before: float = np.inf) -> tuple[float, float]:
        """When the first and the last sound of the interviewer was heard."""
        heard = self.times[(self.rms > LOUD) & self.between(after, before)]
        assert heard.size, "the interviewer was not heard"
        return float(heard[0]), float(heard[-1])

    def played_seconds(self, start: float, end: float) -> float:
        """Seconds of sound that the page has played between two moments."""
        played = self.played[self.between(start, end)]
        return float(played[-1] - played[0]) / 24_000

    def shut(self, silent: float) -> float:
        """When a mouth is shut of which nothing was heard after ``silent``; never, unless frames
        enough were drawn since."""
        later = self.times >= silent
        drawn = self.frames - self.frames[later].min(initial=np.inf)
        shut = self.times[later & (self.times >= silent + SHUTTING) & (drawn >= SHUTTING_FRAMES)]
        return float(shut[0]) if shut.size else np.inf

    def widest(self, start: float, end: float = np.inf) -> float:
        """How far the mouth was open at most between two moments."""
        watched = self.mouth[self.between(start, end)]
        assert watched.size, f"nobody watched the mouth from {start:.2f} to {end:.2f} s"
        return float(watched.max())

    def lip_sync(self, start: float, end: float) -> float:
        """The correlation of the mouth's opening with the loudness, at its best lag; measured
        where a frame was drawn, for software draws few."""
        grid = np.arange(start, end, STEP)
        envelope = np.convolve(
            np.interp(grid, self.times, self.rms), np.ones(SMOOTH) / SMOOTH, mode="same"
        )
        drawn = np.flatnonzero(np.diff(self.mouth)) + 1
        drawn = drawn[self.between(start, end)[drawn]]
        found = [
            np.corrcoef(np.interp(self.times[drawn] - lag, grid, envelope), self.mouth[drawn])
            for lag in np.arange(0, MOST_LAG, STEP)
        ]
        return float(max(pair[0, 1] for pair in found))
