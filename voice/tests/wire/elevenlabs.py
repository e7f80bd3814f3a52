"""ElevenLabs' ``stream-input`` socket and its ``stream/with-timestamps``, on one port."""

import asyncio
import json
from array import array
from base64 import b64encode
from typing import Any

from voice.tests.wire.fault import SECRET, STATUS, Fault
from voice.tests.wire.server import MURMUR, Exchange, Request
from voice.tests.wire.socket import Socket


class ElevenLabs:
    """Sends what it says in chunks of ``size`` letters, cut without regard to words; hums each for
    ``letter`` seconds.

    ``sockets`` False answers as a proxy that knows no WebSocket.
    """

    def __init__(self, fault: Fault | None = None, *, sockets: bool = True) -> None:
        self.fault = fault
        self.sockets = sockets
        self.size = 7
        self.letter = 0.06
        self.bad_sound = self.murmurs = False
        """Whether its sound is no base64; whether it sends what says nothing while it stalls."""
        self.refusal = ""
        """The word by which a socket refuses to speak."""
        self.messages: list[dict[str, Any]] = []
        self.sockets_made = 0
        self.open_sockets: set[Exchange] = set()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.began = asyncio.Event()

    async def answer(self, request: Request, exchange: Exchange) -> None:
        if "upgrade" in request.headers and not self.sockets:
            await exchange.send(404, "text/plain", SECRET.encode())
        elif self.fault in STATUS:
            await exchange.refuse(self.fault)
        elif "upgrade" in request.headers:
            self.sockets_made += 1
            self.open_sockets.add(exchange)
            try:
                await _Socket(self, exchange).run(request)
            finally:
                self.open_sockets.discard(exchange)
        elif self.fault is Fault.SLOW_TO_START:
            await exchange.hang()
        else:
            await self._stream(request, exchange)

    async def _stream(self, request: Request, exchange: Exchange) -> None:
        await exchange.open_stream("application/json")
        for number, part in enumerate(self.parts(request.json["text"])):
            starts = [(self.size * number + i) * self.letter for i in range(len(part))]
            alignment = {
                "characters": list(part),
                "character_start_times_seconds": starts,
                "character_end_times_seconds": [start + self.letter for start in starts],
            }
            audio = "no base64!" if self.fault is Fault.MALFORMED else self.hum(part)
            line = json.dumps({"audio_base64": audio, "alignment": alignment})
            await exchange.chunk(f"{line}\n\n".encode())
            if number == 1:
                self.began.set()
                if self.fault is Fault.STALLED:
                    empty = b'{"audio_base64": "", "alignment": null}'
                    await exchange.hang(empty + b"\n\n" if self.murmurs else b"")
                if self.fault is Fault.DROPPED:
                    exchange.drop()
                await self.go_on.wait()
        await exchange.end_stream()

    def parts(self, text: str) -> list[str]:
        if self.fault is Fault.EMPTY:
            return []
        return [text[start : start + self.size] for start in range(0, len(text), self.size)]

    def hum(self, text: str) -> str:
        """Base64 of PCM at 24 kHz."""
        if self.bad_sound:
            return "no base64!"
        samples = len(text) * round(self.letter * 24_000)
        return b64encode((array("h", [1_200]) * samples).tobytes()).decode()


class _Socket:
    def __init__(self, provider: ElevenLabs, exchange: Exchange) -> None:
        self._provider = provider
        self._exchange = exchange
        self._socket = Socket(exchange)
        self._speaking: asyncio.Task[None] | None = None

    async def run(self, request: Request) -> None:
        """Until either side has hung up."""
        text = ""
        try:
            await self._socket.accept(request)
            async for message in self._socket.messages():
                self._provider.messages.append(message)
                text += message["text"] if message["text"] != " " else ""
                if not message["text"]:
                    self._speaking = asyncio.create_task(self._speak(text))
        finally:
            if self._speaking:
                self._speaking.cancel()
                await asyncio.wait([self._speaking])

    async def _speak(self, text: str) -> None:
        provider, fault = self._provider, self._provider.fault
        if fault is Fault.SLOW_TO_START:
            return
        if provider.refusal:
            await self._socket.send({"message": SECRET, "error": provider.refusal, "code": 1008})
            return
        if fault is Fault.MALFORMED:
            await self._socket.send_text(b'{"' + SECRET.encode())
        for number, part in enumerate(provider.parts(text)):
            alignment = {
                "chars": list(part),
                "charStartTimesMs": [provider.letter * 1000 * i for i in range(len(part))],
                "charDurationsMs": [provider.letter * 1000] * len(part),
            }
            sound = provider.hum(part)
            await self._socket.send({"audio": sound, "isFinal": None, "alignment": alignment})
            if number == 1:
                provider.began.set()
                while fault is Fault.STALLED:
                    await asyncio.sleep(MURMUR)
                    if provider.murmurs:
                        await self._socket.send({"audio": None, "isFinal": None})
                if fault is Fault.DROPPED:
                    self._exchange.drop()
                await provider.go_on.wait()
        await self._socket.send({"audio": None, "isFinal": True})
