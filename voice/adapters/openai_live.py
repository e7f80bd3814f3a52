"""Live transcription over OpenAI's Realtime socket: words while the candidate speaks."""

import json
import math
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any, Unpack

import numpy as np
import openai
import soxr
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from voice.adapters.dictation import LiveEngine, LiveOptions, QueuedDictation
from voice.adapters.openai_client import OpenAIClient
from voice.adapters.refusal import told
from voice.adapters.wording import is_foreign, keywords, language_of
from voice.audio import RATE
from voice.engines import Transcript
from voice.errors import EngineError

WIRE_RATE = 24_000
"""The only sample rate of ``audio/pcm`` on this socket, in Hz."""
SHORTEST = 0.12
"""Seconds; a shorter segment is refused by the provider."""

_NAME = "openai_live"


class OpenAILive(LiveEngine):
    """As ``LiveEngine``, each connection a transcription session.

    ``hints`` tells the model the languages and words to expect, which ``gpt-live-transcribe``
    understands and ``gpt-realtime-whisper`` does not. ``logprobs`` asks for the tokens'
    probabilities, which take the place of ``confidence``.
    """

    def __init__(
        self,
        *,
        model: str = "gpt-live-transcribe",
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        hints: bool = True,
        logprobs: bool = False,
        **options: Unpack[LiveOptions],
    ) -> None:
        super().__init__(_NAME, model, **options)
        self._hints = hints
        self._logprobs = logprobs
        self._client = OpenAIClient(
            _NAME,
            base_url=base_url,
            api_key_env=api_key_env,
            connect_timeout=self.connect_timeout,
            read_timeout=self.final_timeout,
        )

    async def close(self) -> None:
        await self._client.close()

    async def _connect(
        self, language: str | None, terms: str, on_words: Callable[[], None]
    ) -> "OpenAIDictation":
        connecting = self._client.use().realtime.connect(
            # A model in the address would make it a conversation.
            extra_query={"intent": "transcription"},
            websocket_connection_options={"max_size": 2**24, "max_queue": 256},
        )
        return OpenAIDictation(self, await connecting.enter(), language, terms, on_words)

    def translated(self, error: Exception) -> EngineError:
        match error:
            case openai.WebSocketConnectionClosedError():
                return EngineError(_NAME, "unavailable", retryable=True)
            case openai.OpenAIError():
                return self._client.translated(error)
            case _:
                return super().translated(error)

    def session(self, language: str | None, terms: str) -> Any:
        """The session's settings, in the shape that is current since 2026."""
        heard: dict[str, Any] = {"model": self.model}
        if language:
            heard["language"] = language
        if self._hints:
            if not language:
                heard["languages"] = list(self.languages)
            if words := keywords(terms):
                heard["keywords"] = words
        settings: dict[str, Any] = {
            "type": "transcription",
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": WIRE_RATE},
                    "transcription": heard,
                    "turn_detection": None,
                }
            },
        }
        if self._logprobs:
            settings["include"] = ["item.input_audio_transcription.logprobs"]
        return settings


