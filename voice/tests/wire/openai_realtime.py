"""OpenAI's Realtime endpoint in the event shape of its general availability."""

import asyncio
from array import array
from base64 import b64decode
from contextlib import aclosing
from typing import Any

from voice.tests.wire.conversation import LOUD, RATE, Dialogue, Model, Speaker, words
from voice.tests.wire.fault import SECRET, Fault
from voice.tests.wire.server import Exchange


class Realtime(Speaker):
    """After ``transcribes_after`` seconds its ears write down what it heard; the provider ends a
    session after ``session_seconds``."""

    def __init__(self, fault: Fault | None = None, model: Model | None = None) -> None:
        super().__init__(fault, model)
        self.transcribes_after = 0.0
        self.transcription_fails = False
        self.session_seconds = 3600.0
        self.response_error = ""
        """The code with which every response fails."""
        self.events: list[dict[str, Any]] = []
        """All that clients have sent, but the sound."""

    def session(self, exchange: Exchange) -> "Session":
        return Session(self, exchange)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]


class Session(Dialogue):
    def __init__(self, provider: Realtime, exchange: Exchange) -> None:
        super().__init__(provider, exchange)
        self.settings: dict[str, Any] = {}
        self.items: dict[str, str] = {}
        """What the model remembers: item -> who."""
        self.truncated: dict[str, int] = {}
        self._provider = provider
        self._told = ""
        """The last that a system message said."""
        self._buffer = bytearray()
        self._silence = 0.0
        self._speaking = ""
        self._response: tuple[str, asyncio.Task[None]] | None = None

    async def _greet(self) -> None:
        await self._send("session.created", session={"type": "realtime"})
        self._begin(self._expire())

    async def _expire(self) -> None:
        await asyncio.sleep(self._provider.session_seconds)
        await self._error("session_expired", "invalid_request_error")
        await self._socket.close()

    async def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind != "input_audio_buffer.append":
            self._provider.events.append(message)
        match kind:
            case "session.update":
                self.settings = message["session"]
                await self._send("session.updated", session=self.settings)
            case "input_audio_buffer.append":
                await self._hear(b64decode(message["audio"]))
            case "input_audio_buffer.clear":
                self._buffer.clear()
                await self._send("input_audio_buffer.cleared")
            case "input_audio_buffer.commit":
                await self._commit(self._item(), message.get("event_id"))
            case "conversation.item.create":
                item = message["item"].get("id") or self._item()
                self.items[item] = message["item"]["role"]
                if self.items[item] == "system":
                    self._told = message["item"]["content"][0]["text"]
            case "conversation.item.truncate":
                await self._truncate(message)
            case "conversation.item.delete":
                if self.items.pop(message["item_id"], None):
                    await self._send("conversation.item.deleted", item_id=message["item_id"])
                else:
                    await self._error("item_not_found", event=message.get("event_id"))
            case "response.create":
                await self._respond(message)
            case "response.cancel":
                await self._cancel()

    # -- ears -----------------------------------------------------------------------------------

    @property
    def _detection(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.settings["audio"]["input"]["turn_detection"]
        return found

    async def _hear(self, pcm: bytes) -> None:
        self._buffer += pcm
        if self._detection is None:
            return
        if max(map(abs, array("h", pcm))) > LOUD:
            self._silence = 0.0
            if not self._speaking:
                self._speaking = self._item()
                await self._send(
                    "input_audio_buffer.speech_started", item_id=self._speaking, audio_start_ms=0
                )
            return
        self._silence += len(pcm) / 2 / RATE
        if self._speaking and self._silence * 1000 >= self._detection["silence_duration_ms"]:
            item, self._speaking = self._speaking, ""
            await self._send("input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=0)
            await self._commit(item, None)

    async def _commit(self, item: str, event: str | None) -> None:
        pcm = bytes(self._buffer)
        self._buffer.clear()
        if len(pcm) < RATE // 10 * 2:
            await self._error("input_audio_buffer_commit_empty", event=event)
            return
        self.items[item] = "user"
        await self._send("input_audio_buffer.committed", item_id=item, previous_item_id=None)
        await self._send("conversation.item.added", item={"id": item, "type": "message"})
        self._begin(self._transcribe(item, self._provider.model.hear(pcm, RATE)))

    async def _transcribe(self, item: str, text: str) -> None:
        await asyncio.sleep(self._provider.transcribes_after)
        kind = "conversation.item.input_audio_transcription"
        where = {"item_id": item, "content_index": 0}
        if self._provider.transcription_fails:
            await self._send(f"{kind}.failed", **where, error={"message": SECRET})
            return
        for word in words(text):
            await self._send(f"{kind}.delta", **where, delta=word)
        usage = {"type": "duration", "seconds": 1.0}
        await self._send(f"{kind}.completed", **where, transcript=text, usage=usage)

    # -- mouth ----------------------------------------------------------------------------------

    async def _respond(self, message: dict[str, Any]) -> None:
        if self._response and not self._response[1].done():
            await self._error(
                "conversation_already_has_active_response", event=message.get("event_id")
            )
            return
        number = f"resp_{next(self._numbers)}"
        self._response = number, self._begin(self._speak(number, message["response"]))

    async def _speak(self, number: str, asked: dict[str, Any]) -> None:
        provider, fault = self._provider, self._provider.fault
        answer = {"id": number, "object": "realtime.response", "metadata": asked.get("metadata")}
        await self._send("response.created", response={**answer, "status": "in_progress"})
        text = provider.model.reply(self._told)
        if fault is Fault.SLOW_TO_START:
            await asyncio.Event().wait()
        if provider.response_error:
            error = {"code": provider.response_error, "type": "x", "message": SECRET}
            details = {"type": "failed", "error": error}
            await self._send(
                "response.done",
                response={**answer, "status": "failed", "status_details": details, "output": []},
            )
            return
        if fault is Fault.MALFORMED:
            await self._socket.send_text(b'{"' + SECRET.encode())
        item = self._item()
        self.items[item] = "assistant"
        added = {"id": item, "type": "message", "role": "assistant", "content": []}
        where = {"response_id": number, "item_id": item, "output_index": 0, "content_index": 0}
        status = "completed"
        try:
            await self._send(
                "response.output_item.added", response_id=number, output_index=0, item=added
            )
            async with aclosing(self._said(text)) as pieces:
                async for piece, sound in pieces:
                    await self._send("response.output_audio_transcript.delta", **where, delta=piece)
                    await self._send("response.output_audio.delta", **where, delta=sound)
        except asyncio.CancelledError:
            if self.closed.is_set():
                raise
            status = "cancelled"
        await self._send("response.done", response={**answer, "status": status, "output": []})

    async def _cancel(self) -> None:
        if self._response is None or self._response[1].done():
            await self._error("response_cancel_not_active")
            return
        self._response[1].cancel()
        self._provider.stopped.set()

    async def _truncate(self, message: dict[str, Any]) -> None:
        item = message["item_id"]
        if item not in self.items:
            await self._error("item_not_found", event=message.get("event_id"))
            return
        self.truncated[item] = message["audio_end_ms"]
        await self._send(
            "conversation.item.truncated",
            item_id=item,
            content_index=message["content_index"],
            audio_end_ms=message["audio_end_ms"],
        )

    # -- the socket -----------------------------------------------------------------------------

    def _item(self) -> str:
        return f"item_{next(self._numbers)}"

    async def _error(
        self, code: str, kind: str = "invalid_request_error", event: str | None = None
    ) -> None:
        error = {"type": kind, "code": code, "message": SECRET, "event_id": event}
        await self._send("error", error=error)

    async def _send(self, kind: str, **fields: Any) -> None:
        await self._socket.send({"type": kind, "event_id": f"e_{next(self._numbers)}", **fields})
