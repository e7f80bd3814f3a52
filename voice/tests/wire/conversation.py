"""A model that hears, obeys and hums: what the wire servers of speech-to-speech engines share."""

import asyncio
import itertools
import re
from array import array
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from math import pi, sin
from typing import Any

from voice.tests.wire.fault import STATUS, Fault
from voice.tests.wire.server import Exchange, Request
from voice.tests.wire.socket import Socket

RATE = 24_000
LETTER = 0.05
"""Seconds for which a letter is hummed."""
LOUD = 500

_PERIOD = array("h", [round(6000 * sin(2 * pi * n / 120)) for n in range(120)])


def obey(directive: str) -> str:
    """What stands in «…» in the directive, but for the facts that stand in […]."""
    asked = re.sub(r"\[.*?\]", "", directive, flags=re.DOTALL)
    return " ".join(re.findall("«(.*?)»", asked, re.DOTALL)) or "What did you learn?"


@dataclass
class Model:
    """Hears the next of ``hears`` in each stretch of speech, the last one again and again."""

    hears: list[str] = field(default_factory=lambda: ["I wrote the cache."])
    says: Callable[[str], str] = obey
    directives: list[str] = field(default_factory=list)
    letter: float = LETTER
    finds_words: bool = True
    """If not, all that is heard is noise."""

    def hear(self, pcm: bytes, rate: int) -> str:
        samples = array("h", pcm[: len(pcm) // 2 * 2])
        loud = sum(abs(sample) > LOUD for sample in samples[::8]) * 8 / rate
        if loud < 0.1 or not self.finds_words:
            return ""
        return self.hears.pop(0) if len(self.hears) > 1 else self.hears[0]

    def reply(self, directive: str) -> str:
        self.directives.append(directive)
        return self.says(directive)

    def hum(self, text: str) -> str:
        """Base64 of PCM at ``RATE``."""
        periods = round(len(text) * self.letter * RATE / len(_PERIOD))
        return b64encode((_PERIOD * periods).tobytes()).decode()


class Speaker:
    """A provider of such a model: its first sound ``speaks_after`` seconds after it is asked."""

    def __init__(self, fault: Fault | None = None, model: Model | None = None) -> None:
        self.fault = fault
        self.model = model or Model()
        self.slow_to_connect = self.bad_sound = False
        self.silent = False
        """Whether it answers nothing, not even that a session is set up."""
        self.speaks_after = 0.0
        self.sessions: list[Any] = []
        self.go_on = asyncio.Event()
        """Until it is set, a reply stands still after its second word."""
        self.go_on.set()
        self.began = asyncio.Event()
        """A reply has got so far."""
        self.stopped = asyncio.Event()
        """One was cut."""

    def session(self, exchange: Exchange) -> "Dialogue":
        raise NotImplementedError

    async def answer(self, request: Request, exchange: Exchange) -> None:
        if self.fault in STATUS:
            await exchange.refuse(self.fault)
        elif self.slow_to_connect:
            await exchange.hang()
        else:
            session = self.session(exchange)
            self.sessions.append(session)
            await session.run(request)


class Dialogue:
    """One session at a ``Speaker``."""

    def __init__(self, speaker: Speaker, exchange: Exchange) -> None:
        self.asked = asyncio.Event()
        self.closed = asyncio.Event()
        self.request: Request
        """By which it was opened."""
        self._speaker = speaker
        self._exchange = exchange
        self._socket = Socket(exchange)
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)

    async def run(self, request: Request) -> None:
        """Until either side has hung up."""
        self.request = request
        try:
            await self._socket.accept(request)
            await self._greet()
            async for message in self._socket.messages():
                self.asked.set()
                if not self._speaker.silent:
                    await self._take(message)
        finally:
            self.closed.set()
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _greet(self) -> None:
        """What comes before the client has said anything."""

    async def _take(self, message: dict[str, Any]) -> None:
        raise NotImplementedError

    def _begin(self, work: Any) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _said(self, text: str) -> AsyncGenerator[tuple[str, str]]:
        """Each word of a reply and its sound, as far as the provider's day allows."""
        speaker, fault = self._speaker, self._speaker.fault
        await asyncio.sleep(speaker.speaks_after)
        for count, piece in enumerate([] if fault is Fault.EMPTY else words(text)):
            yield piece, "no base64!" if speaker.bad_sound else speaker.model.hum(piece)
            if count == 1:
                speaker.began.set()
                if fault is Fault.STALLED:
                    await asyncio.Event().wait()
                if fault is Fault.DROPPED:
                    self._exchange.drop()
                await speaker.go_on.wait()


def words(text: str) -> list[str]:
    """``text`` in pieces that begin with a space, as providers write."""
    return re.findall(r"\s*\S+", text)
