"""What is known of an engine that failed: until when it is left alone, and why. Pure."""

import math
from dataclasses import dataclass

from voice.errors import EngineError

DOUBLINGS = 16
"""More make no wait longer, and a power of two too large for a float in the end."""


@dataclass(slots=True)
class Circuit:
    """All calls that share an engine share its circuit. Moments are seconds on their clock.

    The engine is left alone for ``first`` seconds, doubled with each failure up to ``longest``,
    and at least as long as its provider asked for.
    """

    first: float
    longest: float
    code: str = ""
    """Of the last failure; empty: the engine works, as far as is known."""
    until: float = 0.0
    failures: int = 0
    failed_at: float = -math.inf

    def failed(self, error: EngineError, now: float) -> None:
        self.code = error.code
        self.failed_at = now
        asked_for = error.retry_after or 0.0
        if now < self.until:
            # Other calls' requests, broken by the same trouble, are no further failures.
            self.until = max(self.until, now + asked_for)
            return
        wait = min(self.first * 2 ** min(self.failures, DOUBLINGS), self.longest)
        # What only a person can mend will not be mended in a moment.
        wait = wait if error.retryable else self.longest
        self.failures += 1
        self.until = now + max(wait, asked_for)

    def worked(self, since: float) -> bool:
        """A request of the moment ``since`` is served; whether that tells that the engine works
        now: what began before it failed does not."""
        if since < self.failed_at:
            return False
        self.code, self.until, self.failures = "", 0.0, 0
        return True
