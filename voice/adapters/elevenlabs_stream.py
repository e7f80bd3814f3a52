"""What ElevenLabs sends while it speaks, over either transport, as chunks."""

import asyncio
import binascii
import json
import math
from base64 import b64decode
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

import httpx
from elevenlabs import StreamingAudioChunkWithTimestampsResponse, VoiceSettings
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError
from websockets.http11 import Response

from voice.adapters.refusal import BAD_ANSWERS, QUOTA, body_of, refused
from voice.alignment import Letter
from voice.errors import EngineError

NAME = "elevenlabs_speech"
_LIMITS = httpx.Limits(max_connections=100, keepalive_expiry=300.0)
_UNAUTHORISED = frozenset(
    ("invalid_api_key", "missing_api_key", "unauthorized", "needs_authorization")
)
_BUSY = frozenset(
    (
        "system_busy",
        "rate_limit_exceeded",
        "too_many_concurrent_requests",
        "max_active_conversations",
    )
)
_UNKNOWN_VOICE = frozenset(("voice_not_found", "voice_does_not_exist", "invalid_voice_id"))


@dataclass(frozen=True, slots=True)
class Chunk:
    """PCM s16le and the letters of the original text that it says; either may be empty."""

    pcm: bytes
    letters: tuple[Letter, ...]


def read(message: str | bytes) -> tuple[Chunk, bool]:
    """A message of the socket, and whether it is the last. Raises ``EngineError``."""
    try:
        data = json.loads(message)
        if data.get("error"):
            raise told(str(data["error"]))
        alignment = data.get("alignment") or {}
        letters = zip(
            alignment.get("chars") or (),
            alignment.get("charStartTimesMs") or (),
            alignment.get("charDurationsMs") or (),
            strict=True,
        )
        timed = tuple(_letter(c, start / 1000, long / 1000) for c, start, long in letters)
        return Chunk(_pcm(data.get("audio") or ""), timed), bool(data.get("isFinal"))
    except BAD_ANSWERS:
        raise EngineError(NAME, "malformed", retryable=True) from None


def told(reason: str) -> EngineError:
    """The error for the provider's own word."""
    if reason in QUOTA:
        return EngineError(NAME, "quota")
    if reason in _UNAUTHORISED:
        return EngineError(NAME, "unauthorised")
    if reason in _UNKNOWN_VOICE:
        return EngineError(NAME, "unknown_voice")
    if reason in _BUSY:
        return EngineError(NAME, "rate_limited", retryable=True)
    if reason == "input_timeout_exceeded":
        return EngineError(NAME, "timeout", retryable=True)
    return EngineError(NAME, "rejected")


class WholeText:
    """``stream_with_timestamps`` of the SDK: the text must be whole, the rest is alike."""

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        voice_settings: Mapping[str, float | bool],
        output_format: str,
        connect_timeout: float,
        first_timeout: float,
        chunk_timeout: float,
    ) -> None:
        self._base_url = base_url
        self._model = model
        self._settings = voice_settings
        self._format = output_format
        self._connect_timeout = connect_timeout
        self._first_timeout = first_timeout
        self._chunk_timeout = chunk_timeout
        self._pool: httpx.AsyncClient | None = None

    async def chunks(self, text: str, voice: str, language: str, key: str) -> AsyncGenerator[Chunk]:
        """Raises ``EngineError``."""
        if self._pool is None:
            longest = max(self._first_timeout, self._chunk_timeout)
            timeout = httpx.Timeout(longest, connect=self._connect_timeout)
            self._pool = httpx.AsyncClient(limits=_LIMITS, timeout=timeout)
        client = AsyncElevenLabs(base_url=self._base_url, api_key=key, httpx_client=self._pool)
        settings = VoiceSettings(**cast(dict[str, Any], dict(self._settings)))
        options: dict[str, Any] = {"voice_settings": settings} if self._settings else {}
        stream = cast(
            AsyncGenerator[StreamingAudioChunkWithTimestampsResponse],
            client.text_to_speech.stream_with_timestamps(
                voice,
                text=text,
                model_id=self._model,
                language_code=language,
                output_format=cast(Any, self._format),
                request_options={"max_retries": 0},
                **options,
            ),
        )
        loop = asyncio.get_running_loop()
        limit = loop.time() + self._first_timeout
        try:
            async with aclosing(stream):
                while True:
                    async with asyncio.timeout_at(limit):
                        answer = await anext(stream, None)
                    if answer is None:
                        return
                    chunk = _chunk(answer)
                    if chunk.pcm or chunk.letters:
                        yield chunk
                        limit = loop.time() + self._chunk_timeout
        except (TimeoutError, httpx.TimeoutException):
            raise EngineError(NAME, "timeout", retryable=True) from None
        except ApiError as error:
            headers = {name.lower(): value for name, value in (error.headers or {}).items()}
            raise _refused(error.status_code or 500, headers, error.body) from None
        except httpx.HTTPError:
            raise EngineError(NAME, "unavailable", retryable=True) from None
        except BAD_ANSWERS:
            raise EngineError(NAME, "malformed", retryable=True) from None

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.aclose()


def _chunk(answer: StreamingAudioChunkWithTimestampsResponse) -> Chunk:
    alignment = answer.alignment
    if alignment is None:
        return Chunk(_pcm(answer.audio_base_64), ())
    letters = zip(
        alignment.characters,
        alignment.character_start_times_seconds,
        alignment.character_end_times_seconds,
        strict=True,
    )
    timed = tuple(_letter(text, start, end - start) for text, start, end in letters)
    return Chunk(_pcm(answer.audio_base_64), timed)


def refusal(response: Response) -> EngineError:
    """The error for a handshake that the provider, or something before it, refused."""
    return _refused(response.status_code, response.headers, body_of(response))


def _refused(status: int, headers: Mapping[str, str], body: object) -> EngineError:
    detail = body.get("detail") if isinstance(body, dict) else None
    reason = detail.get("status") if isinstance(detail, dict) else None
    if isinstance(reason, str) and reason in _UNKNOWN_VOICE:
        return EngineError(NAME, "unknown_voice")
    return refused(NAME, status, headers, reason)


def _letter(text: object, start: float, seconds: float) -> Letter:
    if not isinstance(text, str) or not math.isfinite(start + seconds):
        raise ValueError("no letter")
    return Letter(text, start, seconds)


def _pcm(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("no base64") from None
