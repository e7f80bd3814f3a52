"""Speech probabilities in, voice activity out. Pure: no I/O, no task, no clock of its own.

Time is counted in windows of audio (32 ms), so a burst of late audio is judged exactly as if
it had arrived in real time.
"""

from collections import deque
from dataclasses import dataclass, field

WINDOW_SAMPLES = 512
WINDOW_BYTES = 2 * WINDOW_SAMPLES
WINDOW_SECONDS = WINDOW_SAMPLES / 16_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a silence must last, in seconds, before it means something."""

    pause: float = 0.16
    """After this a draft of the reply is begun; nothing is decided yet."""
    finished: float = 0.65
    """Ends the turn when all evidence says that the thought is complete."""
    unsure: float = 1.0
    """Ends the turn when the evidence is missing or balanced."""
    unfinished: float = 2.4
    """Ends the turn although the evidence says that the thought goes on."""

    def silence_for(self, finished: float) -> float:
        """The silence that ends the turn, given the probability that the thought is complete."""
        if finished >= 0.5:
            share = min(1.0, (finished - 0.5) / 0.35)
            return self.unsure + (self.finished - self.unsure) * share
        share = min(1.0, (0.5 - finished) / 0.35)
        return self.unsure + (self.unfinished - self.unsure) * share


PATIENCE = {
    "short": Patience(finished=0.45, unsure=0.8, unfinished=1.6),
    "normal": Patience(),
    "long": Patience(finished=1.0, unsure=1.8, unfinished=4.0),
}
"""By the name that an interview's configuration gives it."""


@dataclass(frozen=True, slots=True)
class Started:
    """Speech has begun; ``at`` is its first voiced window, in seconds of the stream."""

    at: float


@dataclass(frozen=True, slots=True)
class Paused:
    """The speaker fell silent at ``at``; the turn may or may not be over."""

    at: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """The speaker goes on: the pause belonged to the turn."""

    at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn is over; the last voiced window ended at ``at``."""

    at: float


Activity = Started | Paused | Resumed | Ended


@dataclass(slots=True)
class Endpointer:
    """Decides when a speaker starts, pauses, resumes and has finished.

    ``onset`` is how much voice out of ``onset_span`` counts as speech: short while the floor is
    free, longer while the interviewer speaks, so that a cough does not stop it.
    """

    patience: Patience = field(default_factory=Patience)
    threshold: float = 0.5
    release: float = 0.35
    onset: float = 0.096
    barge_in_onset: float = 0.224
    guarded: bool = False
    """True while the interviewer is audible."""
    held: bool = False
    """True while the candidate says by a button when an answer is complete."""
    held_patience: float = 6.0
    """Even then this much silence, in seconds, ends the turn."""
    _clock: float = 0.0
    _speaking: bool = False
    _paused: bool = False
    _voiced_until: float = 0.0
    _needed: float = 0.0
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=9))

    @property
    def clock(self) -> float:
        """Seconds of audio judged so far."""
        return self._clock

    @property
    def speaking(self) -> bool:
        """Whether a turn of the speaker is open (voiced or pausing)."""
        return self._speaking

    @property
    def streams_silence(self) -> bool:
        """Audio flows although nobody speaks: the microphone is open, not held by a button."""
        return not self._speaking and self.silence > 3.0

    @property
    def silence(self) -> float:
        """Seconds since the last voiced window."""
        return self._clock - self._voiced_until

    def feed(self, probability: float) -> Activity | None:
        """Judge one window's speech probability."""
        voiced = probability >= (self.release if self._speaking else self.threshold)
        self._clock += WINDOW_SECONDS
        if not self._speaking:
            return self._idle(voiced)
        if voiced:
            return self._voice(probability)
        if not self._paused:
            if self.silence >= self.patience.pause:
                self._paused, self._needed = True, self.patience.unsure
                self._recent.clear()
                return Paused(self._voiced_until)
            return None
        self._recent.append(False)
        needed = self.held_patience if self.held else self._needed
        return self.finish() if self.silence >= needed else None

    def evidence(self, finished: float) -> None:
        """Take the probability that the thought before the present pause is complete."""
        if self._paused:
            self._needed = self.patience.silence_for(finished)

    def finish(self) -> Ended | None:
        """End the open turn now, whatever the silence."""
        if not self._speaking:
            return None
        self._speaking = self._paused = False
        self._recent.clear()
        return Ended(self._voiced_until)

    def _idle(self, voiced: bool) -> Activity | None:
        self._recent.append(voiced)
        needed = self.barge_in_onset if self.guarded else self.onset
        count = sum(self._recent)
        if not voiced or count * WINDOW_SECONDS < needed - 1e-6:
            return None
        self._speaking, self._paused = True, False
        self._voiced_until = self._clock
        at = self._clock - len(self._recent) * WINDOW_SECONDS
        self._recent.clear()
        return Started(max(0.0, at))

    def _voice(self, probability: float) -> Activity | None:
        if not self._paused:
            self._voiced_until = self._clock
            return None
        self._recent.append(probability >= self.threshold)
        if sum(self._recent) * WINDOW_SECONDS < 0.064 - 1e-6:
            return None
        self._paused = False
        self._voiced_until = self._clock
        self._recent.clear()
        return Resumed(self._clock)
