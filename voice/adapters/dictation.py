"""What live recognizers share: how a call connects, audio that waits to be sent, and commits that
are answered in their order."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypedDict

from websockets import exceptions

from voice.adapters.refusal import refused_handshake
from voice.audio import RATE, WIDTH
from voice.engines import Transcript
from voice.errors import EngineError
from voice.metering import Use, used

# At DEBUG the library would log the key and every message; neither SDK lets us give a logger.
logging.getLogger("websockets.client").setLevel(logging.INFO)

CHUNK = 0.06
"""Seconds of audio in one message at least: each one is JSON and base64."""
BACKLOG = 30.0
"""Seconds of audio that may wait to be sent; more of it means a line that is dead."""
GOODBYE = 1.0
"""Seconds that a hang-up may take."""
MOST_TIMEOUTS = 4
"""How many time-outs the words of a segment may take altogether."""


class LiveOptions(TypedDict, total=False):
    """What every live recognizer can be told; the defaults are those of ``LiveEngine``."""

    languages: Sequence[str]
    confidence: float
    connect_timeout: float
    final_timeout: float


class LiveEngine(ABC):
    """A connection a call; the call says where an utterance ends.

    ``languages`` are those to expect. ``confidence`` (0–1) is what words get whose probability
    the model does not tell. Time-outs are seconds: to connect, and to the words after their end.
    """

    def __init__(
        self,
        name: str,
        model: str,
        *,
        languages: Sequence[str] = ("en", "ko"),
        confidence: float = 0.9,
        connect_timeout: float = 3.0,
        final_timeout: float = 2.0,
    ) -> None:
        self.name = name
        self.model = model
        self.languages = tuple(languages)
        self.confidence = confidence
        self.final_timeout = final_timeout
        self.connect_timeout = connect_timeout

    async def warm(self) -> None:
        """Connect once, which judges the key and perhaps the model."""
        dictation = await self.dictate(language=None, terms="", on_words=lambda: None)
        await dictation.close()

    async def dictate(
        self, *, language: str | None, terms: str, on_words: Callable[[], None]
    ) -> "QueuedDictation":
        """Raises ``EngineError``: ``missing_key``, ``unauthorised``, ``quota``, ``rate_limited``,
        ``timeout``, ``unavailable``, ``not_found``, ``rejected`` or ``malformed``.
        """
        dictation: QueuedDictation | None = None
        try:
            async with asyncio.timeout(self.connect_timeout):
                dictation = await self._connect(language, terms, on_words)
                await dictation.begin()
        except BaseException as error:
            if dictation is not None:
                dictation.give_up()
            if not isinstance(error, Exception):
                raise
            raise self.translated(error) from None
        return dictation

    @abstractmethod
    async def _connect(
        self, language: str | None, terms: str, on_words: Callable[[], None]
    ) -> "QueuedDictation":
        """The provider's connection, of which nothing is known yet; raises what libraries raise."""

    def translated(self, error: Exception) -> EngineError:
        """What ``error`` means. Raise it ``from None``: ``error`` may hold the provider's words."""
        match error:
            case EngineError():
                return error
            case exceptions.InvalidStatus():
                return refused_handshake(self.name, error.response)
            case TimeoutError():
                return EngineError(self.name, "timeout", retryable=True)
            case exceptions.WebSocketException() | OSError():
                return EngineError(self.name, "unavailable", retryable=True)
            case _:
                return EngineError(self.name, "malformed", retryable=True)


