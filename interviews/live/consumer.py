"""The WebSocket of a live interview: frames in, events out, and who may connect.

This is the protocol's shell: all about the interview itself is in ``interview.py`` and below.
"""

import asyncio
import json
import logging
import uuid
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from contextvars import copy_context
from typing import Any
from unicodedata import normalize
from weakref import WeakSet

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from interviews.live import protocol
from interviews.live.absence import EVENTS_KEPT, end_when_lapsed, keep_events, kept_events
from interviews.live.admission import Refusal, admit, begin, pause
from interviews.live.connection import (
    arrival,
    as_news,
    group,
    holder,
    let_go,
    standing,
    take_over,
)
from interviews.live.frame_consumer import FrameConsumer
from interviews.live.interview import LiveInterview
from interviews.live.microphone import Microphone
from interviews.live.notices import FAILURES, NOTICES
from interviews.live.protocol import Close, ProtocolError
from interviews.live.tolerance import (
    ANSWERS_A_SECOND,
    ANSWERS_AT_ONCE,
    MESSAGES_A_SECOND,
    MESSAGES_AT_ONCE,
    Allowance,
    BadMessages,
)
from interviews.log import current_interview
from interviews.models import Interview
from interviews.usage import Ledger
from voice.events import Event, Failed, Noticed, Sound
from voice.metering import metered

log = logging.getLogger(__name__)

SOUND_REFUSED = ("bad_audio", "frame_too_large", "rate_limited")
OF_A_CONNECTION = ("connected", "pong", "ai_audio_chunk")
"""What means nothing to a later connection, as why the one before was closed."""
INIT_SECONDS = 1.0
"""How long a client may take to send ``init`` before the defaults apply."""
HOLDING_SECONDS = 10.0
"""Between two looks whether the interview is still this connection's."""
FILING_SECONDS = 4.0
"""How long the last words may take to be filed when a connection goes."""


_open: "WeakSet[InterviewConsumer]" = WeakSet()
_draining = False


async def drain() -> None:
    """Send every candidate of this process to another one; nobody new is taken."""
    global _draining
    _draining = True
    async with asyncio.TaskGroup() as tasks:
        for consumer in list(_open):
            # Each in its own language, and logged with its own interview.
            tasks.create_task(consumer.send_away(), context=consumer.context)


class TooMany(ProtocolError):
    """Messages that are no sound come too fast."""


