"""Live transcription of one audio stream: PCM in, messages with harm flags out. No ORM.

Recognizing is slower than speaking may be, so stretches wait in a queue that is bounded in
seconds of audio. When it is behind, interim readings are left out first; once ``WAITING_SECONDS``
wait, the newest stretch is given up and the client is told.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from interviews.live.notices import FAILURES
from voice.audio import RATE, WIDTH, Audio
from voice.engines import Detector, Moderator, Recognizer, Transcript, Verdict
from voice.errors import EngineError
from voice.stretches import Stretch, Stretches
from voice.transcription import SHORTEST_DETECTABLE

log = logging.getLogger(__name__)

WAITING_SECONDS = 60.0
"""Seconds of speech that may wait to be recognized."""
TIMEOUT = 30.0
"""Seconds that one stretch may take, waiting for other streams included."""

Message = dict[str, Any]


class Transcriber:
    """``language`` None: told from the speech. ``run`` works until it is cancelled."""

    def __init__(
        self,
        detector: Detector,
        recognizer: Recognizer,
        moderator: Moderator,
        send: Callable[[Message], Awaitable[None]],
        *,
        language: str | None = None,
        interim: bool = False,
    ) -> None:
        self._recognizer = recognizer
        self._moderator = moderator
        self._send = send
        self._language = language
        self._stretches = Stretches(detector, interim=interim)
        self._waiting: deque[tuple[Stretch, bool]] = deque()
        self._more = asyncio.Event()
        self._done = asyncio.Event()
        self._done.set()
        self._clock = 0.0
        self._heard_language: str | None = None

    async def hear(self, pcm: bytes) -> None:
        self._clock += len(pcm) / (RATE * WIDTH)
        for stretch in self._stretches.feed(pcm):
            await self._queue(stretch)

    async def flush(self) -> None:
        """Force the rest out: answered by a final message, its text empty if nothing was left."""
        await self._queue(self._stretches.flush(), answer=True)

    async def finish(self) -> None:
        """Wait until all that was heard is given out, the open stretch included."""
        if stretch := self._stretches.flush():
            await self._queue(stretch)
        await self._done.wait()

    async def run(self) -> None:
        while True:
            await self._more.wait()
            while self._waiting:
                stretch, answer = self._waiting[0]
                await self._transcribe(stretch, answer)
                self._waiting.popleft()
            self._more.clear()
            self._done.set()

    async def _queue(self, stretch: Stretch | None, *, answer: bool = False) -> None:
        if stretch is None:
            stretch = Stretch(Audio(b""), self._clock, self._clock, is_final=True)
        if not stretch.is_final and self._waiting:
            return
        waiting = sum(each.end - each.start for each, _ in self._waiting)
        if waiting + stretch.end - stretch.start > WAITING_SECONDS:
            message = _("Too much speech waits; what was said last is left out.")
            await self._fail("rate_limited", message, retry_after_seconds=5)
            return
        self._waiting.append((stretch, answer))
        self._more.set()
        self._done.clear()

    async def _transcribe(self, stretch: Stretch, answer: bool) -> None:
        text, verdict = "", Verdict()
        if stretch.audio.pcm:
            try:
                heard = await self._recognize(stretch)
            except (EngineError, TimeoutError) as error:
                log.warning("a stretch could not be recognized: %s", error)
                await self._fail("stt_failed", str(FAILURES["stt_failed"]))
            else:
                if text := heard.text:
                    self._heard_language = heard.language
                    verdict = await self._judge(text, heard.language)
        if text or answer:
            await self._send(
                {
                    "text": text,
                    "is_final": stretch.is_final,
                    "is_harmful": verdict.level > 0,
                    "confidence": round(verdict.confidence, 3),
                    "categories": list(verdict.categories),
                    "start_ms": round(stretch.start * 1000),
                    "end_ms": round(stretch.end * 1000),
                    "timestamp": timezone.now().isoformat(),
                }
            )

    async def _recognize(self, stretch: Stretch) -> Transcript:
        language = self._language
        if stretch.audio.seconds < SHORTEST_DETECTABLE:
            language = language or self._heard_language
        async with asyncio.timeout(TIMEOUT):
            return await self._recognizer.transcribe(stretch.audio, language=language)

    async def _judge(self, text: str, language: str) -> Verdict:
        try:
            async with asyncio.timeout(TIMEOUT):
                return await self._moderator.judge(text, language)
        except (EngineError, TimeoutError) as error:
            log.warning("words could not be judged: %s", error)
            await self._fail("internal", _("What follows could not be judged."))
            return Verdict()

    async def _fail(self, code: str, message: str, **fields: Any) -> None:
        await self._send(
            {"type": "error", "code": code, "message": message, "fatal": False, **fields}
        )
