"""Short-time spectra of speech in a few bands, the same for sounds of every sample rate."""

import numpy as np
from numpy.typing import NDArray

WINDOW = 0.032
"""Seconds that one spectrum looks at: the endpointer's window."""
EDGES = (100, 200, 300, 400, 550, 700, 900, 1150, 1450, 1800, 2250, 2800, 3500, 4500, 6000)
"""Edges of the bands in Hz, about as wide as the ear's."""
BANDS = len(EDGES) - 1
FLOOR = -90.0
"""Level of a band that holds nothing, in dB of full scale."""

_RESOLUTION = 1 / WINDOW
_BINS = np.array([round(edge / _RESOLUTION) for edge in EDGES])


def samples(pcm: bytes) -> NDArray[np.float32]:
    """PCM s16le as -1 .. 1."""
    return np.frombuffer(pcm, np.int16).astype(np.float32) / np.float32(32_768)


def spectra(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels in dB of full scale, (n, ``BANDS``), of n windows of ``WINDOW`` seconds (n, samples)
    of any sample rate; what a low one cannot hold is ``FLOOR``.
    """
    size = frames.shape[-1]
    power = np.square(np.abs(np.fft.rfft(frames * _taper(size), axis=-1)))
    if power.shape[1] <= _BINS[-1]:
        power = np.pad(power, ((0, 0), (0, _BINS[-1] + 1 - power.shape[1])))
    bands: NDArray[np.float64] = np.add.reduceat(power[:, : _BINS[-1]], _BINS[:-1], axis=1) / (
        size * size / 16
    )
    levels = 10 * np.log10(np.maximum(bands, 10 ** (FLOOR / 10)))
    return levels.astype(np.float32)


_TAPERS: dict[int, NDArray[np.float32]] = {}


def _taper(size: int) -> NDArray[np.float32]:
    if size not in _TAPERS:
        _TAPERS[size] = np.hanning(size).astype(np.float32)
    return _TAPERS[size]
