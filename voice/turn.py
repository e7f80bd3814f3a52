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
    """The candidate's last voice."""
    floor: float | None = None
    """It was given the floor."""
    asked: float | None = None
    """All words of the answer were asked for."""
    understood: float | None = None
    """They were there."""
    first_clause: float | None = None
    """The reply's first clause was there."""
    first_clip: float | None = None
    """So was its sound."""
    first_sound: float | None = None
    """The first of it was sent."""
    reported: float | None = None
    """The client last said how much it has played."""
    over: float | None = None
    """It ended, whatever its outcome."""


@dataclass(eq=False, slots=True)
class Turn:
    """One reply and its playback ledger, the only place that knows how far it got.

    *Said*: ``said()``, all words that were sent. *Sent*: ``sent`` and ``sent_seconds``, clips that
    have left for the client. *Heard*: ``heard()`` and ``played()``, as far as they were played.
    *Cut*: ``outcome`` is not ``COMPLETED``, and said is more than heard. What is told of a turn –
    the agent's history, subtitles, the avatar's clock, the record – is read from here once, when
    it is over, as a ``Speech``.
    """

    answer: Answer | None = None
    reply: Reply | None = None
    number: int = 0
    """1, 2, 3 … over the answered turns of an interview; 0 until the answer is final."""
    outcome: Outcome = Outcome.OPEN
    utterance: str = field(default_factory=lambda: str(uuid.uuid4()))
    times: Stopwatch = field(default_factory=Stopwatch)
    floor: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is given the floor."""
    understood: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is known what it replies to, and with what."""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first clip is there, or when it is known that there will be none."""
    recorded: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the answer, if there is one, is on disk: only then is anything heard."""
    filing: asyncio.Task[None] | None = None
    """Puts a typed answer on disk; what becomes of the turn does not touch it."""
    ignored: bool = False
    """What was heard needs no answer: it was our own voice, come back."""
    clauses: "asyncio.Queue[str | None]" = field(default_factory=lambda: asyncio.Queue(2))
    clips: "asyncio.Queue[Clip | None]" = field(default_factory=lambda: asyncio.Queue(4))
    speech: Speech | None = None
    rate: int = 0
    """Sample rate of its sound in Hz; fixed with its first clip."""
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
        """Whether it is not over."""
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
            if left < seconds - 1e-6:
                break
            left -= seconds
        return " ".join(part for part in words if part)

    def played(self, now: float) -> float:
        """Seconds that the candidate has heard: as reported, else as the clock tells."""
        if self.reports_playback:
            return min(self.played_seconds, self.sent_seconds)
        if self.times.first_sound is None:
            return 0.0
        return min(now - self.times.first_sound, self.sent_seconds)

    def playhead(self, now: float) -> float:
        """Seconds of it that are likely to have been played by ``now``, sent or not: between two
        reports playback goes on."""
        if self.times.reported is not None:
            return self.played_seconds + now - self.times.reported
        return 0.0 if self.times.first_sound is None else now - self.times.first_sound

    def latency(self) -> Latency:
        """Where its time went, as far as it got."""
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
