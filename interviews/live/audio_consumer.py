"""The WebSocket for live transcription with harm flags, for other programs: ``/ws/audio/``."""

import asyncio
import json
import logging
from contextvars import copy_context
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakSet

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.websocket import authenticate
from interviews.engines import engines
from interviews.live.frame_consumer import FrameConsumer
from interviews.live.microphone import Microphone
from interviews.live.protocol import AudioFormat, Close, ProtocolError
from interviews.live.tolerance import BadMessages
from interviews.live.transcriber import Transcriber
from interviews.moderation import moderator

log = logging.getLogger(__name__)

PCM = AudioFormat(encoding="pcm_s16le")

FINISHING_SECONDS = 4.0
"""How long the last words may take to be recognized when the process is told to stop."""

_streams: "WeakSet[AudioConsumer]" = WeakSet()
_draining = False


async def drain() -> None:
    """Send every program to another process, with what it has been heard to say; nobody new is
    taken."""
    global _draining
    _draining = True
    async with asyncio.TaskGroup() as tasks:
        for consumer in list(_streams):
            tasks.create_task(consumer.send_away(), context=consumer.context)


class AudioConsumer(FrameConsumer):
    """One stream of PCM s16le, 16 kHz, mono, of one API token's owner.

    ``?interim=1``: also what is understood so far, each second; ``?language=ko``: do not guess.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._transcriber: Transcriber | None = None
        self._bad = BadMessages()
        self._microphone = Microphone()
        self._microphone.set_format(PCM)
        self._closing = False
        self._leaving = False
        self.context = copy_context()
        async with asyncio.TaskGroup() as self._tasks:
            self._running: asyncio.Task[None] | None = None
            try:
                await super().__call__(scope, receive, send)
            finally:
                self._stop()

    async def connect(self) -> None:
        await self.accept()
        # Other programs come with a token; a browser's cookie opens nothing here.
        user = await authenticate({**self.scope, "user": None})
        if user is None:
            await self._refuse(4401, "bad_message", _("An API token is required."))
            return
        translation.activate(user.language or translation.get_language() or "en")
        self.context = copy_context()
        if _draining:
            await self.send_away()
            return
        if len(_streams) >= settings.AUDIO_STREAMS:
            await self._refuse(
                4429, "limit_reached", _("Too many streams are open."), retry_after_seconds=10
            )
            return
        _streams.add(self)
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"))
        language = query.get("language", ["auto"])[-1].partition("-")[0].lower()
        bundle = engines(settings.AUDIO_PROFILE)
        self._transcriber = Transcriber(
            bundle.detector,
            bundle.recognizer,
            moderator(),
            self._send,
            language=None if language == "auto" else language,
            interim=query.get("interim", ["0"])[-1] in ("1", "true"),
        )
        self._running = self._tasks.create_task(self._run(self._transcriber))

    async def disconnect(self, code: int) -> None:
        self._closing = True
        self._stop()

    async def send_away(self) -> None:
        """This process ends; what was heard so far is finished, as far as there is time."""
        self._leaving = True
        if self._transcriber and self._running:
            finishing = asyncio.create_task(self._transcriber.finish())
            await asyncio.wait(
                [finishing, self._running],
                timeout=FINISHING_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            finishing.cancel()
        message = _("The server restarts. Please connect again.")
        await self._refuse(1013, "internal", message, retry_after_seconds=1)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        transcriber = self._transcriber
        if self._closing or self._leaving or transcriber is None:
            return
        try:
            if bytes_data is not None:
                await transcriber.hear(self._microphone.pcm(bytes_data))
            elif text_data is not None:
                _read(text_data)
                await transcriber.flush()
        except ProtocolError as error:
            await self._reject(error)

    async def _run(self, transcriber: Transcriber) -> None:
        try:
            await transcriber.run()
        except Exception:
            log.exception("a live transcription broke")
            await self._refuse(1013, "internal", _("Something went wrong. Please connect again."))

    def _stop(self) -> None:
        _streams.discard(self)
        self._transcriber = None
        if self._running:
            self._running.cancel()

    async def _reject(self, error: ProtocolError) -> None:
        await self._send(
            {"type": "error", "code": error.code, "message": error.message, "fatal": False}
        )
        if self._bad.too_many(asyncio.get_running_loop().time()):
            await self._refuse(4400, "bad_message", _("Too many messages that make no sense."))

    async def _refuse(self, close: Close, code: str, message: str, **fields: Any) -> None:
        await self._send(
            {"type": "error", "code": code, "message": message, "fatal": True, **fields}
        )
        if not self._closing:
            self._closing = True
            await self.close(code=close)
            self._stop()

    async def _send(self, message: dict[str, Any]) -> None:
        if not self._closing:
            await self.send(text_data=json.dumps(message, ensure_ascii=False))


def _read(text: str) -> None:
    """Raises ProtocolError unless ``text`` is the one message that there is: ``flush``."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError("bad_message", "the message is not JSON") from None
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(kind, str):
        raise ProtocolError("bad_message", 'a message is an object with a "type"')
    if kind != "flush":
        raise ProtocolError("unknown_message", "this message type is not known")
