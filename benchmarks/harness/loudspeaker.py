"""Plays what arrives, in real time, and knows how much of it has been heard."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr

from benchmarks.conversations.speech import Samples
from benchmarks.harness.record import Arrival
from benchmarks.systems import Observation
from voice.audio import RATE, WIDTH

AUDIBLE = 0.01 * 32_768
"""Below this a sample is not heard."""
SILENT_END = 1.0
"""Seconds without sound after which an utterance is over whose end nobody has announced."""


@dataclass(slots=True)
class Playing:
    """One utterance of the interviewer."""

    utterance: str
    started: float
    """When its first sound arrived."""
    audible: float | None = None
    """When it could first be heard."""
    played: float = 0.0
    """Seconds that have come out of the loudspeaker."""
    received: float = 0.0
    ended: bool = False
    """All of it has arrived, or what was left has been dropped."""


class Loudspeaker:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.utterances: dict[str, Playing] = {}
        self.arrivals: list[Arrival] = []
        self._clock = clock
        self._queue: deque[tuple[str, Samples]] = deque()
        self._resamplers: dict[tuple[str, int], soxr.ResampleStream] = {}
        self._playhead = 0.0
        """When everything that has arrived will have been played."""

    @property
    def latest(self) -> Playing | None:
        return next(reversed(self.utterances.values()), None)

    @property
    def speaking(self) -> bool:
        """Whether the interviewer is heard, or will go on in a moment."""
        latest, now = self.latest, self._clock()
        if latest is None or now < self._playhead:
            return latest is not None
        return not latest.ended and now - self._playhead < SILENT_END

    def take(self, seen: Observation) -> None:
        """Note ``seen``, and play it if it is sound."""
        seconds = quiet = 0.0
        if seen.kind == "audio":
            samples = np.frombuffer(seen.pcm, "<i2")
            seconds = len(samples) / seen.rate
            loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE)
            quiet = float(loud[0]) / seen.rate if loud.size else seconds
            self._play(seen, seconds, quiet)
        elif seen.kind == "audio_clear":
            self._drop(seen)
        elif seen.kind == "audio_end" and seen.utterance in self.utterances:
            self.utterances[seen.utterance].ended = True
        self.arrivals.append(Arrival(seen.at, seen.kind, seen.utterance, seen.text, seconds, quiet))

    def pull(self, count: int) -> Samples:
        """The next ``count`` samples at ``RATE`` Hz that come out of it."""
        out = np.zeros(count, np.float32)
        filled = 0
        while filled < count and self._queue:
            utterance, samples = self._queue[0]
            part = samples[: count - filled]
            out[filled : filled + len(part)] = part
            filled += len(part)
            self.utterances[utterance].played += len(part) / RATE
            if len(part) == len(samples):
                self._queue.popleft()
            else:
                self._queue[0] = (utterance, samples[len(part) :])
        return out

    def _play(self, seen: Observation, seconds: float, quiet: float) -> None:
        playing = self.utterances.get(seen.utterance)
        if playing is None:
            playing = self.utterances[seen.utterance] = Playing(seen.utterance, seen.at)
        begins = max(self._playhead, seen.at)
        if playing.audible is None and quiet < seconds:
            playing.audible = begins + quiet
        playing.received += seconds
        self._playhead = begins + seconds
        self._queue.append((seen.utterance, self._resampled(seen)))

    def _resampled(self, seen: Observation) -> Samples:
        samples = np.frombuffer(seen.pcm[: len(seen.pcm) // WIDTH * WIDTH], "<i2")
        heard = samples.astype(np.float32) / np.float32(32_768)
        if seen.rate == RATE:
            return heard
        key = (seen.utterance, seen.rate)
        if key not in self._resamplers:
            self._resamplers = {key: soxr.ResampleStream(seen.rate, RATE, 1, dtype="float32")}
        found: Samples = self._resamplers[key].resample_chunk(heard)
        return found

    def _drop(self, seen: Observation) -> None:
        self._queue = deque(item for item in self._queue if item[0] != seen.utterance)
        self._playhead = seen.at
        if seen.utterance in self.utterances:
            self.utterances[seen.utterance].ended = True
