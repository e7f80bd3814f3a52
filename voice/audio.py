"""PCM, durations, resampling, and the microphone's raw PCM in; WebM/Opus in is ``voice.webm``."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from voice.errors import BadAudio

RATE = 16_000
"""Sample rate of everything that a call hears, in Hz."""

WIDTH = 2
"""Bytes a sample: signed 16-bit little-endian, mono."""

MICROPHONE_RATES = range(8_000, 48_001)
"""Sample rates that a microphone may have, in Hz."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Mono PCM s16le at ``rate`` Hz."""

    pcm: bytes
    rate: int = RATE

    @property
    def seconds(self) -> float:
        return len(self.pcm) / WIDTH / self.rate

    @property
    def level(self) -> float:
        """Root mean square in dBFS: 0 is the loudest square wave, -100 and below is silence."""
        samples = np.frombuffer(self.pcm, np.int16).astype(np.float32)
        power = float(np.mean(np.square(samples))) if samples.size else 0.0
        return 10 * float(np.log10(max(power, 1e-1))) - 20 * float(np.log10(32_768))


def silence(seconds: float, rate: int = RATE) -> Audio:
    return Audio(bytes(round(seconds * rate) * WIDTH), rate)


def resample(audio: Audio, rate: int) -> Audio:
    """The whole of ``audio`` at ``rate`` Hz."""
    if audio.rate == rate:
        return audio
    samples = soxr.resample(np.frombuffer(audio.pcm, np.int16), audio.rate, rate)
    return Audio(samples.tobytes(), rate)


class Decoder(Protocol):
    """Microphone bytes in, as they come off the wire; call audio out. One per stream."""

    def feed(self, data: bytes) -> bytes:
        """Decode what has become complete: PCM s16le mono at ``RATE``, maybe none yet.

        Raises ``BadAudio`` for a malformed ``data``, which is then dropped; the stream goes on.
        """


class PcmDecoder:
    """PCM s16le mono at ``sample_rate`` Hz, in messages of whole samples."""

    def __init__(self, sample_rate: int) -> None:
        if sample_rate not in MICROPHONE_RATES:
            raise BadAudio(f"a sample rate of {sample_rate} Hz is not within 8000 to 48000 Hz")
        # LQ holds back 20 ms, the better qualities 37 ms; recognizers hear no difference.
        self._resampler = (
            None
            if sample_rate == RATE
            else soxr.ResampleStream(sample_rate, RATE, 1, dtype="int16", quality="LQ")
        )

    def feed(self, data: bytes) -> bytes:
        if len(data) % WIDTH:
            raise BadAudio(f"{len(data)} bytes are not whole 16-bit samples")
        if self._resampler is None or not data:
            return data
        samples: NDArray[np.int16] = self._resampler.resample_chunk(np.frombuffer(data, np.int16))
        return samples.tobytes()
