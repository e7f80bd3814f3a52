"""The candidate's side of a call: microphone audio in, voice activity and an utterance out."""

import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from voice.audio import Audio
from voice.barge_in import BargeIn
from voice.echo import EchoJudge, Playback, Source
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
from voice.foreground import Foreground
from voice.transcription import Transcription

PRE_ROLL = 0.4
"""Seconds before the onset that belong to the utterance: onsets are found late."""
LEAD = 0.16
"""Of them, at least so many before the first voiced window."""
LONGEST_HELD_BACK = 20.0
"""Seconds of a voice into the greeting that may turn out to be the first answer."""
PAUSE_HELD_BACK = 3.0
"""Seconds of silence in it after which it is another matter."""
JUST_NOW = 0.8
"""Seconds after which a short word into the end of a question is no answer to it any more."""


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
        """``clock`` tells the interview's seconds; ``transcribe`` is asked for each utterance."""
        self.endpointer = Endpointer(patience)
        self.utterance: Utterance | None = None
        self.continues: Utterance | None = None
        """An utterance whose end may have been taken too early: the next speech belongs to it."""
        self.playback: Playback | None = None
        """What is heard of us while the candidate is listened to."""
        self.beginning = False
        """A reply is only just beginning: who speaks now has not heard enough to be listening."""
        self._barge_in = BargeIn()
        self._echo = EchoJudge()
        self._guarded = False
        self._met = False
        """The candidate has spoken: what their voice and their room sound like is known."""
        self._detection = Foreground(detector.open())
        self._clock = clock
        self._transcribe = transcribe
        self._buffer = bytearray()
        self._pre_roll: deque[tuple[bytes, float]] = deque(
            maxlen=round((LEAD + LONGEST_HELD_BACK + JUST_NOW) / WINDOW_SECONDS)
        )

    def feed(self, pcm: bytes) -> Iterator[Activity]:
        """Take PCM s16le at 16 kHz, any length; gives each activity as it happens."""
        self._buffer += pcm
        whole = len(self._buffer) // WINDOW_BYTES * WINDOW_BYTES
        windows, self._buffer = bytes(self._buffer[:whole]), self._buffer[whole:]
        for start in range(0, whole, WINDOW_BYTES):
            behind = (whole - start) / WINDOW_BYTES * WINDOW_SECONDS - WINDOW_SECONDS
            if activity := self._judge(windows[start : start + WINDOW_BYTES], behind):
                yield activity

    def held_back(self) -> Audio | None:
        """A sound into the interviewer's speech whose words may tell what it means; given once
        while it goes on, and once when it has ended."""
        if not self._guarded or not self._barge_in.unsettled:
            return None
        kept = round((self._barge_in.earlier + self._barge_in.age + LEAD) / WINDOW_SECONDS)
        return Audio(b"".join(window for window, _ in list(self._pre_roll)[-kept:]))

    @property
    def sound_over(self) -> bool:
        """The sound that is held back has ended."""
        return self._barge_in.over

    def heed(self) -> Activity | None:
        """The words of the sound that is held back are a wish to speak; None: it is gone."""
        if not self._guarded or self.endpointer.speaking or not self._barge_in.waits(JUST_NOW):
            return None
        activity = self._begin()
        self._open(activity.at)
        return activity

    @property
    def echoes(self) -> bool:
        """Our own voice is known to come back from open speakers."""
        return self._echo.delay is not None

    def finish(self) -> Activity | None:
        """The candidate says that the answer is complete (push-to-talk released)."""
        if self._guarded and not self.endpointer.speaking and (voice := self._held_back_voice()):
            # The button tells what was doubtful: it was no sign of listening.
            self._open(self.endpointer.begin(*voice).at)
            self._barge_in.forget()
        if activity := self.endpointer.finish():
            self._close(activity.at)
        return activity

    def suspend(self) -> None:
        """What has been said is not over, although nothing follows for now."""
        self.continues = self.utterance
        self.finish()

    def close(self) -> None:
        """Nothing follows what was said last, be it open, suspended or ended but unanswered."""
        self.utterance = self.continues or self.utterance
        self.finish()

    def discard(self) -> None:
        """The candidate answers in another way: what was being said is not an answer."""
        self.endpointer.finish()
        if self.utterance:
            self.utterance.transcription.close()
        self.utterance = self.continues = None

    def _judge(self, window: bytes, behind: float) -> Activity | None:
        """Take the next window, whose end lies ``behind`` seconds before that of what has come."""
        probability = self._detection.probability(window)
        source = self._source(window, behind)
        if source is Source.ECHO:
            probability = 0.0
        if self.endpointer.speaking:
            activity = self.endpointer.feed(probability)
        else:
            activity = self._idle(probability)
        if isinstance(activity, Started):
            self._open(activity.at)
        elif isinstance(activity, Ended):
            self._close(activity.at)
        if self.utterance and self.endpointer.speaking:
            self._append(self.utterance, window, probability)
        else:
            self._pre_roll.append((window, probability))
        return activity

    def _source(self, window: bytes, behind: float) -> Source:
        ours = self.playback
        if ours is None:
            return Source.CANDIDATE
        return self._echo.judge(window, ours.far, ours.position - behind)

    def _idle(self, probability: float) -> Activity | None:
        """Nobody has been speaking: does the candidate begin to?"""
        was_guarded = self._guarded
        # A voice in a reply's first moment is the candidate's only where nothing of ours echoes.
        at_once = self.beginning and self._echo.absent
        self._guarded = bool(self.playback and self.playback.audible and not at_once)
        if self._guarded:
            self.endpointer.feed(0.0)
            certain = self._barge_in.feed(probability)
            # Into the greeting only words are believed, or a button: it may be its own echo, or
            # others talking.
            meant = self._met or self.endpointer.held
            return self._begin() if certain and meant else None
        activity = self.endpointer.feed(probability)
        if was_guarded and activity is None and self._barge_in.waits(JUST_NOW):
            activity = self._begin()
        self._barge_in.forget()
        return activity

    def _held_back_voice(self) -> tuple[float, float] | None:
        """From when to when there was a voice, with pauses, in seconds of the stream."""
        voiced: list[int] = []
        for ago, (_, probability) in enumerate(reversed(self._pre_roll)):
            if probability >= self.endpointer.threshold:
                voiced.append(ago)
            elif (ago - (voiced or [0])[-1]) * WINDOW_SECONDS > PAUSE_HELD_BACK:
                break
        if len(voiced) * WINDOW_SECONDS < self.endpointer.onset:
            return None
        clock = self.endpointer.clock
        return clock - (voiced[-1] + 1) * WINDOW_SECONDS, clock - voiced[0] * WINDOW_SECONDS

    def _begin(self) -> Started:
        """What was held back is speech after all."""
        clock, sound = self.endpointer.clock, self._barge_in
        started = self.endpointer.begin(clock - sound.earlier - sound.age, clock - sound.silence)
        sound.forget()
        return started

    def _open(self, at: float) -> None:
        self._met = True
        if self.continues is None:
            start = max(0.0, self._clock() - (self.endpointer.clock - at))
            if self.utterance:
                # Nobody reads it any more: its answer is recorded, or it was none.
                self.utterance.transcription.close()
            self.utterance = Utterance(self._transcribe(), start, at)
        else:
            self.utterance, self.continues = self.continues, None
        kept = max(PRE_ROLL, self.endpointer.clock - at + LEAD)
        for window, probability in list(self._pre_roll)[-round(kept / WINDOW_SECONDS) :]:
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
