"""The local providers, which note when they are asked and when they answer."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from benchmarks.profiles.ledger import Ledger, Work
from benchmarks.providers import live
from benchmarks.providers.chat import Chat
from benchmarks.providers.latencies import Latencies
from benchmarks.providers.speech import Chunk, Speech
from benchmarks.providers.uploads import Uploads
from benchmarks.systems import Ear
from voice.tests.wire.fault import Fault
from voice.tests.wire.server import Exchange, Request
from voice.tests.wire.socket import Socket


class Hosted:
    """OpenAI's and ElevenLabs' endpoints; a ``voice.tests.wire.server.Provider``."""

    def __init__(self, ear: Ear, latencies: Latencies, ledger: Ledger) -> None:
        self.fault: Fault | None = None
        self._ledger = ledger
        self._uploads = Uploads(ear, latencies)
        self._chat = Chat(latencies)
        self._live = _Live(ear, latencies, ledger)
        self._speech = _Speech(ear, latencies, ledger)

    async def answer(self, request: Request, exchange: Exchange) -> None:
        path = request.target
        if path.startswith("/v1/audio/transcriptions"):
            await self._uploads.answer(request, _Noted(exchange, self._ledger.begin("words")))
        elif path.startswith("/v1/chat/completions"):
            await self._chat.answer(request, _Noted(exchange, self._ledger.begin("reply")))
        elif path.startswith("/v1/realtime"):
            await self._live.answer(request, exchange)
        elif path.startswith("/v1/text-to-speech"):
            await self._speech.answer(request, exchange)
        else:
            await exchange.send(200, "application/json", b'{"id": "m", "object": "model"}')


class _Noted(Exchange):
    """Notes the text of each server-sent event when it has left."""

    def __init__(self, exchange: Exchange, work: Work) -> None:
        super().__init__(exchange.reader, exchange.writer)
        self._work = work

    async def chunk(self, data: bytes) -> None:
        await super().chunk(data)
        if text := _text(data):
            self._work.send(text)


def _text(events: bytes) -> str:
    """What was written in them, by either endpoint."""
    found = ""
    for line in events.decode().splitlines():
        body = line.removeprefix("data: ")
        if not body or body == "[DONE]":
            continue
        event: dict[str, Any] = json.loads(body)
        if event.get("type") == "transcript.text.done":
            found = event["text"]
        for choice in event.get("choices", ()):
            found += choice["delta"].get("content") or ""
    return found


class _Speech(Speech):
    def __init__(self, ear: Ear, latencies: Latencies, ledger: Ledger) -> None:
        super().__init__(ear, latencies)
        self._ledger = ledger

    async def made(self, text: str, rate: int) -> AsyncGenerator[Chunk]:
        work = self._ledger.begin("sound", text)
        async for chunk in super().made(text, rate):
            work.send()
            yield chunk


class _Live(live.Live):
    def __init__(self, ear: Ear, latencies: Latencies, ledger: Ledger) -> None:
        super().__init__(ear, latencies)
        self._ledger = ledger

    def session(self, socket: Socket) -> live.Session:
        return _LiveSession(self._ear, self._latencies, socket, self._ledger)


class _LiveSession(live.Session):
    def __init__(self, ear: Ear, latencies: Latencies, socket: Socket, ledger: Ledger) -> None:
        super().__init__(ear, latencies, socket)
        self._ledger = ledger
        self._works: dict[str, Work] = {}

    async def _send(self, type_: str, **fields: Any) -> None:
        await super()._send(type_, **fields)
        if type_ == "input_audio_buffer.committed":
            self._works[fields["item_id"]] = self._ledger.begin("words")
        elif type_ == f"{live.TRANSCRIPTION}.completed":
            self._works.pop(fields["item_id"]).send(fields["transcript"])
