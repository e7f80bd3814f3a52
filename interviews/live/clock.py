"""The interview's own clock: it stands still while nobody is connected."""

import asyncio


class InterviewClock:
    """Seconds of interview so far; call it to read it."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def __call__(self) -> float:
        if self._since is None:
            return self._seconds
        return self._seconds + asyncio.get_running_loop().time() - self._since

    def start(self) -> None:
        if self._since is None:
            self._since = asyncio.get_running_loop().time()

    def stop(self) -> None:
        self._seconds, self._since = self(), None
