"""The sound of an interview: kept while it goes on, and what there is to hear afterwards.

An interview is recorded if its config says so and its candidate agreed on the page before the
room, which sets ``Interview.consented_at``; one that was made by the API needs that too. It is
recorded from its beginning or not at all.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Literal

from interviews.models import Interview
from interviews.models.status import RecordingLoss
from interviews.recordings.files import RecordingFiles, Side
from interviews.recordings.track import MicrophoneTrack, SpeechTrack
from voice.audio import RATE
from voice.events import Event, Sound, SoundCleared, SoundEnded, SoundStarted

log = logging.getLogger(__name__)

WRITES_WAITING = 60
"""About as many seconds of sound of one interview may wait for the disk."""
CLOSING_SECONDS = 2.0

_writer = ThreadPoolExecutor(1, thread_name_prefix="recording-writer")


def is_recorded(interview: Interview) -> bool:
    return bool(interview.snapshot["options"]["recording"] and interview.consented_at)


def state(interview: Interview) -> Literal["", "lost", "missing", "pending", "ready"]:
    """What there is to hear; empty if it was not to be recorded or is not over. What is pending is
    being made from now on, if it was not before; why one is lost stands in ``recording_lost``."""
    if not interview.is_over or not is_recorded(interview):
        return ""
    if interview.recording_lost:
        return "lost"
    files = RecordingFiles(interview.pk)
    if files.encoded.exists():
        return "ready"
    if not files.exist:
        return "missing"
    files.encode_soon()
    return "pending"


class Recording:
    """What one connection adds to an interview's recording. Nothing here waits for the disk.

    Should the disk fail or be too slow, the recording is deleted, ``lost`` and one line in the log
    say so, and the interview goes on without. The interviewer's side follows playback: what was
    sent and then cleared, or was still to be played when the connection closed, was not heard.
    """

    def __init__(
        self,
        interview: Interview,
        clock: Callable[[], float],
        *,
        begins: bool,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        """``begins``: nothing has been said in this interview yet. ``tell`` is called, on any
        thread, when the recording is lost."""
        self.lost = ""
        """Why there will be none, a ``RecordingLoss``, if this connection has lost it."""
        self._tell = tell
        self._id = interview.pk
        self._clock = clock
        self._files = RecordingFiles(interview.pk)
        self._open = is_recorded(interview)
        self._lost = threading.Event()
        self._places = threading.BoundedSemaphore(WRITES_WAITING)
        self._utterance = ""
        self._candidate = MicrophoneTrack(*self._disk("candidate"))
        self._interviewer = SpeechTrack(*self._disk("interviewer"))
        if not self._open:
            return
        if begins:
            self._submit(self._files.create)
        else:
            # The clock lost its last seconds if the process died: they are lived again.
            self._submit(self._files.cut, "interviewer", self._now())

    def hear(self, pcm: bytes) -> None:
        """Microphone audio: PCM s16le mono at ``RATE``, in pieces of any length."""
        if self._open:
            self._candidate.hear(pcm, self._now())

    def take(self, event: Event) -> None:
        """Anything that the call sends, as it leaves."""
        if not self._open:
            return
        match event:
            case SoundStarted():
                self._utterance = event.utterance
                self._interviewer.begin(event.rate)
            case Sound():
                self._interviewer.speak(event.pcm, self._now())
            case SoundEnded():
                self._interviewer.finish()
            case SoundCleared() if event.utterance == self._utterance:
                self._interviewer.clear(event.heard_seconds)

    async def close(self) -> None:
        """The connection is gone: what was heard is written, what was still to come forgotten."""
        if not self._open:
            return
        self._open = False
        self._interviewer.cut(self._now())
        self._interviewer.flush()
        self._candidate.flush()
        if last := self._submit(lambda: None):
            await asyncio.wait([asyncio.wrap_future(last)], timeout=CLOSING_SECONDS)

    def encode(self) -> None:
        """The interview is over."""
        self._files.encode_soon()

    def _now(self) -> int:
        return round(self._clock() * RATE)

    def _disk(self, side: Side) -> tuple[Callable[[int, bytes], None], Callable[[int], None]]:
        """``write`` and ``cut`` of one track."""

        def write(position: int, pcm: bytes) -> None:
            self._submit(self._files.write, side, position, pcm)

        def cut(position: int) -> None:
            self._submit(self._files.cut, side, position)

        return write, cut

    def _submit(self, job: Callable[..., None], *args: Any) -> Future[None] | None:
        if self._lost.is_set():
            return None
        if not self._places.acquire(blocking=False):
            self._lose(RecordingLoss.SLOW, "the disk is too slow")
            return None
        return _writer.submit(self._work, partial(job, *args))

    def _work(self, job: Callable[[], None]) -> None:
        try:
            if not self._lost.is_set():
                job()
        except FileNotFoundError:
            self._lost.set()  # It was lost or deleted before: no recording of a half.
        except OSError as error:
            self._lose(RecordingLoss.DISK, str(error))
        except Exception:
            log.exception("the recording of interview %s", self._id)
        finally:
            self._places.release()

    def _lose(self, why: RecordingLoss, reason: str) -> None:
        self._lost.set()
        self.lost = why.value
        log.error("interview %s goes on without its recording: %s", self._id, reason)
        _writer.submit(self._files.delete)
        self._tell()
