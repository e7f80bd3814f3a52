"""A candidate who says nothing: first nothing is said, then a gentle word, then an offer; pure.

None of it is scored, and after "I need a moment" nothing is said at all.
"""

STEPS = (30.0, 45.0)
"""Seconds of silence before each of the interviewer's words, the first after a question."""
FACTORS = {"short": 0.6, "normal": 1.0, "long": 2.0}
"""What an interview's patience makes of them."""


class Silence:
    """Watches the silence after a question."""

    def __init__(self, patience: str) -> None:
        self._factor = FACTORS.get(patience, 1.0)
        self._since: float | None = None
        self._taken = 0

    def broken(self) -> None:
        """The candidate has answered: the next question's silence is a new one."""
        self._since, self._taken = None, 0

    def step(self, *, quiet: bool, now: float) -> int | None:
        """The step that is due at ``now``, 0 or 1; None: wait on."""
        if not quiet:
            self._since = None
            return None
        if self._since is None:
            self._since = now
        if self._taken == len(STEPS) or now - self._since < STEPS[self._taken] * self._factor:
            return None
        self._since, self._taken = now, self._taken + 1
        return self._taken - 1
