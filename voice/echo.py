"""Tells the interviewer's voice, come back from open speakers, from the candidate's.

What was sent is known, and about when it was played. If the microphone's spectra follow those of
what was played at a steady delay, that delay and the path's gain in each band are learnt from
them; what is clearly louder than the echo to be expected is the candidate. A browser's own echo
cancellation usually leaves nothing, or a weak and crooked rest: spectra in bands still follow it,
where samples would not. Pure: no task, no clock of its own, memory of a few seconds.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.audio import WIDTH
from voice.spectrum import BANDS, FLOOR, WINDOW, samples, spectra

HOP = 0.016
"""Seconds from one remembered spectrum of the far end to the next."""
EARLIEST, LATEST = -0.12, 0.6
"""Delays that are looked for: from the believed moment of playback to the microphone's. Reports
of playback come late and in steps, so that an echo may even seem to come too early."""
KEPT = 3.0
"""Seconds of the far end that are remembered: what is on its way and what may still echo."""
AT_ONCE = 16
"""Hops that are analysed together beyond those that are wanted: the next windows want them."""
SILENT = 1e-6
"""Mean square of a window that is no voice of anybody: -60 dB of full scale."""
LOUD = 1e-3
"""Mean square of far-end sound whose echo, if there is one, is heard: -30 dB."""
QUIET = -62.0
"""A window below this level, in dB of full scale, is no voice of anybody."""
PRESENT = -60.0
"""A band of the far end above this level can be heard to echo."""
RANGE = 20.0
"""Bands further below the loudest than this, in dB, say nothing of who speaks."""
MEMORY = 0.98
"""How much of what is known of the path is left after a window: about a second's worth."""
FOLLOWS = 0.55
"""Correlation from which the microphone is taken to follow the far end."""
ENOUGH = 25.0
"""Windows of far-end sound, fading, that must have been compared before a lack of correlation
proves anything: about a second. With fewer an echo whose playback is not yet timed well would be
taken for a voice."""
UNLIKE = 0.35
"""Correlation below which there is no echo, once enough has been compared."""
FORGETS = 0.25
"""Correlation below which a known echo is believed to have gone."""
VARIANCE = BANDS * 100.0
"""Of a window of speech about its mean, in dB², summed over the bands."""
DOUBT = 3 * VARIANCE
"""What a correlation must overcome: a few windows of speech resemble any other."""
FEWEST = 8.0
"""The same, before a correlation proves anything."""
LEARNS = 0.1
"""Share of a window's surprise that the gains take up."""
UNPROVEN_GAIN = -3.0
"""The loudest echo that is believed possible before anything is known of it, in dB."""
MARGIN = 3.0
SURPRISE = 1.5
"""The candidate is louder than the echo expected by the margin in dB, and by so many times what
the echo itself is usually off."""
DECAY = 3.2
"""dB by which a room's echo falls in one hop at most: 0.3 s to -60 dB."""


class Source(Enum):
    """Who is heard in a window."""

    NOBODY = "nobody"
    ECHO = "echo"
    CANDIDATE = "candidate"
    """Alone, or louder than the echo."""


