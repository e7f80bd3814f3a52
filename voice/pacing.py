"""Words and sound that stream in side by side, untimed -> clips that end between two words; pure.

Speech-to-speech engines write a reply's words ahead of its sound and tell no timing. The words of
a stretch of sound are taken to be as many as are spoken in it at an ordinary pace; the end of the
reply puts right what was estimated.
"""

import numpy as np

from voice.audio import WIDTH, Audio
from voice.engines import Clip, Piece
from voice.sentences import weight
from voice.visemes import Viseme, from_text

PACE = 16.0
"""Weight (``voice.sentences.weight``) of what is spoken in a second."""
SHORTEST = 0.3
"""Seconds of sound in a clip, but for the first and the last."""
QUIET = 400
"""Amplitude (of 32767) below which nobody speaks."""


class PacedSpeech:
    """Collects one reply. The clips' texts, joined, are its words."""

    def __init__(self, rate: int) -> None:
        self.text = ""
        """All words so far."""
        self._rate = rate
        self._pcm = bytearray()
        self._given = 0
        """How much of ``text`` is in clips already."""
        self._spoken = 0.0
        """Weight that was spoken in the sound of those clips beyond their words, or less."""

    def add(self, piece: Piece) -> Clip | None:
        """The next clip, once there is sound and a whole word for it."""
        self.text += piece.text
        self._pcm += piece.pcm
        seconds = len(self._pcm) / WIDTH / self._rate
        if not self._pcm or (self._given and seconds < SHORTEST):
            return None
        end = self._until(self._spoken + seconds * PACE)
        return self._clip(end) if end > self._given else None

    def rest(self) -> Clip | None:
        """What no clip holds yet, if anything."""
        left = self.text[self._given :].strip() or len(self._pcm) >= WIDTH
        return self._clip(len(self.text)) if left else None

    def _until(self, spoken: float) -> int:
        """Where the whole words of that weight end: at least one, never the unfinished last."""
        end = self._given
        while (space := self.text.find(" ", end + 1)) > 0:
            if end > self._given and weight(self.text[self._given : space]) > spoken:
                break
            end = space
        return end

    def _clip(self, end: int) -> Clip:
        text = self.text[self._given : end]
        size = len(self._pcm) // WIDTH * WIDTH
        audio = Audio(bytes(self._pcm[:size]), self._rate)
        del self._pcm[:size]
        self._given = end
        self._spoken += audio.seconds * PACE - weight(text)
        return Clip(text, audio, shapes(text, audio))


def shapes(text: str, audio: Audio) -> tuple[Viseme, ...]:
    """Mouth shapes of ``text`` over the part of ``audio`` in which somebody speaks."""
    samples = np.abs(np.frombuffer(audio.pcm, np.int16).astype(np.int32))
    voiced = np.flatnonzero(samples > QUIET)
    if not voiced.size:
        return ()
    start, end = voiced[0] / audio.rate, (voiced[-1] + 1) / audio.rate
    found = from_text(text.strip(), float(end - start))
    return tuple(Viseme(v.start + float(start), v.duration, v.shape) for v in found)
