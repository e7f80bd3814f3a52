"""Engines that break off where a test wants it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from voice.audio import Audio, silence
from voice.engines import Clip, Message, Transcript, Writing
from voice.errors import EngineError


class _Ready:
    async def warm(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to free."""


class FailingRecognizer(_Ready):
    """Fails with ``error`` as long as there is one, also when it is warmed."""

    def __init__(self, error: EngineError | None) -> None:
        self.error = error
        self.requests = 0

    async def warm(self) -> None:
        if self.error:
            raise self.error

    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        self.requests += 1
        if self.error:
            raise self.error
        return Transcript("from the first", language or "en", 0.9)


class HalfwaySynthesizer(_Ready):
    """Speaks ``words`` words, a clip each, and then the connection drops."""

    def __init__(self, words: int) -> None:
        self.voices: list[str] = []
        self.refuses: EngineError | None = None
        """What it raises before its first word."""
        self._words = words

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        self.voices.append(voice)
        if self.refuses:
            raise self.refuses
        words = text.split(" ")
        for number, word in enumerate(words[: self._words]):
            space = " " if number < len(words) - 1 else ""
            yield Clip(word + space, silence(0.2, 24_000))
        if self._words < 9:
            raise EngineError("halfway synthesizer", "unavailable", retryable=True)


class HalfwayModel(_Ready):
    """Writes ``words`` words, and then the connection drops."""

    languages = frozenset({"en", "ko"})
    writing = Writing()

    def __init__(self, words: int = 1) -> None:
        self._words = words

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        for _ in range(self._words):
            yield "What "
        raise EngineError("halfway model", "unavailable", retryable=True)

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        raise EngineError("halfway model", "malformed", retryable=True)
