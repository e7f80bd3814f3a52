"""How much nonsense, and how much haste, a connection is allowed; pure, on the caller's clock."""

from collections import deque

BAD_MESSAGES = 20
BAD_MESSAGES_SECONDS = 10.0
AUDIO_AHEAD = 60.0
"""Seconds of sound that may arrive faster than they were spoken."""
MESSAGES_AT_ONCE = 1_000
MESSAGES_A_SECOND = 100.0
"""Of all that is not sound: ten times what a busy client sends, and what it kept in an outage."""
ANSWERS_AT_ONCE = 40
ANSWERS_A_SECOND = 1.0
"""Typed ones: each ends a turn and is stored."""


class BadMessages:
    """Counts messages that made no sense."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=BAD_MESSAGES)

    def too_many(self, now: float) -> bool:
        """Note one more at ``now``; True if the connection has to be closed."""
        self._times.append(now)
        full = len(self._times) == BAD_MESSAGES
        return full and now - self._times[0] <= BAD_MESSAGES_SECONDS


class Pace:
    """Sound may come in bursts, but not faster than it can have been spoken for long.

    ``kept``: seconds of it that a client may have kept while it was offline, which come at once.
    """

    def __init__(self, kept: float = 0.0) -> None:
        self._ahead = AUDIO_AHEAD + kept
        self._since: float | None = None
        self._seconds = 0.0

    def allows(self, seconds: float, now: float) -> bool:
        """Whether ``seconds`` more of sound may come at ``now``; only what may is counted."""
        if self._since is None or now - self._since > self._seconds:
            self._since, self._seconds = now, 0.0
        if self._seconds + seconds - (now - self._since) > self._ahead:
            return False
        self._seconds += seconds
        return True


class Allowance:
    """``at_once`` may come at any moment, and ``a_second`` more in each second (a token bucket)."""

    def __init__(self, at_once: int, a_second: float) -> None:
        self._most = float(at_once)
        self._left = float(at_once)
        self._rate = a_second
        self._since: float | None = None

    def allows(self, now: float) -> bool:
        """Whether one more may come at ``now``; only what may is counted."""
        if self._since is not None:
            self._left = min(self._most, self._left + (now - self._since) * self._rate)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
