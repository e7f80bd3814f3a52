"""By how much the detector hears speech go on beyond its last voiced sample."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import FRAME, SpokenAnswer
from benchmarks.embedded.microphone import NOISE
from voice.adapters.silero import Silero
from voice.audio import RATE, WIDTH
from voice.endpointing import WINDOW_BYTES, Endpointer, Patience, Paused
from voice.foreground import Foreground

BEFORE, AFTER = 50, 25
"""Frames of room around an answer: one second, half a second."""
PHASES = 8
"""Places within a window at which an answer's first frame may lie."""


async def lags(answers: Sequence[SpokenAnswer]) -> list[float]:
    """Seconds for each answer, the mean over all places within a window. They are heard in turn,
    as in the interview, with its room beneath them: what is a quiet end depends on both."""
    detector = Silero()
    await detector.warm()
    try:
        heard = [list(_lags(detector, answers, phase)) for phase in range(PHASES)]
    finally:
        await detector.close()
    return [float(np.mean(places)) for places in zip(*heard, strict=True)]


def _lags(detector: Silero, answers: Sequence[SpokenAnswer], phase: int) -> Iterator[float]:
    random = np.random.default_rng(phase)
    endpointer = Endpointer(Patience(finished=9.0, unsure=9.0, unfinished=9.0))
    detection = Foreground(detector.open())
    sound = _in_room(random, np.zeros(phase * WINDOW_BYTES // WIDTH // PHASES))
    for answer in answers:
        sound += _in_room(random, np.zeros(BEFORE * FRAME))
        sound += _in_room(random, np.frombuffer(answer.audio.pcm, np.int16))
        spoken = endpointer.clock + len(sound) / WIDTH / RATE
        sound += _in_room(random, np.zeros(AFTER * FRAME))
        end = 0.0
        while len(sound) >= WINDOW_BYTES:
            window, sound = sound[:WINDOW_BYTES], sound[WINDOW_BYTES:]
            activity = endpointer.feed(detection.probability(window))
            if isinstance(activity, Paused):
                end = activity.at
        endpointer.finish()
        yield end - spoken


def _in_room(random: np.random.Generator, samples: NDArray[Any]) -> bytes:
    heard = samples + random.normal(0, NOISE, samples.size)
    return heard.clip(-32_768, 32_767).astype("<i2").tobytes()
