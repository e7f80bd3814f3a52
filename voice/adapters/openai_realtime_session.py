"""One session of OpenAI's Realtime API: its events, and what they mean to a call."""

import asyncio
import binascii
import logging
import uuid
from base64 import b64decode
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import RealtimeSessionCreateRequestParam
from websockets.exceptions import ConnectionClosed

from voice.adapters.live_session import LiveSession, Response, Waits
from voice.adapters.openai_realtime_ears import RATE, Ears
from voice.adapters.refusal import told, word
from voice.adapters.session_usage import of_realtime, of_transcription
from voice.audio import WIDTH
from voice.engines import Message, Piece, Transcript
from voice.errors import EngineError
from voice.metering import used

log = logging.getLogger(__name__)

NAME = "openai_realtime"
_ACTIVE = 1.0
"""Seconds that a cancelled response may take to be over before the next is asked for."""
_ROLES = {"candidate": "user", "interviewer": "assistant", "system": "system"}

# At DEBUG the library would log the key and every sound.
logging.getLogger("websockets.client").setLevel(logging.INFO)


class RealtimeSession(LiveSession):
    def __init__(
        self,
        connection: AsyncRealtimeConnection,
        waits: Waits,
        languages: tuple[str, ...],
        *,
        judges_turns: bool,
    ) -> None:
        super().__init__(NAME, waits, languages)
        self.transcription_model = ""
        """The provider's name of what writes down, for the account."""
        self._connection = connection
        self._ears = Ears(connection, self._send, judges_turns=judges_turns)
        self._judges_turns = judges_turns
        self._responses: dict[str, Response] = {}
        """By the event by which they were asked for, then by the provider's id."""
        self._active: Response | None = None

    async def begin(
        self, settings: RealtimeSessionCreateRequestParam, history: Sequence[Message]
    ) -> None:
        """Configure the session and tell it what was said before; then it is in use."""
        await self._connection.session.update(session=settings)
        while (event := await self._connection.recv()).type != "session.updated":
            if event.type == "error":
                raise told(NAME, event.error.code, event.error.type)
        self.start()
        for message in history:
            self.tell(message)

    # -- the candidate ------------------------------------------------------------------------

    def listen(self) -> None:
        self._ears.listen()

    def hear(self, pcm: bytes) -> None:
        self._ears.hear(pcm)

    @property
    def partial(self) -> Transcript:
        return self._transcript(*self._ears.words())

    async def understood(self, *, noise: bool = False) -> Transcript:
        self._check()
        self._ears.commit()
        if not await self._until(self._settled, self._waits.words):
            raise EngineError(NAME, "timeout", retryable=True)
        if self._ears.failed:
            raise EngineError(NAME, "not_understood", retryable=True)
        return self._transcript(*self._ears.words())

    def _settled(self) -> bool:
        return self._ears.settled and not (self._judges_turns and self.speaking)

    # -- replies --------------------------------------------------------------------------------

    def _ask(self, response: Response) -> None:
        self._send(partial(self._ask_when_free, response))

    async def _ask_when_free(self, response: Response) -> None:
        """The provider makes one response at a time."""
        if (before := self._active) and not before.over.is_set():
            try:
                async with asyncio.timeout(_ACTIVE):
                    await before.over.wait()
            except TimeoutError:
                log.warning("a cancelled response is not over")
        if response.cancelled:
            response.end()
            return
        self._active = response
        response.direction = name = _name()
        self._responses[name] = response
        # A response's own instructions would stand instead of the session's, and nothing that was
        # said before could be served from the provider's cache.
        item = cast(Any, _item("system", response.directive) | {"id": name})
        await self._connection.conversation.item.create(item=item, event_id=name)
        await self._connection.response.create(
            event_id=name, response={"metadata": {"asked": name}}
        )

    def _cancel(self, response: Response) -> None:
        if response.id:
            self._send(partial(self._connection.response.cancel, response_id=response.id))

    def heard(self, text: str, seconds: float) -> None:
        response = self._last
        if response is None:
            return
        # What is still being made cannot be cut.
        self._stop(response)
        if seconds <= 0:
            response.unheard = True
            for item in (response.direction, response.item):
                self._delete(item)
        elif response.item:
            # More than there is would be refused.
            milliseconds = int(min(seconds, response.seconds) * 1000)
            truncate = self._connection.conversation.item.truncate
            self._send(
                partial(truncate, item_id=response.item, content_index=0, audio_end_ms=milliseconds)
            )

    def _delete(self, item: str) -> None:
        if item:
            self._send(partial(self._connection.conversation.item.delete, item_id=item))

    def tell(self, message: Message) -> None:
        item = cast(Any, _item(_ROLES[message.role], message.text))
        self._send(partial(self._connection.conversation.item.create, item=item))

    # -- the provider's events ------------------------------------------------------------------

    async def _read(self) -> None:
        async for event in self._connection:
            # By the type's name: the SDK takes what it does not know for any type that fits.
            self._take(event.type, event)
            self._changed.set()

    def _take(self, kind: str, event: Any) -> None:
        match kind:
            case "input_audio_buffer.speech_started":
                self.speaking = True
            case "input_audio_buffer.speech_stopped":
                self.speaking = False
                self._ears.stopped(event.item_id)
            case "input_audio_buffer.committed":
                self._ears.committed(event.item_id)
            case "conversation.item.input_audio_transcription.delta":
                self._ears.delta(event.item_id, _text(event.delta or ""))
            case "conversation.item.input_audio_transcription.completed":
                found = next((each.code for each in event.languages or ()), "")
                if use := of_transcription(NAME, self.transcription_model, event.usage):
                    used(use)
                self._ears.completed(event.item_id, _text(event.transcript), found)
            case "conversation.item.input_audio_transcription.failed":
                self._ears.not_understood(event.item_id)
            case "error":
                self._error(event.error)
            case _ if kind.startswith("response."):
                self._response(kind, event)

    def _response(self, kind: str, event: Any) -> None:
        if kind == "response.created":
            asked = (event.response.metadata or {}).get("asked", "")
            if response := self._responses.pop(asked, None) or self._active:
                response.id = event.response.id
                self._responses[response.id] = response
                if response.cancelled:
                    self._cancel(response)
            return
        if kind == "response.done":
            if use := of_realtime(NAME, self.model, event.response.usage):
                used(use)
            if response := self._responses.pop(event.response.id, None):
                response.end(self._outcome(event.response))
            return
        response = self._responses.get(getattr(event, "response_id", ""))
        if response is None:
            return
        if kind == "response.output_item.added":
            response.item = event.item.id or ""
            if response.unheard:
                self._delete(response.item)
        elif kind == "response.output_audio.delta":
            pcm = _pcm(event.delta)
            response.seconds += len(pcm) / WIDTH / RATE
            response.pieces.put_nowait(Piece(pcm=pcm))
        elif kind == "response.output_audio_transcript.delta":
            response.pieces.put_nowait(Piece(text=_text(event.delta)))

    def _outcome(self, response: Any) -> EngineError | None:
        if response.status != "failed":
            return None
        error = response.status_details and response.status_details.error
        return told(NAME, error.code if error else None, error.type if error else None)

    def _error(self, error: Any) -> None:
        """Most cost one request and not the session."""
        meaning = told(NAME, error.code, error.type)
        if self._ears.refused(error.event_id or ""):
            return
        if response := self._responses.pop(error.event_id or "", None):
            response.end(meaning)
        elif meaning.code != "rejected":
            raise meaning
        else:
            log.info("the provider did not take a message: %s", word(error.code))

    # -- the connection -------------------------------------------------------------------------

    async def _hang_up(self) -> None:
        await self._connection.close()

    def _translated(self, error: Exception) -> EngineError:
        lost = isinstance(error, ConnectionClosed | OSError) or "closed" in type(error).__name__
        return EngineError(NAME, "unavailable" if lost else "malformed", retryable=True)


def _name() -> str:
    return uuid.uuid4().hex


def _item(role: str, text: str) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _pcm(encoded: object) -> bytes:
    if not isinstance(encoded, str):
        raise ValueError("no audio")
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None
