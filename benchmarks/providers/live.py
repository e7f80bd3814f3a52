"""OpenAI's realtime transcription, by a given ear; the client commits its turns."""

import asyncio
from base64 import b64decode
from collections.abc import Coroutine
from typing import Any
from uuid import uuid4

from benchmarks.providers.latencies import Latencies
from benchmarks.systems import Ear
from voice.audio import WIDTH
from voice.tests.wire.server import Exchange, Request
from voice.tests.wire.socket import Socket

RATE = 24_000
"""The only sample rate of ``audio/pcm`` in a realtime session, in Hz."""
STEP = 0.2
"""Seconds of audio between two looks for new words."""
LONGEST = 40.0
"""Seconds that are listened to: a client that commits nothing sends silence before its speech."""
WORDLESS = 0.8
"""Seconds that are kept of what holds no words yet: the next may begin with them."""
SHORTEST = 0.1
"""Seconds; less may not be committed."""
TRANSCRIPTION = "conversation.item.input_audio_transcription"


class Live:
    """``/v1/realtime`` as a transcription session without turn detection of its own."""

    def __init__(self, ear: Ear, latencies: Latencies) -> None:
        self._ear = ear
        self._latencies = latencies

    async def answer(self, request: Request, exchange: Exchange) -> None:
        await self.session(Socket(exchange)).run(request)

    def session(self, socket: Socket) -> "Session":
        """What answers on ``socket``."""
        return Session(self._ear, self._latencies, socket)


class Session:
    def __init__(self, ear: Ear, latencies: Latencies, socket: Socket) -> None:
        self._ear = ear
        self._latencies = latencies
        self._socket = socket
        self._settings: dict[str, Any] = {"type": "transcription", "id": f"sess_{uuid4().hex}"}
        self._tasks: set[asyncio.Task[None]] = set()
        self._previous: str | None = None
        self._renew()

    def _renew(self) -> None:
        self._item = f"item_{uuid4().hex[:20]}"
        self._buffer = bytearray()
        self._unread = 0
        self._told = ""

    async def run(self, request: Request) -> None:
        """Until either side has hung up."""
        await self._socket.accept(request)
        await self._send("session.created", session=self._settings)
        try:
            async for message in self._socket.messages():
                await self._take(message)
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "session.update":
                self._settings |= message["session"]
                await self._send("session.updated", session=self._settings)
            case "input_audio_buffer.append":
                self._append(b64decode(message["audio"]))
            case "input_audio_buffer.commit":
                await self._commit()
            case "input_audio_buffer.clear":
                self._renew()
                await self._send("input_audio_buffer.cleared")
            case other:
                await self._refuse("unknown_event", f"{other} is not known here")

    def _append(self, pcm: bytes) -> None:
        self._buffer += pcm
        self._unread += len(pcm)
        if self._unread >= STEP * RATE * WIDTH:
            self._unread = 0
            self._later(self._latencies.behind, self._tell(self._item, self._heard()))

    def _heard(self) -> bytes:
        return bytes(self._buffer[-round(LONGEST * RATE) * WIDTH :])

    async def _tell(self, item: str, heard: bytes) -> None:
        """The words that have come since the last look."""
        if item != self._item:
            return
        text = self._ear.words(heard, RATE)
        if not text and not self._told:
            del self._buffer[: -round(WORDLESS * RATE) * WIDTH]
        if text.startswith(self._told) and (delta := text[len(self._told) :]):
            self._told = text
            await self._send(f"{TRANSCRIPTION}.delta", item_id=item, content_index=0, delta=delta)

    async def _commit(self) -> None:
        if len(self._buffer) < SHORTEST * RATE * WIDTH:
            message = "Error committing input audio buffer: buffer too small."
            await self._refuse("input_audio_buffer_commit_empty", message)
            return
        item, heard, told = self._item, self._heard(), self._told
        link = {"item_id": item, "previous_item_id": self._previous}
        self._previous = item
        self._renew()
        self._later(self._latencies.transcript, self._complete(item, heard, told))
        await self._send("input_audio_buffer.committed", **link)

    async def _complete(self, item: str, heard: bytes, told: str) -> None:
        text = self._ear.words(heard, RATE)
        place = {"item_id": item, "content_index": 0}
        if text.startswith(told) and (delta := text[len(told) :]):
            await self._send(f"{TRANSCRIPTION}.delta", **place, delta=delta)
        usage = {"type": "duration", "seconds": len(heard) / WIDTH / RATE}
        await self._send(f"{TRANSCRIPTION}.completed", **place, transcript=text, usage=usage)

    def _later(self, seconds: float, work: Coroutine[Any, Any, None]) -> None:
        async def wait() -> None:
            try:
                await asyncio.sleep(seconds + 2 * self._latencies.network)
                await work
            except ConnectionError:
                pass
            finally:
                work.close()

        task = asyncio.create_task(wait())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _refuse(self, code: str, message: str) -> None:
        error = {"type": "invalid_request_error", "code": code, "message": message}
        await self._send("error", error=error)

    async def _send(self, type_: str, **fields: Any) -> None:
        await self._socket.send({"type": type_, "event_id": f"event_{uuid4().hex[:20]}", **fields})
