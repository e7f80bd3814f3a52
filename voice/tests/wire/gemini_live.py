"""Gemini Live's ``BidiGenerateContent`` socket."""

import asyncio
from array import array
from base64 import urlsafe_b64decode
from contextlib import aclosing
from typing import Any

from voice.tests.wire.conversation import LOUD, Dialogue, Model, Speaker, words
from voice.tests.wire.fault import SECRET, Fault
from voice.tests.wire.server import Exchange

MICROPHONE = 16_000


class Gemini(Speaker):
    """After ``goes_away_after`` seconds the provider says that it will end the connection; it does
    ``time_left`` seconds later."""

    def __init__(self, fault: Fault | None = None, model: Model | None = None) -> None:
        super().__init__(fault, model)
        self.writes_down = True
        """Whether it writes what it hears; its order is not guaranteed."""
        self.hesitates = 0.0
        """Seconds by which the last of its words come late."""
        self.plays = 0.0
        """Seconds for which it takes a reply to be played when all of it is made."""
        self.goes_away_after = 3600.0
        self.time_left = 1.0
        self.close_with: tuple[int, str] | None = None
        """Code and reason of a close frame instead of an answer to the set-up."""
        self.messages: list[dict[str, Any]] = []
        """All that clients have sent, but the sound."""
        self.handles: dict[str, Session] = {}

    def session(self, exchange: Exchange) -> "Session":
        return Session(self, exchange)


class Session(Dialogue):
    def __init__(self, provider: Gemini, exchange: Exchange) -> None:
        super().__init__(provider, exchange)
        self.setup: dict[str, Any] = {}
        self.history: list[Any] = []
        self.resumed_from: Session | None = None
        self.interrupted = 0
        self._provider = provider
        self._sound = bytearray()
        self._quiet = 0
        self._written = False
        self._text = ""
        self._active = False
        self._speaking: asyncio.Task[None] | None = None

    async def _take(self, message: dict[str, Any]) -> None:
        if "setup" in message:
            await self._set_up(message)
        elif content := message.get("client_content") or message.get("clientContent"):
            self.history = content["turns"]
        elif put := message.get("realtime_input") or message.get("realtimeInput"):
            if audio := put.get("audio"):
                if self._provider.writes_down:
                    await self._write_down(urlsafe_b64decode(audio["data"]))
            else:
                self._provider.messages.append(put)
            if "activityStart" in put:
                await self._interrupt()
                self._active = True
            elif "text" in put:
                self._text += put["text"]
            elif "activityEnd" in put and self._active:
                self._active = False
                self._sound.clear()
                self._written = False
                directive, self._text = self._text, ""
                self._speaking = self._begin(self._speak(directive))

    async def _set_up(self, message: dict[str, Any]) -> None:
        provider = self._provider
        self.setup = message["setup"]
        handle = (self.setup.get("sessionResumption") or {}).get("handle")
        if handle and handle not in provider.handles:
            await self._socket.close(1008, "session not found")
            return
        if handle:
            self.resumed_from = provider.handles[handle]
        if provider.close_with:
            await self._socket.close(*provider.close_with)
            return
        await self._socket.send({"setupComplete": {}})
        self._begin(self._leave())

    async def _leave(self) -> None:
        provider = self._provider
        await asyncio.sleep(provider.goes_away_after)
        await self._socket.send({"goAway": {"timeLeft": f"{provider.time_left}s"}})
        await asyncio.sleep(provider.time_left)
        await self._socket.close(1001, "The connection is at its end.")

    async def _write_down(self, pcm: bytes) -> None:
        """Once for each stretch of speech, as soon as there is enough of it."""
        if max(map(abs, array("h", pcm))) <= LOUD:
            self._quiet += len(pcm)
            if self._quiet > MICROPHONE // 2:
                self._written = False
                self._sound.clear()
            return
        self._quiet = 0
        self._sound += pcm
        if not self._written and len(self._sound) >= MICROPHONE // 2:
            text = self._provider.model.hear(bytes(self._sound), MICROPHONE)
            self._written = bool(text)
            *most, last = words(" " + text) or [""]
            for word in most:
                await self._content(inputTranscription={"text": word})
            self._begin(self._write_last(last))

    async def _write_last(self, word: str) -> None:
        await asyncio.sleep(self._provider.hesitates)
        await self._content(inputTranscription={"text": word})

    async def _interrupt(self) -> None:
        if self._speaking and not self._speaking.done():
            self._speaking.cancel()
            await asyncio.wait([self._speaking])
            self.interrupted += 1
            self._provider.stopped.set()
            await self._content(interrupted=True)
            await self._content(turnComplete=True)

    async def _speak(self, directive: str) -> None:
        provider, fault = self._provider, self._provider.fault
        text = provider.model.reply(directive)
        if fault is Fault.SLOW_TO_START:
            await asyncio.Event().wait()
        if fault is Fault.MALFORMED:
            await self._socket.send_text(b'{"' + SECRET.encode())
        async with aclosing(self._said(text)) as pieces:
            async for piece, sound in pieces:
                blob = {"data": sound, "mimeType": "audio/pcm;rate=24000"}
                await self._content(modelTurn={"role": "model", "parts": [{"inlineData": blob}]})
                # After its sound, as it happens.
                await self._content(outputTranscription={"text": piece})
        await self._content(generationComplete=True)
        await asyncio.sleep(provider.plays)
        await self._content(turnComplete=True)
        handle = f"handle-{len(provider.handles) + 1}"
        provider.handles[handle] = self
        update = {"newHandle": handle, "resumable": True}
        await self._socket.send({"sessionResumptionUpdate": update})

    async def _content(self, **content: Any) -> None:
        await self._socket.send({"serverContent": content})