class QueuedDictation(ABC):
    """One connection. An adapter sends what ``_send`` and ``_send_commit`` are given, and reports
    with ``_heard``, ``_settled`` and ``_fail``.

    ``language`` None: to be told from the words. ``shortest``: the seconds of audio that a commit
    must hold, made up by silence.
    """

    def __init__(
        self,
        engine: LiveEngine,
        language: str | None,
        on_words: Callable[[], None],
        *,
        shortest: float,
    ) -> None:
        self.error: EngineError | None = None
        self._engine = engine
        self._language = language
        self._on_words = on_words
        self._shortest = round(shortest * RATE) * WIDTH
        self._audio = bytearray()
        self._segment = 0
        self._queue: deque[Callable[[], Awaitable[None]]] = deque()
        self._queued = 0
        self._arrived = asyncio.Event()
        self._pending: deque[asyncio.Future[Transcript]] = deque()
        self._patience: list[tuple[asyncio.Timeout, float]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: asyncio.Task[None] | None = None

    # -- what the call does ---------------------------------------------------------------

    @property
    @abstractmethod
    def words(self) -> str: ...

    @abstractmethod
    def expect(self, terms: str) -> None: ...

    def hear(self, pcm: bytes) -> None:
        if self.error:
            return
        self._audio += pcm
        self._segment += len(pcm)
        if len(self._audio) >= CHUNK * RATE * WIDTH:
            self._flush()

    async def commit(self) -> Transcript:
        if self.error:
            raise self.error
        self._end_segment()
        loop = asyncio.get_running_loop()
        settled: asyncio.Future[Transcript] = loop.create_future()
        self._pending.append(settled)
        try:
            limit = loop.time() + MOST_TIMEOUTS * self._engine.final_timeout
            async with asyncio.timeout(self._engine.final_timeout) as patience:
                self._patience.append((patience, limit))
                try:
                    return await settled
                finally:
                    self._patience.remove((patience, limit))
        except TimeoutError:
            self._fail(self._error("timeout"))
            raise self._error("timeout") from None

    @abstractmethod
    def drop(self) -> None: ...

    def give_up(self) -> None:
        """Hang up, and do not wait for it; ``on_words`` is not called any more."""
        self._on_words = lambda: None
        self._fail(self._error("closed"))

    async def close(self) -> None:
        self.give_up()
        if self._closing:
            await asyncio.wait([self._closing])

    # -- what an adapter does -------------------------------------------------------------

    def start(self, *work: Awaitable[None]) -> None:
        """Begin to send what waits; ``work`` receives."""
        for each in (self._write(), *work):
            self._tasks.append(asyncio.ensure_future(each))

    @abstractmethod
    async def begin(self) -> None:
        """Wait until the provider has agreed to listen, then ``start``."""

    @abstractmethod
    async def _send(self, pcm: bytes) -> None:
        """More of the open segment: PCM s16le mono at 16 kHz."""

    @abstractmethod
    async def _send_commit(self) -> None:
        """The segment ends."""

    @abstractmethod
    async def _close_connection(self) -> None:
        """Say goodbye to the provider; may raise, and may be cancelled."""

    def _error(self, code: str) -> EngineError:
        return EngineError(self._engine.name, code, retryable=True)

    def _put(self, send: Callable[[], Awaitable[None]]) -> None:
        self._queue.append(send)
        self._arrived.set()

    def _end_segment(self) -> None:
        if (missing := self._shortest - self._segment) > 0:
            self._audio += bytes(missing)
        seconds = max(self._segment, self._shortest) / RATE / WIDTH
        used(Use("recognizer", self._engine.name, self._engine.model, seconds=seconds))
        self._flush()
        self._segment = 0
        self._put(self._send_commit)

    def _heard(self) -> None:
        """Something came: what is being written down is not waited for in vain."""
        until = asyncio.get_running_loop().time() + self._engine.final_timeout
        for patience, limit in self._patience:
            if not patience.expired():
                patience.reschedule(min(until, limit))
        self._on_words()

    def _settled(self, transcript: Transcript) -> None:
        """The words of the oldest segment that waits for its own."""
        if self._pending:
            settled = self._pending.popleft()
            if not settled.done():
                settled.set_result(transcript)
        self._heard()

    def _fail(self, error: EngineError) -> None:
        """Nothing comes of this connection any more; whoever waits learns of it."""
        if self.error:
            return
        self.error = error
        while self._pending:
            if not (settled := self._pending.popleft()).done():
                settled.set_exception(error)
                settled.exception()
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()
        self._queue.clear()
        self._closing = asyncio.get_running_loop().create_task(self._leave())
        self._on_words()

    async def _leave(self) -> None:
        # Whatever a library raises for a connection that is gone: it is.
        with suppress(Exception):
            async with asyncio.timeout(GOODBYE):
                await self._close_connection()

    def _flush(self) -> None:
        if not self._audio:
            return
        pcm = bytes(self._audio)
        self._audio.clear()
        self._queued += len(pcm)
        if self._queued > BACKLOG * RATE * WIDTH:
            self._fail(self._error("timeout"))
            return

        async def send() -> None:
            await self._send(pcm)
            self._queued -= len(pcm)

        self._put(send)

    async def _write(self) -> None:
        try:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                while self._queue:
                    await self._queue.popleft()()
        except Exception as error:
            self._fail(self._engine.translated(error))
