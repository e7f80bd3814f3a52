"""What the sessions of every speech-to-speech provider share: a writer, a reader, one failure."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field

from voice.engines import Message, Piece, Transcript
from voice.errors import EngineError
from voice.hangul import is_hangul

log = logging.getLogger(__name__)

MOST_WAITING = 2_000
"""Messages that may wait to be sent; a minute of microphone. A provider further behind is gone."""
GOODBYE = 0.5
"""Seconds that a hang-up may take."""


@dataclass(eq=False, slots=True)
class Response:
    """One reply as it comes in."""

    directive: str
    pieces: "asyncio.Queue[Piece | EngineError | None]" = field(default_factory=asyncio.Queue)
    id: str = ""
    item: str = ""
    """The provider's name of what it adds to the conversation."""
    direction: str = ""
    """The same of the directive, where it is a part of the conversation."""
    seconds: float = 0.0
    """Sound received."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False
    unheard: bool = False
    """Nobody heard any of it: it is to leave no trace in the conversation."""

    def end(self, error: EngineError | None = None) -> None:
        if not self.over.is_set():
            self.over.set()
            self.pieces.put_nowait(error)


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds: to connect, to the words of an utterance, to a reply's first piece, between two of
    its pieces; and after how many a session is given up before the provider does."""

    connect: float
    words: float
    first: float
    piece: float
    session: float


class LiveSession(ABC):
    """Implements ``voice.engines.SpeechSession`` but for the provider's messages."""

    def __init__(self, name: str, waits: Waits, languages: tuple[str, ...]) -> None:
        self.failure: EngineError | None = None
        self.ageing = asyncio.Event()
        self.speaking = False
        self.model = ""
        """The provider's name of what answers, for the account."""
        self._name = name
        self._waits = waits
        self._languages = languages
        self._changed = asyncio.Event()
        self._outgoing: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue(MOST_WAITING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: Response | None = None

    def start(self) -> None:
        """Begin to read and write; the connection is open."""
        loop = asyncio.get_running_loop()
        for work in (self._write, self._read):
            self._tasks.add(loop.create_task(self._guarded(work)))
        self._age = loop.call_later(self._waits.session, self.ageing.set)

    async def close(self) -> None:
        self._fail(EngineError(self._name, "closed", retryable=True))
        self._age.cancel()
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        try:
            async with asyncio.timeout(GOODBYE):
                await self._hang_up()
        except Exception as error:  # Whatever a library raises for a connection that is gone.
            log.debug("a session ended badly: %s", type(error).__name__)

    async def respond(self, directive: str) -> AsyncGenerator[Piece]:
        self._check()
        response = self._last = Response(directive)
        self._ask(response)
        began, wait = False, self._waits.first
        try:
            while True:
                async with asyncio.timeout(wait):
                    piece = await response.pieces.get()
                if isinstance(piece, EngineError):
                    raise piece
                if piece is None:
                    break
                began = began or bool(piece.pcm)
                yield piece
                wait = self._waits.piece
        except TimeoutError:
            error = EngineError(self._name, "timeout", retryable=True)
            self._fail(error)
            raise error from None
        finally:
            self._stop(response)
        if not began:
            raise EngineError(self._name, "empty", retryable=True)

    def _stop(self, response: Response) -> None:
        if not response.over.is_set() and not response.cancelled:
            response.cancelled = True
            self._cancel(response)

    # -- the provider's ---------------------------------------------------------------------

    @abstractmethod
    async def _read(self) -> None:
        """Take the provider's messages until the connection ends; raises what libraries raise."""

    @abstractmethod
    async def _hang_up(self) -> None: ...

    @abstractmethod
    def _ask(self, response: Response) -> None:
        """Have the provider make ``response``."""

    @abstractmethod
    def _cancel(self, response: Response) -> None:
        """Nobody waits for the rest of ``response``."""

    @abstractmethod
    def _translated(self, error: Exception) -> EngineError:
        """The failure that ``error`` means; nothing of the provider's words is in it."""

    @abstractmethod
    def tell(self, message: Message) -> None: ...

    # -- one writer, one reader, one failure --------------------------------------------------

    def _send(self, message: Callable[[], Awaitable[None]]) -> None:
        if self.failure:
            return
        try:
            self._outgoing.put_nowait(message)
        except asyncio.QueueFull:
            self._fail(EngineError(self._name, "unavailable", retryable=True))

    async def _write(self) -> None:
        while True:
            message = await self._outgoing.get()
            await message()

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
            self._fail(EngineError(self._name, "unavailable", retryable=True))
        except EngineError as error:
            self._fail(error)
        except Exception as error:
            self._fail(self._translated(error))

    def _fail(self, error: EngineError) -> None:
        if self.failure is None:
            self.failure = error
            self.speaking = False
            if self._last:
                self._last.end(error)
            self._changed.set()

    def _check(self) -> None:
        if self.failure:
            # A new one each time: raising appends to an exception's traceback.
            told = self.failure
            raise EngineError(
                told.engine, told.code, retryable=told.retryable, retry_after=told.retry_after
            )

    async def _until(self, settled: Callable[[], bool], seconds: float) -> bool:
        """Whether it came true in time. Raises the session's failure."""
        try:
            async with asyncio.timeout(seconds):
                while not settled():
                    self._check()
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        self._check()
        return True

    def _transcript(self, text: str, language: str = "") -> Transcript:
        text = " ".join(text.split())
        if language not in self._languages:
            language = "ko" if any(map(is_hangul, text)) else "en"
        if language not in self._languages:
            language = self._languages[0]
        return Transcript(text, language, 0.9 if text else 0.0)