class FarEnd:
    """One utterance of ours, and the spectra of what is being played of it."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._hop = round(HOP * rate)
        self._size = round(WINDOW * rate)
        self._pcm = bytearray()
        self._dropped = 0
        """Hops of sound that are no longer kept."""
        self._levels = np.full((round(KEPT / HOP), BANDS), FLOOR, np.float32)
        self._first = self._end = 0
        """Positions, in hops, of the spectra that are there: made when they are first needed."""

    def add(self, pcm: bytes) -> None:
        """The next piece of it that has been sent: PCM s16le."""
        self._pcm += pcm
        step = WIDTH * self._hop
        surplus = (len(self._pcm) - round(KEPT * self._rate) * WIDTH) // step
        if surplus > 0:
            del self._pcm[: surplus * step]
            self._dropped += surplus

    def around(self, position: float) -> NDArray[np.float32]:
        """Levels (lags, bands) of what was played ``EARLIEST`` .. ``LATEST`` before the window
        that ends at ``position`` seconds; ``FLOOR`` where there is nothing."""
        wanted = round((position - WINDOW) * self._rate / self._hop) - _LAGS
        self._analyse(int(wanted[-1]), int(wanted[0]) + 1)
        known = (wanted >= self._first) & (wanted < self._end)
        return np.where(known[:, None], self._levels[wanted % len(self._levels)], FLOOR)

    def sounds(self, position: float) -> bool:
        """Whether what is being played just now is more than a pause."""
        start = (round(position * self._rate) - self._size - self._dropped * self._hop) * WIDTH
        sound = samples(bytes(self._pcm[max(0, start) : max(0, start + self._size * WIDTH)]))
        return float(sound @ sound) > LOUD * self._size

    def _analyse(self, first: int, end: int) -> None:
        sent = self._dropped + (len(self._pcm) // WIDTH - self._size) // self._hop + 1
        begin = max(self._end, self._dropped, first)
        if begin >= min(end, sent):
            return
        end = min(end + AT_ONCE, sent)
        if begin > self._end:
            self._first = begin
        step = WIDTH * self._hop
        start = (begin - self._dropped) * step
        stop = (end - 1 - self._dropped) * step + WIDTH * self._size
        sound = samples(bytes(self._pcm[start:stop]))
        frames = np.lib.stride_tricks.sliding_window_view(sound, self._size)[:: self._hop]
        self._levels[np.arange(begin, end) % len(self._levels)] = spectra(frames)
        self._end = end
        self._first = max(self._first, end - len(self._levels))


@dataclass(frozen=True, slots=True)
class Playback:
    """What is heard of us at a moment: ``position`` seconds into ``far``."""

    far: FarEnd
    position: float
    audible: bool
    """There is more of it to come; otherwise it can only echo."""


_LAGS = np.arange(round(EARLIEST / HOP), round(LATEST / HOP) + 1)
_LINGERS = 15
"""Hops for which a sound may be heard in the room after it was played."""
_SLACK = 2
"""Hops by which a delay may be off from one window to the next."""


class EchoJudge:
    """What is known of the path from our loudspeaker to the candidate's microphone."""

    def __init__(self) -> None:
        # Fading sums over windows, for the correlation at each delay: of the products of both
        # sides' levels about their means, and of the squares of either.
        self._both = np.zeros(len(_LAGS))
        self._far = np.full(len(_LAGS), 1e-6)
        self._near = 1e-6
        self._compared = 0.0
        """Windows, fading likewise."""
        self._mean_near = np.full(BANDS, np.nan)
        self._mean_far = np.full(BANDS, np.nan)
        self._lag: int | None = None
        """Index of the echo's delay."""
        self._correlation = 0.0
        """At the delay at which it is best."""
        self._excess = 0.0
        """By how many dB the last window was louder than its expected echo."""
        self._surprise = 3.0
        """What that usually is while only the echo is heard, in dB."""
        self._gain = np.zeros(BANDS)

    @property
    def delay(self) -> float | None:
        """Seconds from the believed playback to the echo; None: no echo is known."""
        return None if self._lag is None else float(_LAGS[self._lag] * HOP)

    @property
    def absent(self) -> bool:
        """It has been proved that nothing of ours comes back."""
        return self._lag is None and self._compared >= ENOUGH and self._correlation < UNLIKE

    def judge(self, window: bytes, far: FarEnd, position: float) -> Source:
        """Who is heard in one window of the microphone (``WINDOW`` seconds at 16 kHz), at the
        end of which about ``position`` seconds of ``far`` have been played."""
        sound = samples(window)
        if float(sound @ sound) < SILENT * len(sound):
            if self._lag is None and far.sounds(position):
                self._hear_nothing()
            return Source.NOBODY
        lags = far.around(position)
        if lags.max() < PRESENT:
            return Source.CANDIDATE
        [near] = spectra(sound[None])
        self._compare(near, lags)
        if self._lag is None:
            if self.absent:
                return Source.CANDIDATE
            loudest = lags.max(axis=0) + UNPROVEN_GAIN
            return Source.CANDIDATE if _excess(near, loudest) > 0 else Source.ECHO
        expected = _reverberant(lags, self._lag)
        excess = _excess(near, expected + self._gain)
        steady, self._excess = (excess + self._excess) / 2, excess
        if steady > MARGIN + SURPRISE * self._surprise:
            return Source.CANDIDATE
        self._surprise += LEARNS * (abs(excess) - self._surprise)
        self._gain += LEARNS * (near - expected - self._gain)
        return Source.ECHO

    def _hear_nothing(self) -> None:
        """Our voice is played, and nothing comes back: as much as a window that is unlike it."""
        self._compared = MEMORY * self._compared + 1
        self._both *= MEMORY
        self._near *= MEMORY
        self._far = MEMORY * self._far + VARIANCE

    def _compare(self, near: NDArray[np.float32], far: NDArray[np.float32]) -> None:
        near = np.maximum(near, QUIET)
        far = np.maximum(far, PRESENT)
        if np.isnan(self._mean_near[0]):
            self._mean_near, self._mean_far = near.astype(float), far.mean(axis=0).astype(float)
        self._mean_near += (1 - MEMORY) * (near - self._mean_near)
        self._mean_far += (1 - MEMORY) * (far.mean(axis=0) - self._mean_far)
        a, b = near - self._mean_near, far - self._mean_far
        self._both = MEMORY * self._both + b @ a
        self._far = MEMORY * self._far + np.square(b).sum(axis=1)
        self._near = MEMORY * self._near + float(a @ a)
        self._compared = MEMORY * self._compared + 1
        correlation = self._both / np.sqrt(self._far * (self._near + DOUBT))
        best = int(np.argmax(correlation))
        self._correlation = float(correlation[best])
        if self._correlation > FOLLOWS and self._compared >= FEWEST:
            if self._lag is None:
                self._gain = self._mean_near - self._mean_far
            self._lag = best
        elif self._correlation < FORGETS and self._compared >= ENOUGH:
            self._lag = None


def _reverberant(far: NDArray[np.float32], lag: int) -> NDArray[np.float32]:
    """Levels that the far end may have in the room at ``lag``: what came just before lingers."""
    first = max(0, lag - _SLACK)
    heard = far[first : lag + _LINGERS]
    age = np.maximum(0, np.arange(len(heard)) + first - lag - _SLACK)
    return np.asarray((heard - DECAY * age[:, None]).max(axis=0))


def _excess(near: NDArray[np.float32], expected: NDArray[Any]) -> float:
    """By how many dB a window is louder than expected, in the bands in which it is loud."""
    return float((near - expected)[near > near.max() - RANGE].mean())
