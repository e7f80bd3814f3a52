"""Speech recognition by OpenAI's file transcription, or any endpoint that speaks its format."""

import asyncio
import math
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from wave import open as open_wave

import openai
from openai.types.audio import TranscriptionStreamEvent

from voice.adapters.openai_client import FAILURES, OpenAIClient
from voice.adapters.wording import keywords, language_of
from voice.audio import RATE, WIDTH, Audio, resample
from voice.engines import Transcript
from voice.errors import EngineError
from voice.metering import Use, used

QUIET = -65.0
"""dBFS below which nobody is speaking; hosted models invent sentences for silence."""

SHORTEST = 0.1
"""Seconds; shorter audio is refused by the provider."""

RETRY_AFTER = 0.2
"""Seconds before the second request, where the provider does not say how many."""

DRAIN = 0.1
"""Seconds that the words may wait for the end of their stream."""

TAKES_KEYWORDS = "gpt-transcribe"
"""What the names of the models begin with that take keywords."""

_NAME = "openai_transcription"


class OpenAITranscription:
    """Sends each stretch of speech as a WAV file and reads the transcript while it is written.

    ``languages`` are those to expect; ``send_languages`` tells them to the model, which only
    ``gpt-transcribe`` understands. The same model is given the terms as keywords, any other as a
    prompt. ``logprobs`` asks for the tokens' probabilities, which only
    ``gpt-4o-*-transcribe`` give; a model without them gets ``confidence`` for whatever it says.
    Time-outs are seconds: to connect, to the first delta, between two deltas. A request that
    failed before its first delta is made once more where that may help.
    """

    def __init__(
        self,
        *,
        model: str = "gpt-transcribe",
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        languages: Sequence[str] = ("en", "ko"),
        send_languages: bool = True,
        logprobs: bool = False,
        confidence: float = 0.9,
        connect_timeout: float = 3.0,
        first_timeout: float = 8.0,
        delta_timeout: float = 4.0,
    ) -> None:
        self.languages = tuple(languages)
        self._model = model
        self._send_languages = send_languages
        self._logprobs = logprobs
        self._confidence = confidence
        self._first_timeout = first_timeout
        self._delta_timeout = delta_timeout
        self._client = OpenAIClient(
            _NAME,
            base_url=base_url,
            api_key_env=api_key_env,
            connect_timeout=connect_timeout,
            read_timeout=max(first_timeout, delta_timeout),
            model=model,
        )

    async def warm(self) -> None:
        await self._client.open(self._model)

    async def close(self) -> None:
        await self._client.close()

    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        """Raises ``EngineError``: ``missing_key``, ``unauthorised``, ``quota``, ``rate_limited``,
        ``timeout``, ``unavailable``, ``rejected`` or ``malformed``. Cancelling hangs up.
        """
        if audio.seconds < SHORTEST or audio.level < QUIET:
            return Transcript("", language or self.languages[0], 0.0)
        limit = asyncio.get_running_loop().time() + self._first_timeout
        file = _wav(resample(audio, RATE))
        try:
            return await self._attempt(file, language, terms, limit)
        except _BeforeFirstDelta as failure:
            error, wait = failure.error, failure.error.retry_after or RETRY_AFTER
            left = limit - asyncio.get_running_loop().time()
            if not error.retryable or error.code in ("timeout", "malformed") or wait >= left:
                raise error from None
        await asyncio.sleep(wait)
        try:
            return await self._attempt(file, language, terms, limit)
        except _BeforeFirstDelta as failure:
            raise failure.error from None

    async def _attempt(
        self, file: bytes, language: str | None, terms: str, limit: float
    ) -> Transcript:
        stream: openai.AsyncStream[TranscriptionStreamEvent] | None = None
        began = False
        try:
            async with asyncio.timeout_at(limit):
                stream = await self._open(file, language, terms)
            used(Use("recognizer", _NAME, self._model, seconds=len(file) / RATE / WIDTH))
            while True:
                async with asyncio.timeout_at(limit):
                    event = await anext(stream, None)
                if event is None:
                    raise ValueError("a stream without its end")
                # Not isinstance: the SDK takes an event of an unknown type for any of the known.
                if event.type == "transcript.text.done":
                    transcript = self._transcript(event, language)
                    await _drain(stream)
                    return transcript
                if event.type == "transcript.text.delta":
                    began = True
                    limit = asyncio.get_running_loop().time() + self._delta_timeout
        except FAILURES as error:
            translated = self._client.translated(error)
            raise (translated if began else _BeforeFirstDelta(translated)) from None
        finally:
            if stream is not None:
                await stream.close()

    async def _open(
        self, file: bytes, language: str | None, terms: str
    ) -> openai.AsyncStream[TranscriptionStreamEvent]:
        expected = list(self.languages) if self._send_languages and not language else openai.omit
        takes_keywords = self._model.startswith(TAKES_KEYWORDS)
        words = keywords(terms) if takes_keywords else []
        prompt = "" if takes_keywords else terms.strip()
        return await self._client.use().audio.transcriptions.create(
            model=self._model,
            file=("speech.wav", file, "audio/wav"),
            response_format="json",
            language=language or openai.omit,
            languages=expected,
            keywords=words or openai.omit,
            prompt=prompt or openai.omit,
            include=["logprobs"] if self._logprobs else openai.omit,
            stream=True,
        )

    def _transcript(self, event: TranscriptionStreamEvent, language: str | None) -> Transcript:
        if event.type != "transcript.text.done" or not isinstance(event.text, str):
            raise ValueError("a transcript that is none")
        text = event.text.strip()
        found = [item.code for item in event.languages or () if item.code in self.languages]
        spoken = language or (found[0] if found else language_of(text, self.languages))
        if not text:
            return Transcript("", spoken, 0.0)
        known = [item.logprob for item in event.logprobs or () if item.logprob is not None]
        confidence = math.exp(sum(known) / len(known)) if known else self._confidence
        return Transcript(text, spoken, min(confidence, 1.0))


class _BeforeFirstDelta(Exception):
    """Nothing was answered yet: asking again does no harm."""

    def __init__(self, error: EngineError) -> None:
        super().__init__(error.code)
        self.error = error


async def _drain(stream: openai.AsyncStream[TranscriptionStreamEvent]) -> None:
    """Read what ends the answer: only then can its connection serve the next request."""
    with suppress(*FAILURES):
        async with asyncio.timeout(DRAIN):
            async for _ in stream:
                pass


def _wav(audio: Audio) -> bytes:
    file = BytesIO()
    with open_wave(file, "wb") as wave:
        wave.setnchannels(1)
        wave.setsampwidth(WIDTH)
        wave.setframerate(audio.rate)
        wave.writeframes(audio.pcm)
    return file.getvalue()
