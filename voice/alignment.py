"""Audio with aligned letters, as it streams in -> clips that end between two words; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from voice.audio import WIDTH, Audio
from voice.engines import Clip
from voice.visemes import from_letters, from_text

TOLERANCE = 0.05
"""Seconds by which a letter may seem to begin after the chunk that says it."""
REACH = 12
"""How many letters of the text a provider may leave out before the next one that it aligns."""


@dataclass(frozen=True, slots=True)
class Letter:
    """``text`` is said ``seconds`` long from ``start``, on the clock of its chunk or of the whole
    stream: providers differ, and ``AlignedSpeech`` tells which it is.
    """

    text: str
    start: float
    seconds: float


class AlignedSpeech:
    """Collects the stream that says ``text``. The clips' texts, joined, are ``text``."""

    def __init__(self, text: str, rate: int) -> None:
        self._text = text
        self._rate = rate
        self._pcm = bytearray()
        self._given = 0.0
        """Seconds of the stream that are in clips already."""
        self._cut = 0
        """Where the text of the next clip begins."""
        self._read = 0
        """Where the text that no letter was aligned with yet begins."""
        self._letters: list[tuple[int, Letter]] = []

    def add(self, pcm: bytes, letters: Sequence[Letter]) -> Clip | None:
        """The next clip, once a word has ended."""
        received = self._given + len(self._pcm) / WIDTH / self._rate
        self._pcm += pcm
        chunk = len(pcm) / WIDTH / self._rate
        whole_stream = bool(letters) and letters[-1].start > chunk + TOLERANCE
        offset = 0.0 if whole_stream else received
        for letter in letters:
            self._align(Letter(letter.text, letter.start + offset, letter.seconds))
        if not self._letters:
            return None
        if self._read == len(self._text.rstrip()) or self._text[self._read].isspace():
            return self._clip(self._after_spaces(self._read), len(self._pcm) // WIDTH * WIDTH)
        for position, letter in reversed(self._letters):
            if position > self._cut and self._text[position - 1].isspace():
                samples = max(0, round((letter.start - self._given) * self._rate))
                return self._clip(position, min(samples * WIDTH, len(self._pcm) // WIDTH * WIDTH))
        return None

    def rest(self) -> Clip | None:
        """What no clip holds yet, if anything."""
        if self._cut == len(self._text) and len(self._pcm) < WIDTH:
            return None
        return self._clip(len(self._text), len(self._pcm) // WIDTH * WIDTH)

    def _align(self, letter: Letter) -> None:
        """Find ``letter`` in the text; one that was added in speaking stands nowhere in it."""
        for character in letter.text:
            begin = self._after_spaces(self._read)
            found = self._text.find(character, begin, begin + REACH)
            if not character.isspace() and found >= 0:
                self._letters.append((found, letter))
                self._read = found + 1

    def _clip(self, end: int, size: int) -> Clip:
        text, self._cut, self._read = self._text[self._cut : end], end, max(end, self._read)
        audio = Audio(bytes(self._pcm[:size]), self._rate)
        del self._pcm[:size]
        said = [letter for position, letter in self._letters if position < end]
        self._letters = [item for item in self._letters if item[0] >= end]
        timed = ((item.text, item.start - self._given, item.seconds) for item in said)
        shapes = from_letters(timed, audio.seconds) if said else from_text(text, audio.seconds)
        self._given += audio.seconds
        return Clip(text, audio, shapes)

    def _after_spaces(self, position: int) -> int:
        rest = self._text[position:]
        return position + len(rest) - len(rest.lstrip())
