"""Does a voice that is heard while the interviewer speaks mean to stop it? Pure.

Nothing in the first quarter of a second tells "Yeah" from "Yes, but wait": so a voice is held
back at first. What goes on is a wish to speak; what is over soon is one if its words say so. How
long that takes, and what it spares, is in docs/barge-in.md.
"""

from dataclasses import dataclass, field

from voice.endpointing import WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class Hold:
    """How much voice, in seconds, means what while the interviewer speaks."""

    noticed: float = 0.192
    """Less is a click or a cough."""
    read: float = 0.448
    """From here, or from the sound's end on, its words are asked for: of less a recognizer makes
    words that nobody said."""
    certain: float = 0.672
    """So much is a wish to speak, whatever the words are."""


LONGEST = 1.6
"""Seconds from the first voiced window after which a voice is no longer held back: a voice with
gaps may take so long to be ``certain``."""
VOICED = 0.5
UNVOICED = 0.35
"""Speech probability from which a sound begins, and below which it falls silent."""
GAP = 0.128
"""Seconds without voice that end a sound."""
JOINED = 0.8
"""Seconds after which a new sound has nothing to do with the one before: they are read apart."""


@dataclass(slots=True)
class BargeIn:
    """Follows one sound at a time, window by window."""

    hold: Hold = field(default_factory=Hold)
    age: float = 0.0
    """Seconds since the first voiced window of the sound; 0: there is none."""
    silence: float = 0.0
    """Seconds since its last voiced window."""
    earlier: float = 0.0
    """Seconds by which the words it belongs to began before it, after a gap of theirs."""
    _voice: float = 0.0
    _asked: int = 0

    def feed(self, probability: float) -> bool:
        """Judge one window's speech probability: True once it is certain that the interviewer
        has to stop."""
        if probability >= VOICED and self.over:
            self._follow()
        if not self.age and probability < VOICED:
            return False
        self.age += WINDOW_SECONDS
        if probability >= VOICED:
            self._voice += WINDOW_SECONDS
        goes_on = probability >= UNVOICED and not self.over
        self.silence = 0.0 if goes_on else self.silence + WINDOW_SECONDS
        if self.over:
            return False
        return _reached(self._voice, self.hold.certain) or self.age > LONGEST

    @property
    def over(self) -> bool:
        """The sound has ended."""
        return self.silence > GAP

    @property
    def unsettled(self) -> bool:
        """Whether the words of the sound are worth asking for now: once while it goes on, and
        once when it has ended. Asking changes the answer."""
        stage = 2 if self.over else 1
        needed = self.hold.noticed if self.over else self.hold.read
        if self._asked >= stage or not _reached(self._voice, needed):
            return False
        self._asked = stage
        return True

    def waits(self, since: float) -> bool:
        """Whether a sound that was held back ended no longer than ``since`` seconds ago, or goes
        on, and is more than a click."""
        said = self.earlier > 0 or _reached(self._voice, self.hold.noticed)
        return self.age > 0 and said and self.silence <= since

    def _follow(self) -> None:
        """Another sound begins after one that is over."""
        earlier = self.earlier + self.age if _reached(self._voice, self.hold.noticed) else 0.0
        joined = self.silence <= JOINED and earlier <= LONGEST
        self.forget()
        self.earlier = earlier if joined else 0.0

    def forget(self) -> None:
        self.age = self._voice = self.silence = self.earlier = 0.0
        self._asked = 0


def _reached(voice: float, needed: float) -> bool:
    return voice >= needed - 1e-6
