"""The candidate's side of a call: microphone audio in, voice activity and an utterance out."""

import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from voice.endpointing import (
    WINDOW_BYTES,
    WINDOW_SECONDS,
    Activity,
    Ended,
    Endpointer,
    Patience,
    Started,
)
from voice.engines import Detector
from voice.transcription import Transcription

PRE_ROLL = 0.4
"""Seconds before the onset that belong to the utterance: onsets are found late."""


@dataclass(eq=False, slots=True)
class Utterance:
    """What the candidate is saying: its audio and words, and when it began."""

    transcription: Transcription
    start: float
    began: float
    """Its start in seconds of the stream."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    end: float = 0.0


class Listener:
    """Judges every window of the microphone once and keeps the utterance that is open."""

    def __init__(
        self,
        detector: Detector,
        patience: Patience,
        clock: Callable[[], float],
        transcribe: Callable[[], Transcription],
    ) -> None:
        self.endpointer = Endpointer(patience)
        self.utterance: Utterance | None = None
        self.continues: Utterance | None = None
        """An utterance whose end may have been taken too early: the next speech belongs to it."""
        self._detection = detector.open()
        self._clock = clock
        self._transcribe = transcribe
        self._buffer = bytearray()
        self._pre_roll: deque[tuple[bytes, float]] = deque(maxlen=round(PRE_ROLL / WINDOW_SECONDS))

    def feed(self, pcm: bytes) -> Iterator[Activity]:
        """Take PCM s16le at 16 kHz, any length; gives each activity as it happens."""
        self._buffer += pcm
        whole = len(self._buffer) // WINDOW_BYTES * WINDOW_BYTES
        windows, self._buffer = bytes(self._buffer[:whole]), self._buffer[whole:]
        for start in range(0, whole, WINDOW_BYTES):
            if activity := self._judge(windows[start : start + WINDOW_BYTES]):
                yield activity

    def finish(self) -> Activity | None:
        """The candidate says that the answer is complete (push-to-talk released)."""
        if activity := self.endpointer.finish():
            self._close(activity.at)
        return activity

    def discard(self) -> None:
        """The candidate answers in another way: what was being said is not an answer."""
        self.endpointer.finish()
        if self.utterance:
            self.utterance.transcription.close()
        self.utterance = self.continues = None

    def _judge(self, window: bytes) -> Activity | None:
        probability = self._detection.probability(window)
        activity = self.endpointer.feed(probability)
        if isinstance(activity, Started):
            self._open(activity.at)
        elif isinstance(activity, Ended):
            self._close(activity.at)
        if self.utterance and self.endpointer.speaking:
            self._append(self.utterance, window, probability)
        else:
            self._pre_roll.append((window, probability))
        return activity

    def _open(self, at: float) -> None:
        if self.continues is None:
            start = max(0.0, self._clock() - (self.endpointer.clock - at))
            self.utterance = Utterance(self._transcribe(), start, at)
        else:
            self.utterance, self.continues = self.continues, None
        for window, probability in self._pre_roll:
            self._append(self.utterance, window, probability)
        self._pre_roll.clear()

    def _append(self, utterance: Utterance, window: bytes, probability: float) -> None:
        voiced = probability >= self.endpointer.release
        utterance.transcription.add(window, probability, voiced=voiced)

    def _close(self, at: float) -> None:
        if utterance := self.utterance:
            # What was kept while the connection was lost comes in one moment, but did not take one.
            lasted = at - utterance.began
            ended = self._clock() - (self.endpointer.clock - at)
            utterance.end = max(utterance.start + lasted, ended)
