"""The candidate among other voices: speech that is much weaker than theirs is the room's.

A detector hears speech in babble too, and an answer in a café would never end. So the level of
the candidate's voice is learned as the call goes on, and where the room is loud, what stays
``BELOW`` it counts as no speech. In a quiet room nothing is changed, however softly an answer ends.
"""

import math
from collections import deque

import numpy as np

from voice.engines import Detection

BELOW = 8.0
"""dB below the candidate's level: babble at 10 dB signal to noise stays there 97 times in a
hundred, and a voice for hardly longer than its own pauses."""
LOUD_ROOM = 20.0
"""dB below the candidate's level above which a room is loud."""
SMOOTHED = 2
"""Windows of which the loudest counts: a consonant is no silence."""
RISE, FALL = 0.9, 0.1
"""dB a window: the candidate's level settles where one voiced window in ten is louder."""
ROOM = 0.05
"""Weight of a new window in the room's level, which begins with the first one."""
SILENT = -100.0


class Foreground:
    """A ``Detection`` that leaves out other people; ``inner`` hears them all."""

    def __init__(self, inner: Detection) -> None:
        self._inner = inner
        self._levels: deque[float] = deque(maxlen=SMOOTHED)
        self._candidate: float | None = None
        self._room: float | None = None

    def probability(self, window: bytes) -> float:
        probability = self._inner.probability(window)
        self._levels.append(_level(window))
        if probability >= 0.5:
            self._learn(self._levels[-1])
        if self._candidate is None or max(self._levels) >= self._candidate - BELOW:
            return probability
        level = self._levels[-1]
        room = level if self._room is None else self._room
        self._room = room + ROOM * (level - room)
        return 0.0 if self._room > self._candidate - LOUD_ROOM else probability

    def _learn(self, level: float) -> None:
        if self._candidate is None:
            self._candidate = level
        elif level > self._candidate:
            self._candidate = min(level, self._candidate + RISE)
        elif level > self._candidate - BELOW:
            self._candidate -= FALL


def _level(window: bytes) -> float:
    """dB relative to full scale."""
    samples = np.frombuffer(window, np.int16).astype(np.float32)
    power = float(np.dot(samples, samples)) / len(samples) / 32_768**2
    return 10 * math.log10(power) if power > 1e-10 else SILENT