class OpenAIDictation(QueuedDictation):
    """Texts belong to items; the n-th ``committed`` tells the item of the n-th commit."""

    def __init__(
        self,
        engine: OpenAILive,
        connection: AsyncRealtimeConnection,
        language: str | None,
        terms: str,
        on_words: Callable[[], None],
    ) -> None:
        super().__init__(engine, language, on_words, shortest=SHORTEST)
        self._connection = connection
        self._session = partial(engine.session, language)
        self._settings = self._session(terms)
        self._texts: dict[str, str] = {}
        """Of every item whose words were not handed out yet, as far as they have come."""
        self._order: list[str] = []
        """Items that were committed, in that order."""
        self._forgotten: set[str] = set()
        """Items that were dropped; their words come all the same."""
        self._done: dict[str, Transcript] = {}
        self._resampler = _resampler()

    @property
    def words(self) -> str:
        return " ".join(text for text in map(str.strip, self._texts.values()) if text)

    def expect(self, terms: str) -> None:
        if (settings := self._session(terms)) != self._settings and not self.error:
            self._settings = settings
            self._put(lambda: self._connection.session.update(session=settings))

    async def begin(self) -> None:
        """Agree on the settings: only then is it known that the key and the model are right."""
        await self._connection.session.update(session=self._settings)
        while (event := await self._event())["type"] != "session.updated":
            if event["type"] == "error":
                raise _failure(event)
        self.start(self._receive())

    async def _receive(self) -> None:
        try:
            while True:
                self._take(await self._event())
        except Exception as error:
            self._fail(self._engine.translated(error))

    async def _event(self) -> dict[str, Any]:
        # The SDK's own models cost ten times as much as the JSON, for every delta of every call.
        event = json.loads(await self._connection.recv_bytes())
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            raise ValueError("no event")
        return event

    def _take(self, event: dict[str, Any]) -> None:
        match event["type"].removeprefix("conversation.item.input_audio_transcription."):
            case "input_audio_buffer.committed":
                item = _text(event, "item_id")
                self._order.append(item)
                self._texts.setdefault(item, "")
                self._settle()
            case "input_audio_buffer.cleared":
                self._forgotten |= self._texts.keys() - set(self._order)
                self._texts = {item: self._texts[item] for item in self._order}
            case "delta" if event.get("item_id") not in self._forgotten:
                item = _text(event, "item_id")
                self._texts[item] = self._texts.get(item, "") + _text(event, "delta")
                self._heard()
            case "completed":
                self._done[_text(event, "item_id")] = self._transcript(event)
                self._settle()
            case "failed" | "error":
                raise _failure(event)

    def _settle(self) -> None:
        """Hand out what is complete, in the order of the commits, which is not that of arrival."""
        while self._order and self._order[0] in self._done:
            item = self._order.pop(0)
            self._texts.pop(item, None)
            self._settled(self._done.pop(item))

    def _transcript(self, event: dict[str, Any]) -> Transcript:
        text = _text(event, "transcript").strip()
        if is_foreign(text):
            raise self._error("wrong_language")
        languages = self._engine.languages
        found = [item["code"] for item in event.get("languages") or () if item["code"] in languages]
        spoken = self._language or (found[0] if found else language_of(text, languages))
        known = [float(item["logprob"]) for item in event.get("logprobs") or ()]
        confidence = math.exp(sum(known) / len(known)) if known else self._engine.confidence
        return Transcript(text, spoken, min(confidence, 1.0) if text else 0.0)

    async def _send(self, pcm: bytes) -> None:
        await self._append(self._resampler.resample_chunk(np.frombuffer(pcm, np.int16)))

    async def _send_commit(self) -> None:
        await self._append(self._resampler.resample_chunk(np.empty(0, np.int16), last=True))
        self._resampler = _resampler()
        await self._connection.input_audio_buffer.commit()

    async def _send_drop(self) -> None:
        self._resampler = _resampler()
        await self._connection.input_audio_buffer.clear()

    def drop(self) -> None:
        if self._segment and not self.error:
            self._audio.clear()
            self._segment = 0
            self._put(self._send_drop)

    async def _append(self, samples: Any) -> None:
        if samples.size:
            audio = b64encode(samples.astype("<i2").tobytes()).decode()
            # The SDK's own models of an event cost more than all the rest, 15 times a second.
            await self._connection.send_raw(
                f'{{"type":"input_audio_buffer.append","audio":"{audio}"}}'
            )

    async def _close_connection(self) -> None:
        await self._connection.close()


def _resampler() -> Any:
    # LQ holds back 20 ms until the commit, the better qualities 37 ms.
    return soxr.ResampleStream(RATE, WIRE_RATE, 1, dtype="int16", quality="LQ")


def _text(event: dict[str, Any], name: str) -> str:
    if not isinstance(value := event.get(name), str):
        raise ValueError("no text")
    return value


def _failure(event: dict[str, Any]) -> EngineError:
    """The error for the provider's own word; its message may quote what was said."""
    error = event.get("error")
    words = error if isinstance(error, dict) else {}
    return told(_NAME, words.get("code"), words.get("type"))
