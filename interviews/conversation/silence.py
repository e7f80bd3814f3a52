"""A candidate who says nothing: first nothing is said, then a gentle word, then an offer; pure.

None of it is scored, and after "I need a moment" nothing is said at all. What is said is
``wording.SILENCE``; when, or whether at all, an interview's configuration tells.
"""

from collections.abc import Sequence

STEPS = (30.0, 45.0)
"""Seconds of silence before the gentle word, the first after a question, and from there to the
offer to hear it again or to move on."""
FACTORS = {"short": 0.6, "normal": 1.0, "long": 2.0}
"""What an interview's patience makes of them."""


class Silence:
    """Watches the silence after a question."""

    def __init__(self, patience: str, steps: Sequence[float] | None = None) -> None:
        """``steps`` as ``STEPS``, 0 leaves a step out; None: the usual ones."""
        factor = FACTORS.get(patience, 1.0)
        self._steps = [
            (number, seconds * factor)
            for number, seconds in enumerate(STEPS if steps is None else steps)
            if seconds > 0
        ]
        self._since: float | None = None
        self._taken = 0

    def broken(self) -> None:
        """The candidate has answered: the next question's silence is a new one."""
        self._since, self._taken = None, 0

    def step(self, *, quiet: bool, now: float) -> int | None:
        """The step that is due at ``now``, an index of ``STEPS``; None: wait on."""
        if not quiet:
            self._since = None
            return None
        if self._since is None:
            self._since = now
        if self._taken == len(self._steps):
            return None
        number, seconds = self._steps[self._taken]
        if now - self._since < seconds:
            return None
        self._since, self._taken = now, self._taken + 1
        return number
