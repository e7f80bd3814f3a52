"""Deterministic engines: speech is loudness, words and delays are what the script says.

Shipped, because turn-taking can only be tested, measured and shown when time itself is known.
"""

import asyncio
from array import array
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from voice.audio import Audio
from voice.engines import Clip, Engines, Message, Transcript, Writing
from voice.errors import EngineError
from voice.structured import ask


class _Ready:
    async def warm(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to free."""


class LoudnessDetector(_Ready):
    """Speech is whatever is louder than ``level`` (0–32767)."""

    def __init__(self, level: int = 500) -> None:
        self._level = level

    def open(self) -> "LoudnessDetector":
        return self

    def probability(self, window: bytes) -> float:
        samples = array("h", window)
        return 1.0 if max(samples) > self._level or min(samples) < -self._level else 0.0


@dataclass
class ScriptedTurnModel(_Ready):
    """Says the next probability of ``verdicts``, the last one again and again."""

    verdicts: Iterable[float] = (1.0,)
    delay: float = 0.0

    def __post_init__(self) -> None:
        self._left = list(self.verdicts)

    async def finished(self, audio: Audio) -> float:
        await asyncio.sleep(self.delay)
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]


@dataclass
class ScriptedRecognizer(_Ready):
    """Hears the next text of ``texts`` in each utterance that is long enough, then ``last``."""

    texts: Sequence[str] = ()
    last: str = "That is my answer."
    language: str = "en"
    confidence: float = 0.9
    delay: float = 0.0
    fails: int = 0
    """How many of the next requests fail."""
    requests: list[float] = field(default_factory=list)
    """Seconds of audio of every request so far."""

    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        self.requests.append(audio.seconds)
        await asyncio.sleep(self.delay)
        if self.fails:
            self.fails -= 1
            raise EngineError("scripted recognizer", "unavailable", retryable=True)
        text = self.texts[0] if self.texts else self.last
        return Transcript(text, language or self.language, self.confidence)

    def next(self) -> None:
        """The following utterance begins."""
        self.texts = self.texts[1:]


@dataclass
class ScriptedModel(_Ready):
    """Writes ``text`` word by word."""

    text: str = "What did you learn from that?"
    first_token: float = 0.0
    per_token: float = 0.0
    languages: frozenset[str] = frozenset({"en", "ko"})
    writing: Writing = Writing()
    fails: bool = False
    objects: Sequence[str] = ("{}",)
    """What it answers where an object is asked for, one after the other, the last again and again;
    what does not fit is ``malformed``, as with any model."""
    open_streams: int = 0
    contexts: list[Sequence[Message]] = field(default_factory=list)

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        self.contexts.append(tuple(messages))
        self.open_streams += 1
        try:
            await asyncio.sleep(self.first_token)
            if self.fails:
                raise EngineError("scripted model", "unavailable")
            for word in self.text.split():
                yield word + " "
                await asyncio.sleep(self.per_token)
        finally:
            self.open_streams -= 1

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        return await ask(self._object, messages, schema, "scripted model")

    async def _object(self, messages: Sequence[Message]) -> str:
        self.contexts.append(tuple(messages))
        await asyncio.sleep(self.first_token)
        if self.fails:
            raise EngineError("scripted model", "unavailable")
        answer, *left = self.objects
        self.objects = left or self.objects
        return answer


@dataclass
class ScriptedSynthesizer(_Ready):
    """A quiet hum of ``seconds_per_letter`` for every letter."""

    first_byte: float = 0.0
    seconds_per_letter: float = 0.06
    rate: int = 24_000
    amplitude: int = 64
    """Of 32,767: too quiet to echo."""
    fails: bool = False
    open_streams: int = 0
    spoken: list[str] = field(default_factory=list)

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        self.open_streams += 1
        try:
            await asyncio.sleep(self.first_byte)
            if self.fails:
                raise EngineError("scripted synthesizer", "unavailable")
            self.spoken.append(text)
            samples = round(self.seconds_per_letter * len(text) * self.rate)
            yield Clip(text, Audio(self.amplitude.to_bytes(2, "little") * samples, self.rate))
        finally:
            self.open_streams -= 1


def scripted_engines(
    *,
    recognizer: ScriptedRecognizer | None = None,
    turn_model: ScriptedTurnModel | None = None,
    model: ScriptedModel | None = None,
    synthesizer: ScriptedSynthesizer | None = None,
) -> Engines:
    """A whole cascade of them, in both languages."""
    voice = synthesizer or ScriptedSynthesizer()
    return Engines(
        detector=LoudnessDetector(),
        turn_model=turn_model or ScriptedTurnModel(),
        recognizer=recognizer or ScriptedRecognizer(),
        model=model or ScriptedModel(),
        synthesizers={"en": voice, "ko": voice},
    )
