"""ElevenLabs' speech: both WebSockets, and HTTP with and without the time of each letter."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.providers.latencies import Latencies
from benchmarks.providers.voice import RATE, Spoken, say
from benchmarks.systems import Ear
from voice.audio import WIDTH
from voice.tests.wire.server import Exchange, Request
from voice.tests.wire.socket import Socket

CHUNK = 0.4
"""Seconds of sound in a message."""
BUFFERED = 120
"""Letters that a socket without ``auto_mode`` waits for: the first of its documented schedule."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of some speech: its sound, and its letters with their begin and length in ms,
    counted from the beginning of the chunk."""

    pcm: bytes
    letters: list[str]
    starts: list[int]
    lengths: list[int]


class Speech:
    """Everything below ``/v1/text-to-speech/``."""

    def __init__(self, ear: Ear, latencies: Latencies) -> None:
        self._ear = ear
        self.latencies = latencies

    async def answer(self, request: Request, exchange: Exchange) -> None:
        address = urlsplit(request.target)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        _, _, rate = query.get("output_format", f"pcm_{RATE}").partition("_")
        if "upgrade" in request.headers:
            several = address.path.endswith("/multi-stream-input")
            buffers = query.get("auto_mode", "false") != "true"
            connection = _Connection(self, Socket(exchange), int(rate), several, buffers)
            await connection.run(request)
            return
        timed = address.path.endswith("/with-timestamps")
        await exchange.open_stream("application/json" if timed else "audio/pcm")
        async for chunk in self.made(request.json["text"], int(rate)):
            await exchange.chunk(_line(chunk) if timed else chunk.pcm)
        await exchange.end_stream()

    async def made(self, text: str, rate: int) -> AsyncGenerator[Chunk]:
        """The sound of ``text``, as it is made."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self.latencies.first_sound
        spoken = say(text, rate)
        self._ear.spoke(text, spoken.audio.pcm, rate)
        for chunk in chunks(spoken):
            await asyncio.sleep(due - loop.time())
            yield chunk
            due += CHUNK / self.latencies.pace


def chunks(spoken: Spoken) -> Iterator[Chunk]:
    """``spoken`` in parts of ``CHUNK`` seconds; joined they are all of it."""
    rate, pcm = spoken.audio.rate, spoken.audio.pcm
    size = round(CHUNK * rate)
    letter = 0
    for first in range(0, len(pcm) // WIDTH, size):
        until = min(first + size, len(pcm) // WIDTH)
        begun = letter
        last = until == len(pcm) // WIDTH
        while letter < len(spoken.text) and (last or spoken.starts[letter] * rate < until):
            letter += 1
        edges = [round(1000 * (at - first / rate)) for at in spoken.starts[begun : letter + 1]]
        yield Chunk(
            pcm[first * WIDTH : until * WIDTH],
            list(spoken.text[begun:letter]),
            edges[:-1],
            [end - start for start, end in zip(edges, edges[1:], strict=False)],
        )


@dataclass
class _Context:
    """One stretch of speech on a socket."""

    name: str | None
    waiting: str = ""
    texts: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)

    def release(self) -> None:
        if self.waiting.strip():
            self.texts.put_nowait(self.waiting)
        self.waiting = ""


class _Connection:
    def __init__(
        self, provider: Speech, socket: Socket, rate: int, several: bool, buffers: bool
    ) -> None:
        self._provider = provider
        self._socket = socket
        self._rate = rate
        self._several = several
        self._buffers = buffers
        self._contexts: dict[str | None, _Context] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, request: Request) -> None:
        """Until either side has hung up."""
        await self._socket.accept(request)
        try:
            async for message in self._socket.messages():
                self._take(message)
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    def _take(self, message: dict[str, Any]) -> None:
        name = message.get("context_id") if self._several else None
        text = message.get("text") or ""
        ends = bool(message.get("close_context")) or (not self._several and message["text"] == "")
        if self._several and name is None or (ends and name not in self._contexts):
            return
        context = self._contexts.get(name) or self._begin(name)
        context.waiting += text if text.strip() else ""
        if message.get("flush") or ends or not self._buffers or len(context.waiting) >= BUFFERED:
            context.release()
        if ends:
            del self._contexts[name]
            context.texts.put_nowait(None)

    def _begin(self, name: str | None) -> _Context:
        context = self._contexts[name] = _Context(name)
        task = asyncio.create_task(self._speak(context))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return context

    async def _speak(self, context: _Context) -> None:
        named = {"contextId": context.name} if self._several else {}
        try:
            while (text := await context.texts.get()) is not None:
                await asyncio.sleep(2 * self._provider.latencies.network)
                async for chunk in self._provider.made(text, self._rate):
                    alignment = {
                        "chars": chunk.letters,
                        "charStartTimesMs": chunk.starts,
                        "charDurationsMs": chunk.lengths,
                    }
                    audio = b64encode(chunk.pcm).decode()
                    await self._socket.send({"audio": audio, "alignment": alignment, **named})
            await self._socket.send({"audio": None, "isFinal": True, **named})
            if not self._several:
                await self._socket.close()
        except ConnectionError:
            pass


def _line(chunk: Chunk) -> bytes:
    starts = [start / 1000 for start in chunk.starts]
    lengths = [length / 1000 for length in chunk.lengths]
    alignment = {
        "characters": chunk.letters,
        "character_start_times_seconds": starts,
        "character_end_times_seconds": [s + n for s, n in zip(starts, lengths, strict=True)],
    }
    audio = b64encode(chunk.pcm).decode()
    return f"{json.dumps({'audio_base64': audio, 'alignment': alignment})}\n".encode()
