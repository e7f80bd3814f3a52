"""Speech probabilities in, voice activity out. Pure: no I/O, no task, no clock of its own.

Time is counted in windows of audio (32 ms), so a burst of late audio is judged exactly as if
it had arrived in real time.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from voice.habit import Habit

WINDOW_SAMPLES = 512
WINDOW_BYTES = 2 * WINDOW_SAMPLES
WINDOW_SECONDS = WINDOW_SAMPLES / 16_000
RESUMES = 0.064
"""Seconds of voice that end a pause: a single window may be a click."""
HOLDS_BUTTON = 3.0
"""Whose microphone goes on for so many seconds after an answer holds no button."""
SURE = 0.16
"""So far above one half the evidence for an end counts in full."""
UNSURE = 0.28
"""So far below it the evidence against one does: only what is nearly certain waits long."""
SOON = 0.4
"""Share of the usual length before which an answer is over surprisingly soon."""
HASTE = 0.3
"""How much longer than otherwise an answer is waited for that is over at once, as a share of the
patience for what is unsure."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a silence must last, in seconds, before it means something."""

    pause: float = 0.128
    """After this a draft of the reply is begun; nothing is decided yet."""
    finished: float = 0.82
    """Ends the turn when all evidence says that the thought is complete."""
    unsure: float = 1.1
    """Ends the turn when the evidence is missing or balanced."""
    unfinished: float = 2.6
    """Ends the turn although the evidence says that the thought goes on."""

    def silence_for(self, finished: float) -> float:
        """The silence that ends the turn, given the probability that the thought is complete."""
        if finished >= 0.5:
            share = min(1.0, (finished - 0.5) / SURE)
            return self.unsure + (self.finished - self.unsure) * share
        share = min(1.0, (0.5 - finished) / UNSURE) ** 2
        return self.unsure + (self.unfinished - self.unsure) * share


PATIENCE = {
    "short": Patience(finished=0.4, unsure=0.7, unfinished=1.8),
    "normal": Patience(),
    "long": Patience(finished=1.0, unsure=1.8, unfinished=4.0),
}
"""By the name that an interview's configuration gives it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The kind of answer that was asked for."""

    seconds: float = 30.0
    """How long such an answer usually is; one that is over much sooner is waited for longer."""
    patience: float = 1.0
    """What it makes of the silences that do not sound like an end."""


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


class Standing(Enum):
    """How it stands with the candidate's answer."""

    SILENT = "nothing is being said"
    SPEAKING = "speaks"
    DONE = "has said something complete"
    THINKING = "is in the middle of a thought"
    TRAILING_OFF = "left a thought unfinished and does not go on"
    STUCK = "hesitates, and nothing comes"


@dataclass(slots=True)
class Endpointer:
    """Decides when a speaker starts, pauses, resumes and has finished.

    A window of at least ``threshold`` (0–1) is voiced, of an answer that goes on of ``release``.
    ``onset`` is how many seconds of voice in the last nine windows count as speech. While the
    interviewer speaks ``voice.barge_in`` decides instead, and ``begin`` is called.
    """

    patience: Patience = field(default_factory=Patience)
    expected: Expected = field(default_factory=Expected)
    habit: Habit = field(default_factory=Habit)
    threshold: float = 0.5
    release: float = 0.35
    onset: float = 0.096
    held: bool = False
    """True while the candidate says by a button when an answer is complete."""
    held_patience: float = 6.0
    """Even then this much silence, in seconds, ends the turn."""
    _clock: float = 0.0
    _speaking: bool = False
    _paused: bool = False
    _voiced_until: float = 0.0
    _began: float = 0.0
    _finished: float = 0.5
    _hesitant: bool = False
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
        return not self._speaking and self.silence > HOLDS_BUTTON

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
                self._paused, self._finished, self._hesitant = True, 0.5, False
                self._recent.clear()
                return Paused(self._voiced_until)
            return None
        self._recent.append(False)
        needed = self.held_patience if self.held else self.needed
        if self.silence < needed:
            return None
        self.habit.ended(self._voiced_until)
        return self.finish()

    def evidence(self, finished: float, *, hesitant: bool = False) -> None:
        """Take the probability that the thought before the present pause is complete, and
        whether its last sound was one of hesitation; later evidence replaces it."""
        if self._paused:
            self._finished, self._hesitant = finished, hesitant

    @property
    def needed(self) -> float:
        """Seconds of silence that end the turn, as far as is known in this pause."""
        base = self.patience.silence_for(self._finished)
        if self._finished >= 0.5:
            return base + self._too_soon() + self.habit.caution
        goes_on = base - self.patience.finished
        return self.patience.finished + goes_on * self.expected.patience * self.habit.stretch

    @property
    def standing(self) -> Standing:
        """What the silence means, in one word."""
        if not self._paused:
            return Standing.SPEAKING if self._speaking else Standing.SILENT
        if self._finished >= 0.5:
            return Standing.DONE
        if self.silence < self.patience.unsure:
            return Standing.THINKING
        return Standing.STUCK if self._hesitant else Standing.TRAILING_OFF

    def _too_soon(self) -> float:
        """More patience for an answer that would be over much sooner than such answers are."""
        usual = max(0.1, SOON * self.expected.seconds)
        spoken = self._voiced_until - self._began
        return HASTE * max(0.0, 1 - spoken / usual) * self.patience.unsure

    def begin(self, at: float, until: float) -> Started:
        """Open a turn of the speaker, voiced from ``at`` ``until``, whatever was fed."""
        self._speaking, self._paused = True, False
        self.habit.began(self._clock)
        self._voiced_until = until
        self._recent.clear()
        self._began = max(0.0, at)
        return Started(self._began)

    def finish(self) -> Ended | None:
        """End the open turn now, whatever the silence."""
        if not self._speaking:
            return None
        self._speaking = self._paused = False
        self._recent.clear()
        return Ended(self._voiced_until)

    def _idle(self, voiced: bool) -> Activity | None:
        self._recent.append(voiced)
        count = sum(self._recent)
        if not voiced or count * WINDOW_SECONDS < self.onset - 1e-6:
            return None
        return self.begin(self._clock - len(self._recent) * WINDOW_SECONDS, self._clock)

    def _voice(self, probability: float) -> Activity | None:
        if not self._paused:
            self._voiced_until = self._clock
            return None
        self._recent.append(probability >= self.threshold)
        if sum(self._recent) * WINDOW_SECONDS < RESUMES - 1e-6:
            return None
        self._paused = False
        self.habit.paused(self.silence)
        self._voiced_until = self._clock
        self._recent.clear()
        return Resumed(self._clock)
