"""The WebSocket of a live interview: frames in, events out, and who may connect.

Everything about the interview itself is in ``live.py`` and below; this is the protocol's shell.
"""

import asyncio
import json
import logging
import uuid
from collections import deque
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import timezone
from django.utils.translation import gettext as _

from interviews import protocol
from interviews.absence import EVENTS_KEPT, end_when_lapsed, keep_events, missed_events
from interviews.admission import Refusal, admit, begin, pause
from interviews.connection import group, let_go, take_over
from interviews.live import LiveInterview
from interviews.log import current_interview
from interviews.notices import FAILURES, NOTICES
from interviews.protocol import Close, ProtocolError
from interviews.tolerance import BadMessages, Pace
from voice.audio import Decoder, PcmDecoder
from voice.errors import BadAudio
from voice.events import Event, Failed, Noticed, Sound
from voice.webm import WebmOpusDecoder

log = logging.getLogger(__name__)

INIT_SECONDS = 1.0
"""How long a client may take to send ``init`` before the defaults apply."""
FILING_SECONDS = 4.0
"""How long the last words may take to be filed when a connection goes."""


_open: "WeakSet[InterviewConsumer]" = WeakSet()
_draining = False


async def drain() -> None:
    """Send every candidate of this process to another one; nobody new is taken."""
    global _draining
    _draining = True
    await asyncio.gather(*(consumer.send_away() for consumer in list(_open)))


