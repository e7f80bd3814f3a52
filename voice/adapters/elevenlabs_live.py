"""Live transcription by ElevenLabs' Scribe: words while the candidate speaks."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Unpack

from elevenlabs.realtime.connection import RealtimeConnection, RealtimeEvents
from elevenlabs.realtime.scribe import (
    AudioFormat,
    CommitStrategy,
    RealtimeAudioOptions,
    ScribeRealtime,
)

from voice.adapters.dictation import LiveEngine, LiveOptions, QueuedDictation
from voice.adapters.secret import secret
from voice.adapters.wording import is_foreign, keywords, language_of
from voice.audio import RATE
from voice.engines import Transcript
from voice.errors import EngineError

SHORTEST = 0.35
"""Seconds; the provider refuses to commit less."""

_NAME = "elevenlabs_live"
_CODES = {
    "auth_error": "unauthorised",
    "quota_exceeded": "quota",
    "rate_limited": "rate_limited",
    "commit_throttled": "rate_limited",
    "resource_exhausted": "rate_limited",
    "unaccepted_terms": "unauthorised",
    "input_error": "rejected",
    "invalid_request": "rejected",
    "chunk_size_exceeded": "rejected",
    "queue_overflow": "unavailable",
    "transcriber_error": "unavailable",
    "session_time_limit_exceeded": "unavailable",
    "insufficient_audio_activity": "unavailable",
}
_RETRYABLE = frozenset(("rate_limited", "unavailable", "malformed"))


class ElevenLabsLive(LiveEngine):
    """As ``LiveEngine``. Words to expect and the language stand in a socket's address: a call that
    comes to know other words gets them with its next socket. The model tells no probabilities.
    """

    def __init__(
        self,
        *,
        model: str = "scribe_v2_realtime",
        base_url: str = "https://api.elevenlabs.io",
        api_key_env: str = "ELEVENLABS_API_KEY",
        **options: Unpack[LiveOptions],
    ) -> None:
        super().__init__(_NAME, model, **options)
        self._base_url = base_url
        self._api_key_env = api_key_env

    async def close(self) -> None:
        """Every call closes its own socket."""

    async def _connect(
        self, language: str | None, terms: str, on_words: Callable[[], None]
    ) -> "ElevenLabsDictation":
        options: RealtimeAudioOptions = {
            "model_id": self.model,
            "audio_format": AudioFormat.PCM_16000,
            "sample_rate": RATE,
            "commit_strategy": CommitStrategy.MANUAL,
        }
        if language:
            options["language_code"] = language
        else:
            options["secondary_languages"] = list(self.languages)
        if expected := keywords(terms):
            options["keyterms"] = expected
        # Not by way of the SDK's client, which would make an HTTP client that nobody closes: it
        # reads all certificates, and the event loop waits for that.
        scribe = ScribeRealtime(secret(self._api_key_env, _NAME), self._base_url)
        return ElevenLabsDictation(self, await scribe.connect(options), language, on_words)


class ElevenLabsDictation(QueuedDictation):
    """The n-th ``committed_transcript`` belongs to the n-th commit."""

    def __init__(
        self,
        engine: ElevenLabsLive,
        connection: RealtimeConnection,
        language: str | None,
        on_words: Callable[[], None],
    ) -> None:
        super().__init__(engine, language, on_words, shortest=SHORTEST)
        self._connection = connection
        self._partial = ""
        self._forgotten: set[asyncio.Future[Transcript]] = set()
        self._began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Nothing may be raised in these, which are given a message each: the SDK would print it.
        connection.on(RealtimeEvents.SESSION_STARTED, self._on_start)
        connection.on(RealtimeEvents.PARTIAL_TRANSCRIPT, self._on_partial)
        connection.on(RealtimeEvents.COMMITTED_TRANSCRIPT, self._on_committed)
        connection.on(RealtimeEvents.ERROR, self._on_error)
        connection.on(RealtimeEvents.CLOSE, self._on_close)
        connection.websocket.close_timeout = 0.5

    @property
    def words(self) -> str:
        return "" if self._pending and self._pending[0] in self._forgotten else self._partial

    def expect(self, terms: str) -> None:
        """They stand in the address."""

    async def begin(self) -> None:
        """Wait until the provider has taken the key."""
        await self._began
        self.start()

    def _on_start(self, data: dict[str, Any]) -> None:
        if not self._began.done():
            self._began.set_result(None)

    def _on_partial(self, data: dict[str, Any]) -> None:
        if isinstance(text := data.get("text"), str):
            self._partial = text.strip()
            self._heard()
        else:
            self._broke(self._error("malformed"))

    def _on_committed(self, data: dict[str, Any]) -> None:
        text = data.get("text")
        if not isinstance(text, str):
            self._broke(self._error("malformed"))
        elif is_foreign(text):
            self._broke(self._error("wrong_language"))
        else:
            text, self._partial = text.strip(), ""
            spoken = self._language or language_of(text, self._engine.languages)
            confidence = self._engine.confidence if text else 0.0
            self._settled(Transcript(text, spoken, confidence))

    def _on_error(self, data: dict[str, Any]) -> None:
        kind = data.get("message_type")
        code = _CODES.get(str(kind), "unavailable")
        # The SDK's own findings have no type.
        if kind is None and str(data.get("error")).startswith("Failed to parse"):
            code = "malformed"
        self._broke(EngineError(_NAME, code, retryable=code in _RETRYABLE))

    def _on_close(self, data: dict[str, Any]) -> None:
        self._broke(self._error("unavailable"))

    def _broke(self, error: EngineError) -> None:
        if not self._began.done():
            self._began.set_exception(error)
        self._fail(error)

    async def _send(self, pcm: bytes) -> None:
        await self._connection.send({"audio_base_64": b64encode(pcm).decode()})

    async def _send_commit(self) -> None:
        await self._connection.commit()

    def drop(self) -> None:
        """There is no way to forget: the segment is ended, and nobody waits for its words."""
        if self._segment and not self.error:
            self._end_segment()
            forgotten: asyncio.Future[Transcript] = asyncio.get_running_loop().create_future()
            forgotten.add_done_callback(self._forgotten.discard)
            self._forgotten.add(forgotten)
            self._pending.append(forgotten)

    async def _close_connection(self) -> None:
        await self._connection.close()
