"""One reply: drafted, given the floor, heard or cut."""

import asyncio
import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from voice.agent import Answer, Reply, Speech
from voice.engines import Clip
from voice.events import Latency


class Outcome(StrEnum):
    """How a turn ended."""

    OPEN = "open"
    DROPPED = "dropped"
    """Never audible: the candidate went on, or there was nothing to answer."""
    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(slots=True)
class Stopwatch:
    """Moments of one turn on the event loop's clock; None: not reached."""

    speech_ended: float | None = None
    floor: float | None = None
    asked: float | None = None
    understood: float | None = None
    first_clause: float | None = None
    first_clip: float | None = None
    first_sound: float | None = None


@dataclass(eq=False, slots=True)
class Turn:
    """One reply and its playback ledger: which clips were sent, and how much was heard."""

    answer: Answer | None = None
    reply: Reply | None = None
    number: int = 0
    """1, 2, 3 … over the answered turns of an interview; 0 until the answer is final."""
    outcome: Outcome = Outcome.OPEN
    utterance: str = field(default_factory=lambda: str(uuid.uuid4()))
    times: Stopwatch = field(default_factory=Stopwatch)
    floor: asyncio.Event = field(default_factory=asyncio.Event)
    understood: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first clip is there, or when it is known that there will be none."""
    recorded: asyncio.Event = field(default_factory=asyncio.Event)
    clauses: "asyncio.Queue[str | None]" = field(default_factory=lambda: asyncio.Queue(2))
    clips: "asyncio.Queue[Clip | None]" = field(default_factory=lambda: asyncio.Queue(4))
    speech: Speech | None = None
    rate: int = 0
    """Sample rate of its sound; fixed with its first clip."""
    sent: list[Clip] = field(default_factory=list)
    sent_seconds: float = 0.0
    all_sent: bool = False
    played_seconds: float = 0.0
    reports_playback: bool = False
    played_out: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client reports that it has played the last of it."""

    @property
    def audible(self) -> bool:
        """Whether sound has been sent and the turn is not over."""
        return self.outcome is Outcome.OPEN and self.times.first_sound is not None

    @property
    def open(self) -> bool:
        return self.outcome is Outcome.OPEN

    def said(self) -> str:
        """Everything that was sent, heard or not."""
        return " ".join(clip.text for clip in self.sent if clip.text)

    def heard(self, now: float) -> str:
        """What counts as said, at the loop's time ``now``: whole clips, and the words of the
        clip that was cut in proportion to its part that was played."""
        if self.outcome is Outcome.COMPLETED:
            return self.said()
        left = self.played(now)
        words: list[str] = []
        for clip in self.sent:
            seconds = clip.audio.seconds
            if seconds and left <= 0:
                break
            words.append(_portion(clip.text, left / seconds) if seconds else clip.text)
            left -= seconds
        return " ".join(part for part in words if part)

    def played(self, now: float) -> float:
        """Seconds that the candidate has heard: as reported, else as the clock tells."""
        if self.reports_playback:
            return min(self.played_seconds, self.sent_seconds)
        if self.times.first_sound is None:
            return 0.0
        return min(now - self.times.first_sound, self.sent_seconds)

    def latency(self) -> Latency:
        times = self.times
        started = times.speech_ended
        return Latency(
            endpoint=_between(started, times.floor),
            stt=_between(times.asked, times.understood),
            llm_first_token=self.reply.first_token if self.reply else None,
            tts_first_audio=_between(times.first_clause, times.first_clip),
            total=_between(started, times.first_sound),
        )


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else max(0.0, end - start)


def _portion(text: str, share: float) -> str:
    if share >= 1:
        return text
    letters = int(len(text) * share)
    cut = text.rfind(" ", 0, letters + 1)
    return text[:cut].strip() if cut > 0 else ""
