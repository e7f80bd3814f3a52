"""Sound placed by the interview's clock, on its way to a recording; pure.

Positions are samples: ``n`` is heard at ``n / RATE`` seconds of the interview's clock.
"""

from collections.abc import Callable

import numpy as np
import soxr

from voice.audio import RATE, WIDTH, Audio

ALIGNED = RATE // 25
"""How far the microphone may be off the clock before the next pause makes up for it."""
GAP = RATE // 2
"""After so much of nothing the microphone goes on at the clock, in mid-word if need be."""
QUIET = -45.0
"""dBFS below which a piece of microphone audio is a pause."""


class Track:
    """One side's sound, handed on about a second at a time: PCM s16le mono at ``RATE``.

    ``write`` takes a position and the sound that begins there; ``cut`` takes a position from which
    on everything written is to be forgotten.
    """

    def __init__(self, write: Callable[[int, bytes], None], cut: Callable[[int], None]) -> None:
        self.end = 0
        """Where the sound so far ends."""
        self._write = write
        self._cut = cut
        self._waiting = bytearray()

    def add(self, pcm: bytes) -> None:
        self._waiting += pcm
        self.end += len(pcm) // WIDTH
        if len(self._waiting) >= RATE * WIDTH:
            self.flush()

    def move(self, position: int) -> None:
        """Go on there; what is left out is silence."""
        self.cut(position)
        self.flush()
        self.end = position

    def cut(self, position: int) -> None:
        if position < self.end:
            self.flush()
            self._cut(position)
            self.end = position

    def flush(self) -> None:
        if self._waiting:
            self._write(self.end - len(self._waiting) // WIDTH, bytes(self._waiting))
            self._waiting.clear()


class MicrophoneTrack(Track):
    """The candidate. Audio goes on where it ended, for the network's unsteadiness must not tear
    words; once it is off the clock, since nothing came for a while or much at once, a pause is
    lengthened or shortened."""

    _begun = False

    def hear(self, pcm: bytes, now: int) -> None:
        """``pcm``, of any length, has arrived at ``now``."""
        begun = max(0, now - min(len(pcm) // WIDTH, ALIGNED))
        late = begun - self.end
        if not self._begun:
            self._begun = True
            self.move(begun)
        elif abs(late) > ALIGNED:
            quiet = Audio(pcm).level < QUIET
            if quiet and late < 0:
                return
            if quiet or late > GAP:
                self.move(begun)
        self.add(pcm)


class SpeechTrack(Track):
    """The interviewer. An utterance is sent ahead of its playback; where its sound came too late
    to be played on without a break, its next piece begins."""

    def begin(self, rate: int) -> None:
        """An utterance follows, at ``rate`` Hz."""
        self._rate = rate
        self._pieces: list[tuple[float, int]] = []
        self._sent = 0.0
        self._resampler: soxr.ResampleStream | None = None

    def speak(self, pcm: bytes, now: int) -> None:
        """The next of its sound was sent at ``now``."""
        if not self._pieces or now > self._due:
            self.finish()
            self.move(now)
            self._pieces.append((self._sent, now))
            if self._rate != RATE:
                self._resampler = soxr.ResampleStream(self._rate, RATE, 1, dtype="int16")
        self._sent += len(pcm) / WIDTH / self._rate
        if self._resampler:
            samples = np.frombuffer(pcm, np.int16)
            pcm = self._resampler.resample_chunk(samples).tobytes()
        self.add(pcm)

    def finish(self) -> None:
        """All of the utterance's sound, or of a piece of it, has been sent."""
        if self._resampler:
            rest = self._resampler.resample_chunk(np.empty(0, np.int16), last=True)
            self._resampler = None
            self.add(rest.tobytes())
        self.flush()

    def clear(self, heard: float) -> None:
        """The rest of the utterance, after ``heard`` seconds of it, is not played."""
        self._resampler = None
        for sent, start in reversed(self._pieces):
            if sent <= heard:
                self.cut(start + round((heard - sent) * RATE))
                return

    @property
    def _due(self) -> int:
        """Where the sound that was sent so far ends; ``end`` lacks what the resampler holds."""
        sent, start = self._pieces[-1]
        return start + round((self._sent - sent) * RATE)
