"""The files of a recording: both sides' raw sound while an interview goes on, Ogg/Opus after it.

``MEDIA_ROOT/recordings/<interview>/`` holds ``candidate.pcm`` and ``interviewer.pcm``, s16le mono:
sample ``n`` was heard at ``n / RATE`` seconds of the interview's clock, and what nobody wrote is
silence. Once the interview is over they are mixed into ``recording.ogg`` and deleted.
"""

import fcntl
import logging
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Literal

import av
import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from voice.audio import RATE, WIDTH

log = logging.getLogger(__name__)

Side = Literal["candidate", "interviewer"]
SIDES: tuple[Side, ...] = ("candidate", "interviewer")

BIT_RATE = 32_000
"""Of the Ogg/Opus file: 14 MB an hour."""
CONTENT_TYPE = "audio/ogg"

_encoder = ThreadPoolExecutor(1, thread_name_prefix="recording-encoder")


def recorded_interviews() -> set[uuid.UUID]:
    """The interviews of which there is a recording."""
    if not _folder().exists():
        return set()
    return {uuid.UUID(entry.name) for entry in _folder().iterdir()}


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "recordings"


class RecordingFiles:
    """One interview's recording. Whatever touches the disk may raise ``OSError``."""

    def __init__(self, interview_id: uuid.UUID) -> None:
        self._id = interview_id
        self._folder = _folder() / str(interview_id)
        self.encoded = self._folder / "recording.ogg"

    @property
    def exist(self) -> bool:
        """Whether there is anything to hear, now or once it is encoded."""
        return self.encoded.exists() or self._raw("candidate").exists()

    def create(self) -> None:
        """Begin; a recording that has begun is left as it is."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for side in SIDES:
            self._raw(side).touch()

    def write(self, side: Side, sample: int, pcm: bytes) -> None:
        """Put sound at its place; raises ``FileNotFoundError`` unless the recording has begun."""
        with self._raw(side).open("r+b") as file:
            file.seek(sample * WIDTH)
            file.write(pcm)

    def cut(self, side: Side, sample: int) -> None:
        """Forget what is recorded from ``sample`` on."""
        path = self._raw(side)
        if path.stat().st_size > sample * WIDTH:
            os.truncate(path, sample * WIDTH)

    def delete(self) -> None:
        """Leave nothing of it."""
        if self._folder.exists():
            shutil.rmtree(self._folder)

    def encode_soon(self) -> None:
        """Encode on the thread that this process has for it. Only for an interview that is over."""
        _encoder.submit(self._encode_logged)

    def encode(self) -> None:
        """Make ``recording.ogg`` of the tracks, second by second, and delete them; what holds
        nothing is deleted altogether.

        Returns at once if that is done or another process is at it. What a crash leaves half done
        is begun anew by the next call.
        """
        with ExitStack() as files:
            try:
                tracks = [files.enter_context(self._raw(side).open("rb")) for side in SIDES]
                fcntl.flock(tracks[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (FileNotFoundError, BlockingIOError):
                return
            if not any(self._raw(side).stat().st_size for side in SIDES):
                self.delete()
                return
            if not self.encoded.exists():
                half_done = self._folder / "encoding.ogg"
                _encode(_mixed(tracks), half_done)
                half_done.replace(self.encoded)
            for side in SIDES:
                self._raw(side).unlink(missing_ok=True)

    def _encode_logged(self) -> None:
        try:
            self.encode()
        except (OSError, av.FFmpegError) as error:
            log.error("the recording of interview %s cannot be encoded: %s", self._id, error)
            with suppress(OSError):
                (self._folder / "encoding.ogg").unlink(missing_ok=True)

    def _raw(self, side: Side) -> Path:
        return self._folder / f"{side}.pcm"


def _mixed(tracks: Sequence[BinaryIO]) -> Iterator[NDArray[np.int16]]:
    """Both sides in one, a second at a time, as long as the longer of them."""
    while any(seconds := [track.read(RATE * WIDTH) for track in tracks]):
        total = np.zeros(max(map(len, seconds)) // WIDTH, np.int32)
        for pcm in seconds:
            samples = np.frombuffer(pcm, np.int16, len(pcm) // WIDTH)
            total[: len(samples)] += samples
        yield np.clip(total, -32_768, 32_767).astype(np.int16)


def _encode(seconds: Iterator[NDArray[np.int16]], path: Path) -> None:
    position = 0
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.layout = "mono"
        stream.bit_rate = BIT_RATE
        stream.codec_context.options = {"application": "voip", "compression_level": "5"}
        for samples in seconds:
            frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.time_base = Fraction(1, RATE)
            frame.pts = position
            position += len(samples)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
