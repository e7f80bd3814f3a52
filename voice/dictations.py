"""One call's way to a live recognizer: connected before it is needed, and again when it is lost."""

import asyncio
import logging
from collections.abc import Callable

from voice.engines import Dictation, LiveRecognizer
from voice.errors import EngineError

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds between two attempts to connect, doubled with each failure."""
LONGEST_AGAIN = 60.0
OLD = 900.0
"""Seconds after which a quiet connection is made anew: providers end theirs at some age."""


class Dictations:
    """Gives the open ``Dictation`` to one utterance at a time."""

    def __init__(
        self,
        recognizer: LiveRecognizer,
        *,
        language: Callable[[], str | None],
        terms: Callable[[], str],
    ) -> None:
        self._recognizer = recognizer
        self._language = language
        self._terms = terms
        self._dictation: Dictation | None = None
        self._opening: asyncio.Task[None] | None = None
        self._opened_at = 0.0
        self._try_at = 0.0
        self._failures = 0
        self._holder: object = None
        self._closed = False
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def open(self) -> Dictation | None:
        """The connection, if there is one that works."""
        if self._dictation and self._dictation.error:
            self._dictation = None
        return self._dictation

    @property
    def opening(self) -> bool:
        return self._opening is not None and not self._opening.done()

    def warm(self) -> None:
        """Connect in the background unless it is; call it whenever speech may come soon."""
        if self._closed or self.opening:
            return
        now = asyncio.get_running_loop().time()
        dictation = self.open
        if dictation and (now - self._opened_at < OLD or self._holder is not None):
            return
        if now >= self._try_at:
            self._try_at = now + min(AGAIN * 2**self._failures, LONGEST_AGAIN)
            self._opening = asyncio.create_task(self._open())

    def hold(self, utterance: object) -> Dictation | None:
        """The connection for ``utterance`` alone; what another one left open on it is forgotten."""
        self.warm()
        dictation = self.open
        if dictation and self._holder is not utterance:
            dictation.drop()
            dictation.expect(self._terms())
            self._holder = utterance
        return dictation

    def release(self, utterance: object) -> None:
        """``utterance`` has nothing more to dictate."""
        if self._holder is utterance:
            self._holder = None
            if dictation := self.open:
                dictation.drop()

    async def opened(self, seconds: float) -> None:
        """Wait for a connection that is being made, not for long."""
        if self._opening and not self._opening.done():
            await asyncio.wait([self._opening], timeout=seconds)

    async def close(self) -> None:
        self._closed = True
        if self._opening:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        if self._dictation:
            self._leave(self._dictation)
            self._dictation = None
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _open(self) -> None:
        try:
            dictation = await self._recognizer.dictate(
                language=self._language(), terms=self._terms(), on_words=self._changed
            )
        except EngineError as error:
            log.warning("no live transcription: %s", error)
            self._failures += 1
            return
        self._failures = 0
        previous, self._dictation = self._dictation, dictation
        self._opened_at = asyncio.get_running_loop().time()
        self._holder = None
        if previous:
            self._leave(previous)

    def _changed(self) -> None:
        if self._dictation and self._dictation.error and not self._closed:
            log.warning("live transcription was lost: %s", self._dictation.error)
            self._dictation = None
            self._holder = None
            self.warm()

    def _leave(self, dictation: Dictation) -> None:
        task = asyncio.create_task(dictation.close())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
