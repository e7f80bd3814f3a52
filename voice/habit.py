"""How long this candidate pauses within an answer, learned in the course of an interview; pure."""

from collections import deque
from dataclasses import dataclass, field

TYPICAL = 0.7
"""Seconds of a pause within an answer, before anything is known about the candidate."""
WEIGHT = 5
"""How many pauses that assumption is worth."""
REMEMBERED = 20
"""The latest pauses count."""
COUNTED = 0.25
"""Shorter pauses belong to the words."""
QUICKEST, SLOWEST = 0.8, 1.4
"""Bounds of what a habit makes of the patience: nobody is waited for without end."""
TAKEN_BACK = 2.5
"""Who speaks again so soon after an answer was taken as over had not finished."""
STEP, MOST = 0.08, 0.24
"""Seconds of caution that each answer cut off adds, and how many there may be."""
FORGOTTEN = 0.7
"""What is left of the caution after an answer that was not."""


@dataclass(slots=True)
class Habit:
    """A running estimate of pauses, and of how often an answer was taken as over too early."""

    caution: float = 0.0
    """Seconds more for every end, after answers that were cut off; forgotten again with the
    answers that were not."""
    _pauses: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _ended: float | None = None

    @property
    def stretch(self) -> float:
        """What to make of the patience with a thought that is not complete."""
        mean = (TYPICAL * WEIGHT + sum(self._pauses)) / (WEIGHT + len(self._pauses))
        return min(SLOWEST, max(QUICKEST, mean / TYPICAL))

    def paused(self, seconds: float) -> None:
        """The candidate went on after so much silence."""
        if seconds >= COUNTED:
            self._pauses.append(seconds)

    def ended(self, at: float) -> None:
        """Silence has ended an answer whose last sound was ``at``, in seconds of the stream."""
        self._ended = at

    def began(self, at: float) -> None:
        """The candidate begins to speak."""
        if self._ended is None:
            return
        gap, self._ended = at - self._ended, None
        if gap < TAKEN_BACK:
            self._pauses.append(gap)
            self.caution = min(MOST, self.caution + STEP)
        else:
            self.caution *= FORGOTTEN
