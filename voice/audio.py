"""PCM, durations, resampling, and encoded microphone audio in."""

from dataclasses import dataclass

RATE = 16_000
"""Sample rate of everything that a call hears, in Hz."""

WIDTH = 2
"""Bytes a sample: signed 16-bit little-endian, mono."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Mono PCM s16le at ``rate`` Hz."""

    pcm: bytes
    rate: int = RATE

    @property
    def seconds(self) -> float:
        return len(self.pcm) / WIDTH / self.rate
