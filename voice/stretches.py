"""Cuts a stream of speech into stretches that a recognizer can read one by one. Pure."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from voice.audio import Audio
from voice.endpointing import WINDOW_BYTES, WINDOW_SECONDS, Ended, Endpointer, Patience, Started
from voice.engines import Detector

LONGEST = 10.0
"""Seconds after which a stretch ends although somebody still speaks."""
SEARCHED = 2.0
"""How far back from there the quietest moment is looked for, so that no word is cut."""
PRE_ROLL = 0.3
"""Seconds before the onset that belong to the stretch: onsets are found late."""
TRAIL = 0.2
"""Seconds after the last voice that belong to it: the ends of words are quiet."""
_PATIENCE = Patience(pause=0.2, unsure=0.4)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech from ``start`` to ``end``, in seconds of the stream; not final ones grow on."""

    audio: Audio
    start: float
    end: float
    is_final: bool


class Stretches:
    """Judges every window of a stream once and keeps the stretch that is open.

    ``interim``: also give the open stretch after each second of it.
    """

    def __init__(self, detector: Detector, *, interim: bool = False) -> None:
        self._detection = detector.open()
        self._endpointer = Endpointer(_PATIENCE)
        self._interim = interim
        self._buffer = bytearray()
        self._pre_roll: deque[bytes] = deque(maxlen=round(PRE_ROLL / WINDOW_SECONDS))
        self._open: list[tuple[bytes, float]] = []
        self._start = 0.0
        self._given = 0

    def feed(self, pcm: bytes) -> Iterator[Stretch]:
        """Take PCM s16le at 16 kHz, any length; gives each stretch when it ends."""
        self._buffer += pcm
        whole = len(self._buffer) // WINDOW_BYTES * WINDOW_BYTES
        windows, self._buffer = bytes(self._buffer[:whole]), self._buffer[whole:]
        for at in range(0, whole, WINDOW_BYTES):
            yield from self._judge(windows[at : at + WINDOW_BYTES])

    def flush(self) -> Stretch | None:
        """End the open stretch now; None if nobody has spoken since the last one."""
        self._endpointer.finish()
        return self._close(len(self._open))

    def _judge(self, window: bytes) -> Iterator[Stretch]:
        probability = self._detection.probability(window)
        activity = self._endpointer.feed(probability)
        if isinstance(activity, Started):
            self._start = self._endpointer.clock - WINDOW_SECONDS * (len(self._pre_roll) + 1)
            self._open = [(before, 1.0) for before in self._pre_roll]
            self._pre_roll.clear()
        if not self._endpointer.speaking:
            self._pre_roll.append(window)
            if isinstance(activity, Ended):
                until = round((activity.at + TRAIL - self._start) / WINDOW_SECONDS)
                if stretch := self._close(until):
                    yield stretch
            return
        self._open.append((window, probability))
        seconds = len(self._open) * WINDOW_SECONDS
        if seconds > LONGEST - WINDOW_SECONDS:
            yield self._cut(self._quietest())
        elif self._interim and int(seconds) > self._given:
            self._given = int(seconds)
            yield self._stretch(len(self._open), is_final=False)

    def _quietest(self) -> int:
        """How many windows there are up to the quietest, the latest if several are."""
        first = len(self._open) - round(SEARCHED / WINDOW_SECONDS)
        return 1 + min(range(first, len(self._open)), key=lambda at: (self._open[at][1], -at))

    def _cut(self, windows: int) -> Stretch:
        stretch = self._stretch(windows, is_final=True)
        self._open, self._start = self._open[windows:], stretch.end
        self._given = int(len(self._open) * WINDOW_SECONDS)
        return stretch

    def _close(self, windows: int) -> Stretch | None:
        voiced = any(probability >= self._endpointer.release for _, probability in self._open)
        stretch = self._cut(min(windows, len(self._open))) if voiced else None
        self._open, self._given = [], 0
        return stretch

    def _stretch(self, windows: int, *, is_final: bool) -> Stretch:
        audio = Audio(b"".join(window for window, _ in self._open[:windows]))
        return Stretch(audio, self._start, self._start + audio.seconds, is_final)
