"""One call's way to a speech-to-speech engine: a session that is there in time, again and again.

Providers end a session after ten minutes or an hour. Before that its successor is opened and told
what was said so far; between two turns it takes over, and nobody notices. One that breaks is
replaced after a while; until then the cascade serves.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from voice.circuit import Circuit
from voice.engines import Brief, Message, SpeechSession, SpeechToSpeech
from voice.errors import EngineError

log = logging.getLogger(__name__)

AGAIN = 2.0
LONGEST_AGAIN = 120.0
"""Seconds before another session is tried, at first and at the longest (``voice.circuit``)."""
REMEMBERED = 40
"""Messages that a new session is told."""
LOOK = 0.25
"""Seconds between two looks at the session's health."""


_circuits: WeakKeyDictionary[SpeechToSpeech, Circuit] = WeakKeyDictionary()
"""What all calls of the process know of the engines that failed."""


def state(engine: SpeechToSpeech) -> str:
    """ "ok", or why the last session of any call failed."""
    circuit = _circuits.get(engine)
    return circuit.code if circuit else "ok"


def note(engine: SpeechToSpeech, error: EngineError | None) -> None:
    """What came of a session; None: it is open. An engine that failed is left alone by all calls
    for a while."""
    if error is None:
        _circuits.pop(engine, None)
        return
    circuit = _circuits.setdefault(engine, Circuit(AGAIN, LONGEST_AGAIN))
    circuit.failed(error, asyncio.get_running_loop().time())


def left_alone(engine: SpeechToSpeech) -> bool:
    """Whether no session is to be opened now."""
    circuit = _circuits.get(engine)
    return circuit is not None and asyncio.get_running_loop().time() < circuit.until


class Sessions:
    """``brief`` gives what a session begins with, as of now and without its history."""

    def __init__(
        self,
        engine: SpeechToSpeech,
        brief: Callable[[], Brief],
        history: Sequence[Message] = (),
    ) -> None:
        self.engine = engine
        self.busy: Callable[[], bool] = lambda: False
        """Whether somebody speaks or is being answered: that has to end where it began."""
        self._brief = brief
        self._history: deque[Message] = deque(history, maxlen=REMEMBERED)
        self._session: SpeechSession | None = None
        self._successor: SpeechSession | None = None
        self._settled = asyncio.Event()
        """The first session is open, or has failed to."""
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def current(self) -> SpeechSession | None:
        """The session that serves, if one does."""
        while self._session and self._session.failure:
            self.failed(self._session, self._session.failure)
        return self._session

    async def opened(self) -> SpeechSession | None:
        """As ``current``, once the first session is there or will not be."""
        await self._settled.wait()
        return self.current

    def switch(self) -> None:
        """A turn is over and the next has not begun: let the successor take over, if one waits."""
        successor, self._successor = self._successor, None
        if successor is None:
            return
        if successor.failure is None:
            successor, self._session = self._session, successor
        if successor:
            self._leave(successor)

    def remember(self, message: Message, by: SpeechSession | None = None) -> None:
        """Something was said; ``by`` is the session that has it already."""
        self._history.append(message)
        for session in (self._session, self._successor):
            if session and session is not by:
                session.tell(message)

    def failed(self, session: SpeechSession, error: EngineError) -> None:
        """``session`` is of no use any more, or refuses its work for now."""
        if session is not self._session:
            return
        # Whoever waits to take over does so now.
        self._session, self._successor = self._successor, None
        self._leave(session)
        if self._session is None:
            note(self.engine, error)

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                await self._look_after()
                await asyncio.sleep(LOOK)
        finally:
            self._settled.set()
            for session in (self._session, self._successor):
                if session:
                    self._leave(session)
            self._session = self._successor = None
            if self._leaving:
                await asyncio.wait(self._leaving)

    async def _look_after(self) -> None:
        if self._successor and self._successor.failure:
            self._leave(self._successor)
            self._successor = None
        session = self.current
        wanted = session is None or (session.ageing.is_set() and self._successor is None)
        if wanted and not left_alone(self.engine):
            opened = await self._open(session)
            if session is None:
                self._session = opened
            else:
                self._successor = opened
        self._settled.set()
        if not self.busy():
            self.switch()

    async def _open(self, replaced: SpeechSession | None) -> SpeechSession | None:
        brief = replace(self._brief(), history=tuple(self._history))
        known = len(brief.history)
        try:
            opened = await self.engine.open(brief, replaced)
        except EngineError as error:
            log.warning("no speech-to-speech session: %s", error)
            note(self.engine, error)
            return None
        note(self.engine, None)
        for message in list(self._history)[known:]:
            opened.tell(message)
        return opened

    def _leave(self, session: SpeechSession) -> None:
        task = asyncio.create_task(session.close())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