class InterviewConsumer(FrameConsumer):
    """One connection of one candidate to one interview."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.connection = arrival()
        self.context = copy_context()
        self._found: uuid.UUID | None = None
        self.ledger = Ledger(scope["url_route"]["kwargs"]["interview_id"])
        self.live: LiveInterview | None = None
        self._began = asyncio.Lock()
        self._bad_messages = BadMessages()
        self._messages = Allowance(MESSAGES_AT_ONCE, MESSAGES_A_SECOND)
        self._answers = Allowance(ANSWERS_AT_ONCE, ANSWERS_A_SECOND)
        self._microphone = Microphone(kept=settings.GRACE_SECONDS)
        self._sent: deque[dict[str, Any]] = deque(maxlen=EVENTS_KEPT)
        self._closing = False
        self._released = False
        self._without_init: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None
        self._holding: asyncio.Task[None] | None = None
        self._init = protocol.Init()
        _open.add(self)
        # Around every task of the connection: what any of them uses is counted.
        with metered(self.ledger.add):
            await self._connected(scope, receive, send)

    async def _connected(self, scope: Any, receive: Any, send: Any) -> None:
        async with asyncio.TaskGroup() as self._tasks:
            try:
                await super().__call__(scope, receive, send)
            finally:
                if self._without_init:
                    self._without_init.cancel()
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
        try:
            with suppress(Interview.DoesNotExist):
                self._found = await holder(self.interview_id)
            refusal = await admit(self.scope, self.interview_id)
            self.context = copy_context()
        except Exception:
            log.exception("nobody can be admitted")
            refusal = _broken()
        if refusal:
            await self._refuse(refusal)
        else:
            loop = asyncio.get_running_loop()
            self._without_init = loop.call_later(INIT_SECONDS, self._begin_without_init)

    def _begin_without_init(self) -> None:
        self._tasks.create_task(self._begin(protocol.Init()))

    async def _begin(self, init: protocol.Init) -> None:
        async with self._began:
            if self.live or self._closing:
                return
            try:
                await self._listen_for_news()
                if not await take_over(self.interview_id, self.connection, self._found):
                    await self._refuse(_elsewhere())
                    return
                interview = await begin(self.interview_id)
                if isinstance(interview, Refusal):
                    await self._refuse(interview)
                    await self._leave({})
                    return
                live = LiveInterview(
                    interview, self.connection, init, self.ledger, self._deliver, self._send
                )
                kept: list[dict[str, Any]] = []
                async with as_news("reading what was sent before"):
                    kept = await kept_events(self.interview_id)
            except Exception:
                log.exception("the interview cannot go live")
                await self._refuse(_broken())
                await self._leave({})
                return
            self._apply(init)
            self.live = live
            self._sent.extend(kept)
            if self._closing:
                await self._release()
                return
            await self._send(live.connected_message())
            for message in kept:
                if init.resume_after is not None and message["seq"] > init.resume_after:
                    await self._write(message)
            self._holding = self._tasks.create_task(self._keep_holding())
            self._running = self._tasks.create_task(self._run(live))
            # Whatever the client has sent behind its first message must find it listening.
            await live.call.begun.wait()

    async def _run(self, live: LiveInterview) -> None:
        ending = self._tasks.create_task(self._end(live))
        try:
            await live.run()
        except Exception:
            log.exception("the live interview broke")
            await self._refuse(_broken())
        finally:
            live.call.begun.set()
            if not live.ended.done():
                ending.cancel()

    async def _end(self, live: LiveInterview) -> None:
        reason = await live.ended
        live.call.hang_up()
        try:
            last = await live.finish(reason)
        except Exception:
            log.exception("the end of the interview could not be filed")
            await self._refuse(_broken())
            return
        await self._send(last)
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
        ending = None if live.ended.done() else live.ending
        live.lose_sound()
        live.call.hang_up()
        if self._holding and self._holding is not asyncio.current_task():
            self._holding.cancel()
        if self._running and self._running is not asyncio.current_task():
            await asyncio.wait([self._running], timeout=FILING_SECONDS)
        async with as_news("keeping what was sent for the next connection"):
            await keep_events(self.interview_id, list(self._sent))
        async with as_news("leaving the group"):
            await self.channel_layer.group_discard(group(self.interview_id), self.channel_name)
        await self.ledger.file()
        if ending:
            await self._end_without_goodbye(live, ending)
        await self._leave(live.state())

    async def _end_without_goodbye(self, live: LiveInterview, reason: str) -> None:
        """Who leaves during the goodbye has left an interview that is over."""
        try:
            await live.finish(reason)
        except Exception:
            log.exception("the end of the interview could not be filed")

    async def _leave(self, state: Mapping[str, Any]) -> None:
        try:
            if not await let_go(self.interview_id, self.connection, state):
                return
            await pause(self.interview_id)
        except DatabaseError:
            log.exception("the interview is not let go of: the next connection takes it over")
        end_when_lapsed(self.interview_id)

    async def _keep_holding(self) -> None:
        """Notice a newer connection, and an end from outside, also when the message that tells of
        it is lost, as by a Redis that restarts."""
        while True:
            await asyncio.sleep(HOLDING_SECONDS)
            await self._listen_for_news()
            try:
                held_by, end_reason = await standing(self.interview_id)
            except (DatabaseError, Interview.DoesNotExist) as error:
                log.warning("cannot see who holds the interview: %s", type(error).__name__)
                continue
            if end_reason:
                # Nobody holds what has ended. Our own end may still be on its way to the client.
                await self.ended_elsewhere({"reason": end_reason})
                return
            if held_by != self.connection:
                await self._refuse(_elsewhere())
                return

    async def _listen_for_news(self) -> None:
        async with as_news("joining the group"):
            await self.channel_layer.group_add(group(self.interview_id), self.channel_name)

    async def send_away(self) -> None:
        """This process ends; the interview goes on at the next connection."""
        message = _("The server restarts. The connection comes back by itself.")
        await self._refuse(Refusal(1013, "internal", message, retry_after=1))

    async def taken_over(self, message: Mapping[str, Any]) -> None:
        if message["holder"] == str(self.connection):
            await self._refuse(_elsewhere())

    async def ended_elsewhere(self, message: Mapping[str, Any]) -> None:
        if self.live and not self.live.ended.done():
            self.live.ended.set_result(message.get("reason", "candidate"))

    async def watched(self, message: Mapping[str, Any]) -> None:
        if self.live:
            self.live.broadcast.ask(opening=message.get("opening", False))

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
            of_sound = error.code in SOUND_REFUSED and not isinstance(error, TooMany)
            if self.live and of_sound:
                self.live.lose_sound()
            await self._reject(error)
        except Exception:
            log.exception("a message could not be handled")
            await self._reject(ProtocolError("internal", str(FAILURES["internal"])))

    async def _ready(self) -> None:
        if self.live is None or not self.live.call.begun.is_set():
            await self._begin(protocol.Init())

    async def _take(self, message: protocol.ClientMessage) -> None:
        if not isinstance(message, protocol.AudioChunk):
            self._allow(self._messages)
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
        self._microphone.set_format(init.audio)
        if self.live:
            self.live.call.set_rate(init.playback.sample_rate)

    def _type(self, live: LiveInterview, text: str) -> None:
        if not live.may_type:
            raise ProtocolError("bad_message", _("Typed answers are off in this interview."))
        if not text.strip():
            raise ProtocolError("bad_message", _("The answer is empty."))
        self._allow(self._answers)
        # Some keyboards send Hangul in its parts, which no reader of answers would take for it.
        live.type(normalize("NFC", text.strip()))

    @staticmethod
    def _allow(allowance: Allowance) -> None:
        if not allowance.allows(asyncio.get_running_loop().time()):
            message = _("This is more at once than can be taken. Please send it again in a moment.")
            raise TooMany("rate_limited", message)

    def _hear(self, data: bytes) -> None:
        if self.live is None:
            return
        self.live.hear(self._microphone.pcm(data))

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
        if message["type"] not in OF_A_CONNECTION and not message.get("fatal"):
            self._sent.append(message)
        await self._write(message)

    async def _write(self, message: Mapping[str, Any]) -> None:
        if not self._closing:
            await self.send(text_data=json.dumps(message, ensure_ascii=False))


def _elsewhere() -> Refusal:
    return Refusal(4409, "limit_reached", _("The interview was opened in another window."))


def _broken() -> Refusal:
    message = _("Something went wrong on our side. The connection comes back by itself.")
    return Refusal(1013, "internal", message, retry_after=2)


class Nowhere(AsyncWebsocketConsumer):
    """Every other path, and an id that is no UUID: refused as an unknown interview is."""

    async def connect(self) -> None:
        await self.accept()
        message = _("There is no such interview.")
        error = {"type": "error", "code": "bad_message", "message": message, "fatal": True}
        await self.send(text_data=json.dumps({**error, "seq": 1, "at_ms": 0}, ensure_ascii=False))
        await self.close(code=4404)