class InterviewConsumer(AsyncWebsocketConsumer):
    """One connection of one candidate to one interview."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.connection = uuid.uuid4()
        self.live: LiveInterview | None = None
        self._began = asyncio.Lock()
        self._bad_messages = BadMessages()
        self._pace = Pace()
        self._sent: deque[dict[str, Any]] = deque(maxlen=EVENTS_KEPT)
        self._closing = False
        self._released = False
        self._running: asyncio.Task[None] | None = None
        self._init = protocol.Init()
        self._decoder: Decoder = WebmOpusDecoder()
        _open.add(self)
        async with asyncio.TaskGroup() as self._tasks:
            try:
                await super().__call__(scope, receive, send)
            finally:
                if self.live:
                    self.live.call.hang_up()

    # -- coming and going -------------------------------------------------------------------

    async def connect(self) -> None:
        self.interview_id: uuid.UUID = self.scope["url_route"]["kwargs"]["interview_id"]
        current_interview.set(str(self.interview_id))
        await self.accept()
        if _draining:
            await self.send_away()
            return
        if refusal := await admit(self.scope, self.interview_id):
            await self._refuse(refusal)
        else:
            self._tasks.create_task(self._begin_without_init())

    async def _begin_without_init(self) -> None:
        await asyncio.sleep(INIT_SECONDS)
        await self._begin(protocol.Init())

    async def _begin(self, init: protocol.Init) -> None:
        async with self._began:
            if self.live or self._closing:
                return
            await self.channel_layer.group_add(group(self.interview_id), self.channel_name)
            await take_over(self.interview_id, self.connection)
            interview = await begin(self.interview_id)
            if isinstance(interview, Refusal):
                await self._refuse(interview)
                return
            try:
                live = LiveInterview(interview, init, self._deliver, self._send)
            except Exception:
                log.exception("the interview cannot go live")
                await self._refuse(_broken())
                return
            missed = await missed_events(self.interview_id, init.resume_after)
            self._apply(init)
            self.live = live
            await self._send(live.connected_message())
            for message in missed:
                await self._write(message)
            self._running = self._tasks.create_task(self._run(live))

    async def _run(self, live: LiveInterview) -> None:
        ending = self._tasks.create_task(self._end(live))
        try:
            await live.run()
        except Exception:
            log.exception("the live interview broke")
            await self._refuse(_broken())
        finally:
            if not live.ended.done():
                ending.cancel()

    async def _end(self, live: LiveInterview) -> None:
        reason = await live.ended
        live.call.hang_up()
        await self._send(await live.finish(reason))
        await self._shut(1000)

    async def disconnect(self, code: int) -> None:
        self._closing = True
        await self._release()

    async def _release(self) -> None:
        """File everything and let go of the interview; once."""
        if self.live is None or self._released:
            return
        self._released = True
        live = self.live
        live.call.hang_up()
        if self._running and self._running is not asyncio.current_task():
            await asyncio.wait([self._running], timeout=FILING_SECONDS)
        await keep_events(self.interview_id, list(self._sent))
        await self.channel_layer.group_discard(group(self.interview_id), self.channel_name)
        if await let_go(self.interview_id, self.connection, live.state()):
            await pause(self.interview_id)
            end_when_lapsed(self.interview_id)

    async def send_away(self) -> None:
        """This process ends; the interview goes on at the next connection."""
        message = _("The server restarts. The connection comes back by itself.")
        await self._refuse(Refusal(1013, "internal", message, retry_after=1))

    async def taken_over(self, message: Mapping[str, Any]) -> None:
        if message["by"] != str(self.connection):
            message_ = _("The interview was opened in another window.")
            await self._refuse(Refusal(4409, "limit_reached", message_))

    async def ended_elsewhere(self, message: Mapping[str, Any]) -> None:
        if self.live and not self.live.ended.done():
            self.live.ended.set_result("candidate")

    async def _refuse(self, refusal: Refusal) -> None:
        if not self._closing:
            error = {"type": "error", "code": refusal.code, "message": refusal.message}
            retry = {"retry_after_seconds": refusal.retry_after} if refusal.retry_after else {}
            await self._send({**error, **retry, "fatal": True})
        await self._shut(refusal.close)

    async def _shut(self, code: Close) -> None:
        if not self._closing:
            self._closing = True
            await self.close(code=code)
            await self._release()

    # -- client -> server -------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._closing:
            return
        try:
            if bytes_data is not None:
                await self._ready()
                self._hear(bytes_data)
            elif text_data is not None:
                await self._take(protocol.parse(text_data))
        except ProtocolError as error:
            await self._ready()
            await self._reject(error)

    async def _ready(self) -> None:
        if self.live is None:
            await self._begin(protocol.Init())

    async def _take(self, message: protocol.ClientMessage) -> None:
        if isinstance(message, protocol.Init):
            if self.live is None:
                await self._begin(message)
            else:
                self._apply(message)
            return
        await self._ready()
        live = self.live
        if live is None:
            return
        match message:
            case protocol.AudioChunk():
                self._hear(message.audio())
            case protocol.AudioEnd():
                if not live.call.audio_end():
                    await self._notice("nothing_heard")
            case protocol.TextAnswer():
                self._type(live, message.text)
            case protocol.TakeTime():
                live.call.take_time()
                await self._notice("taking_time")
            case protocol.Interrupt():
                live.call.interrupt()
            case protocol.PlaybackReport():
                live.call.played(message.utterance, message.played_ms / 1000, done=message.done)
            case protocol.EndInterview():
                live.end()
            case protocol.Ping():
                now = timezone.now().isoformat()
                await self._send({"type": "pong", "id": message.id, "server_time": now})

    def _apply(self, init: protocol.Init) -> None:
        self._init = init
        if init.audio.encoding == "pcm_s16le":
            self._decoder = PcmDecoder(init.audio.sample_rate)
        else:
            self._decoder = WebmOpusDecoder()
        if self.live:
            self.live.call.set_rate(init.playback.sample_rate)

    def _type(self, live: LiveInterview, text: str) -> None:
        if not live.interview.snapshot["options"]["typed_answers"]:
            raise ProtocolError("bad_message", _("Typed answers are off in this interview."))
        if not text.strip():
            raise ProtocolError("bad_message", _("The answer is empty."))
        live.type(text.strip())

    def _hear(self, data: bytes) -> None:
        if self.live is None:
            return
        if len(data) > protocol.MAX_FRAME:
            raise ProtocolError(
                "frame_too_large", f"audio frames hold at most {protocol.MAX_FRAME} bytes"
            )
        try:
            pcm = self._decoder.feed(data)
        except BadAudio as error:
            raise ProtocolError("bad_audio", str(error)) from None
        if not self._pace.allows(len(pcm) / 32_000, asyncio.get_running_loop().time()):
            raise ProtocolError("rate_limited", _("Audio arrives faster than it can be spoken."))
        self.live.hear(pcm)

    async def _reject(self, error: ProtocolError) -> None:
        await self._send(
            {"type": "error", "code": error.code, "message": error.message, "fatal": False}
        )
        if self._bad_messages.too_many(asyncio.get_running_loop().time()):
            message = _("Too many messages that make no sense.")
            await self._refuse(Refusal(4400, "bad_message", message))

    # -- server -> client -------------------------------------------------------------------

    async def _deliver(self, event: Event) -> None:
        match event:
            case Sound():
                if self._init.playback.transport == "json":
                    await self._send(protocol.sound_chunk(event))
                elif not self._closing:
                    await self.send(bytes_data=event.pcm)
            case Noticed(code=code):
                await self._notice(code)
            case Failed(code=code):
                words = str(FAILURES[code])
                await self._send({"type": "error", "code": code, "message": words, "fatal": False})
            case _:
                if message := protocol.encode(event):
                    await self._send(message)

    async def _notice(self, code: str) -> None:
        await self._send({"type": "notice", "code": code})

    async def _send(self, message: dict[str, Any]) -> None:
        """Number a message, keep it for a client that comes back, and send it."""
        if message["type"] == "notice":
            message = {**message, "message": str(NOTICES[message["code"]])}
        if self.live:
            self.live.event_seq += 1
            seq, at = self.live.event_seq, self.live.clock()
        else:
            seq, at = 1, 0.0
        message = {**message, "seq": seq, "at_ms": round(at * 1000)}
        if message["type"] != "ai_audio_chunk":
            self._sent.append(message)
        await self._write(message)

    async def _write(self, message: Mapping[str, Any]) -> None:
        if not self._closing:
            await self.send(text_data=json.dumps(message, ensure_ascii=False))


def _broken() -> Refusal:
    message = _("Something went wrong on our side. The connection comes back by itself.")
    return Refusal(1013, "internal", message, retry_after=2)
