"""A deterministic live recognizer: words come out as fast as they are spoken, and ``lag`` late."""

import asyncio
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from voice.audio import RATE, WIDTH
from voice.engines import Transcript
from voice.errors import EngineError

LEVEL = 500
"""Loudness (0–32767) above which a sample is speech."""


@dataclass
class ScriptedLive:
    """Hears the next of ``words`` in every ``pace`` seconds of speech, the last again and again.

    ``lag`` is the time from a word to its appearance, ``final`` that from a commit to its words.
    """

    words: Sequence[str] = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    pace: float = 0.3
    lag: float = 0.15
    final: float = 0.1
    connecting: float = 0.1
    language: str = "en"
    refuses: EngineError | None = None
    """Raised instead of a connection."""
    breaks: str = ""
    """``silent``: no commit is answered. ``drops``: the connection breaks at the next commit."""
    made: "list[ScriptedDictation]" = field(default_factory=list)

    async def warm(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to free."""

    async def dictate(
        self, *, language: str | None, terms: str, on_words: Callable[[], None]
    ) -> "ScriptedDictation":
        await asyncio.sleep(self.connecting)
        if self.refuses:
            raise self.refuses
        dictation = ScriptedDictation(self, language or self.language, on_words)
        self.made.append(dictation)
        return dictation


class ScriptedDictation:
    def __init__(self, script: ScriptedLive, language: str, on_words: Callable[[], None]) -> None:
        self.error: EngineError | None = None
        self.heard = 0.0
        """Seconds of speech since it was opened."""
        self.sent = 0.0
        """Seconds of audio since it was opened."""
        self.commits = 0
        self.closed = False
        self._script = script
        self._language = language
        self._on_words = on_words
        self._segment = 0
        self._shown = 0
        self._final = 0
        self._waiting: list[asyncio.TimerHandle] = []

    @property
    def words(self) -> str:
        return self._text(self._final, self._shown)

    def expect(self, terms: str) -> None:
        """The script is fixed."""

    def hear(self, pcm: bytes) -> None:
        samples = array("h", pcm)
        self.sent += len(pcm) / WIDTH / RATE
        self.heard += sum(abs(sample) > LEVEL for sample in samples) / RATE
        while self._segment < round(self.heard / self._script.pace + 0.2):
            self._segment += 1
            show = asyncio.get_running_loop().call_later(
                self._script.lag, self._show, self._segment
            )
            self._waiting.append(show)

    async def commit(self) -> Transcript:
        self.commits += 1
        until = self._segment
        if self._script.breaks == "drops":
            self.error = EngineError("scripted live", "unavailable", retryable=True)
            self._on_words()
        if self.error:
            raise self.error
        if self._script.breaks == "silent":
            await asyncio.sleep(2.0)
            self.error = EngineError("scripted live", "timeout", retryable=True)
            self._on_words()
            raise self.error
        await asyncio.sleep(self._script.final)
        begin, self._final = self._final, max(self._final, until)
        text = self._text(begin, until)
        self._show(until)
        return Transcript(text, self._language, 0.9 if text else 0.0)

    def drop(self) -> None:
        self._final = self._segment

    async def close(self) -> None:
        self.closed = True
        self.error = self.error or EngineError("scripted live", "closed")
        for show in self._waiting:
            show.cancel()

    def _show(self, number: int) -> None:
        self._shown = max(self._shown, number)
        self._on_words()

    def _text(self, begin: int, end: int) -> str:
        words = self._script.words
        return " ".join(words[min(index, len(words) - 1)] for index in range(begin, end))
