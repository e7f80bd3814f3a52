"""Live transcription as OpenAI's Realtime socket and ElevenLabs' Scribe speak it.

Both hear ``text``: a word for every ``WORD`` seconds of a segment's audio, the rest at its end.
"""

import asyncio
from base64 import b64decode
from typing import Any

from voice.audio import WIDTH
from voice.tests.wire.fault import SECRET, STATUS, Fault
from voice.tests.wire.server import Exchange, Request
from voice.tests.wire.socket import Socket

WORD = 0.2
"""Seconds of audio to a word."""


class Live:
    """``texts`` are those of the segments, one after the other, the last again and again."""

    rate = 16_000

    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault
        self.texts = ["I wrote the cache."]
        self.word = ""
        """Another provider's word for why a segment could not be written down."""
        self.backwards = False
        """Answer the segments that wait in the opposite order."""
        self.go_on = asyncio.Event()
        """Until it is set, no segment's final words are given."""
        self.go_on.set()
        self.began = asyncio.Event()
        """A segment waits for its words."""
        self.messages: list[dict[str, Any]] = []
        self.segments: list[bytes] = []
        """The audio of each that was ended."""
        self.open_sockets = 0

    async def answer(self, request: Request, exchange: Exchange) -> None:
        if self.fault in STATUS:
            await exchange.refuse(self.fault)
            return
        self.open_sockets += 1
        socket = Socket(exchange)
        session = self.session(socket)
        answers: set[asyncio.Task[None]] = set()
        try:
            await socket.accept(request)
            if self.fault is not Fault.SLOW_TO_START:
                await session.begin()
            async for message in socket.messages():
                self.messages.append(message)
                if self.fault is Fault.SLOW_TO_START:
                    continue
                if answer := await session.take(message):
                    answers.add(asyncio.create_task(self._final(answer, socket, exchange)))
        finally:
            self.open_sockets -= 1
            for task in answers:
                task.cancel()

    async def _final(self, answer: Any, socket: Socket, exchange: Exchange) -> None:
        self.began.set()
        if self.fault is Fault.STALLED:
            return
        if self.fault is Fault.DROPPED:
            exchange.drop()
        if self.fault is Fault.MALFORMED:
            await socket.send_text(b'{"' + SECRET.encode())
            return
        await self.go_on.wait()
        await answer()

    def next_text(self) -> str:
        text = self.texts[0]
        self.texts = self.texts[1:] or self.texts
        return "" if self.fault is Fault.EMPTY else text

    def session(self, socket: Socket) -> Any:
        raise NotImplementedError


class _Session:
    def __init__(self, provider: Live, socket: Socket) -> None:
        self.provider = provider
        self.socket = socket
        self.renew()

    def renew(self) -> None:
        self.audio = bytearray()
        self.text: str | None = None
        self.told = 0

    def hear(self, encoded: str) -> list[str]:
        """Take audio; the words that it brings."""
        self.audio += b64decode(encoded, validate=True)
        if self.text is None:
            self.text = self.provider.next_text()
        words = self.text.split(" ")
        known = int(len(self.audio) / WIDTH / self.provider.rate / WORD)
        new, self.told = words[self.told : known], max(self.told, min(known, len(words)))
        return new

    def end(self) -> tuple[str, list[str]]:
        """The segment's text, and those of its words that were not told yet."""
        text = self.text if self.text is not None else self.provider.next_text()
        rest = text.split(" ")[self.told :]
        self.provider.segments.append(bytes(self.audio))
        self.renew()
        return text, rest


class OpenAILiveWire(Live):
    """``/v1/realtime?intent=transcription``."""

    rate = 24_000

    def session(self, socket: Socket) -> Any:
        return _OpenAI(self, socket)


class _OpenAI(_Session):
    number = 0
    waiting: list[Any]

    async def begin(self) -> None:
        self.waiting = []
        await self.send("session.created", session={"type": "realtime"})

    async def take(self, message: dict[str, Any]) -> Any:
        match message["type"]:
            case "session.update":
                await self.send("session.updated", session=message["session"])
            case "input_audio_buffer.append":
                for word in self.hear(message["audio"]):
                    await self.tell("delta", self.item, delta=f"{word} ")
            case "input_audio_buffer.clear":
                self.renew()
                self.number += 1
                await self.send("input_audio_buffer.cleared")
            case "input_audio_buffer.commit":
                return await self.commit()
        return None

    async def commit(self) -> Any:
        item = self.item
        self.number += 1
        if len(self.audio) < 0.1 * self.provider.rate * WIDTH:
            error = {"type": "invalid_request_error", "code": "input_audio_buffer_commit_empty"}
            await self.send("error", error={**error, "message": SECRET})
            return None
        text, rest = self.end()
        await self.send("input_audio_buffer.committed", item_id=item, previous_item_id=None)

        async def answer() -> None:
            if word := self.provider.word:
                await self.tell("failed", item, error={"code": word, "message": SECRET})
                return
            for each in rest:
                await self.tell("delta", item, delta=f"{each} ")
            usage = {"type": "duration", "seconds": 1}
            await self.tell("completed", item, transcript=text, usage=usage)

        if not self.provider.backwards:
            return answer
        self.waiting.append(answer)

        async def answers() -> None:
            while self.waiting:
                await self.waiting.pop()()

        return answers

    @property
    def item(self) -> str:
        return f"item_{self.number}"

    async def tell(self, kind: str, item: str, **fields: Any) -> None:
        kind = f"conversation.item.input_audio_transcription.{kind}"
        await self.send(kind, item_id=item, content_index=0, **fields)

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send({"type": kind, "event_id": "event_1", **fields})


class ElevenLabsLiveWire(Live):
    """``/v1/speech-to-text/realtime``."""

    def session(self, socket: Socket) -> Any:
        return _ElevenLabs(self, socket)


class _ElevenLabs(_Session):
    async def begin(self) -> None:
        await self.send("session_started", session_id="1", config={})

    async def take(self, message: dict[str, Any]) -> Any:
        assert message["message_type"] == "input_audio_chunk"
        assert message["sample_rate"] == self.provider.rate
        if message["audio_base_64"] and self.hear(message["audio_base_64"]) and self.text:
            told = " ".join(self.text.split(" ")[: self.told])
            await self.send("partial_transcript", text=told)
        if not message["commit"]:
            return None
        if len(self.audio) < 0.3 * self.provider.rate * WIDTH:
            await self.send("commit_throttled", error=SECRET)
            return None
        text, _ = self.end()

        async def answer() -> None:
            if word := self.provider.word:
                await self.send(word, error=SECRET)
            else:
                await self.send("committed_transcript", text=text)

        return answer

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send({"message_type": kind, **fields})
