"""Recordings to look into: where in them it sounds."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.utils import timezone
from numpy.typing import NDArray

from interviews.models import Interview
from interviews.recordings.files import RecordingFiles
from interviews.tests.cast import interview, mina
from voice.audio import RATE

EXACT = 0.05
"""Seconds by which a place in a recording may be wrong."""


def tone(seconds: float, rate: int = RATE) -> bytes:
    """400 Hz at a quarter of full scale."""
    times = np.arange(round(seconds * rate)) / rate
    return (8_192 * np.sin(800 * np.pi * times)).astype(np.int16).tobytes()


class Clock:
    """An interview's clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def agreed(**changes: Any) -> Interview:
    """An interview of Mina, who agreed to be recorded; ``changes`` are its snapshot's."""
    made = interview(mina(), **changes)
    made.consented_at = timezone.now()
    made.save()
    return made


def over(**sounds: tuple[float, float]) -> Interview:
    """One that has ended; ``candidate=(1, 2)`` hears them from second 1 to second 2."""
    made = agreed()
    files = RecordingFiles(made.pk)
    files.create()
    for side, (start, end) in sounds.items():
        files.write(side, round(start * RATE), tone(end - start))  # type: ignore[arg-type]
    made.end("finished")
    return made


def folder(interview: Interview) -> Path:
    return RecordingFiles(interview.pk).encoded.parent


def raw(interview: Interview, side: str) -> NDArray[np.int16]:
    return np.frombuffer((folder(interview) / f"{side}.pcm").read_bytes(), np.int16)


def spans(samples: NDArray[Any], rate: int = RATE) -> list[tuple[float, float]]:
    """Where it sounds, in seconds; what is apart by less than 100 ms is one."""
    loud = np.flatnonzero(np.abs(samples.astype(np.float64)) > 0.03 * 32_768) / rate
    if not loud.size:
        return []
    breaks = np.flatnonzero(np.diff(loud) > 0.1)
    return list(zip([loud[0], *loud[breaks + 1]], [*loud[breaks], loud[-1]], strict=True))


def places(*expected: tuple[float, float]) -> list[Any]:
    return [pytest.approx(span, abs=EXACT) for span in expected]


def decoded(path: Path) -> tuple[NDArray[Any], int]:
    """The samples of an Ogg/Opus file, scaled to 16 bits, and their rate."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    return np.concatenate(frames) * 32_768, rate
