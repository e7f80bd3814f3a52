"""Who speaks for our side of a call: an interviewer, an interpreter, a test's script."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from voice.endpointing import Expected
from voice.engines import Clip
from voice.events import Latency, Source


@dataclass(frozen=True, slots=True)
class Answer:
    """One finished utterance of the candidate; times are seconds on the interview's clock."""

    utterance: str
    text: str
    language: str
    source: Source
    confidence: float | None
    start: float
    end: float


@dataclass(slots=True)
class Reply:
    """What the agent wants to say next.

    ``clauses`` yields speakable clauses and may ask a language model for them. ``purpose`` is
    the agent's own note of what the reply does; the call hands it back untouched.
    """

    clauses: AsyncGenerator[str]
    language: str
    """``en`` or ``ko``."""
    voice: str = ""
    """The synthesizer's own name of one; empty: its default."""
    purpose: object = None
    ends: str | None = None
    """Not None: the call ends with this reply, for this reason."""
    first_token: float | None = None
    """Seconds that the language model took to its first token, once known."""
    directive: str = ""
    """What a speech-to-speech engine is told to say; empty: it reads the clauses out."""
    aim: str = ""
    """The question in it, in the agent's own wording, which is asked whatever such an engine makes
    of the directive."""
    by_ear: bool = False
    """The directive rests on what such an engine hears and on nothing of the words that may yet
    change: it can be asked for while they are still coming in."""
    speech: AsyncGenerator[Clip] | None = None
    """Words and sound at once, from such an engine; ``clauses`` are what it left unsaid."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that are likely to be said soon, so that their sound can be made in advance."""

    text: str
    language: str
    voice: str = ""


@dataclass(slots=True)
class Speech:
    """The ledger entry of one reply: what was said, and what of it was heard. ``start`` and
    ``end`` are seconds on the interview's clock."""

    utterance: str
    language: str
    start: float
    end: float = 0.0
    said: str = ""
    heard: str = ""
    heard_seconds: float = 0.0
    interrupted: bool = False
    whole: bool = False
    """``said`` is the whole reply, and not only what had been sent when it was cut."""
    purpose: object = None
    latency: Latency = field(default_factory=Latency)
    reply: Reply | None = None


class Agent(Protocol):
    """Decides what is said. Methods are synchronous and do no I/O; only ``clauses`` may wait."""

    @property
    def language(self) -> str | None:
        """The language to recognise the candidate in; None: detect it."""

    @property
    def expected_language(self) -> str:
        """The language to assume of speech that is too short to tell."""

    @property
    def terms(self) -> str:
        """Words to expect from the candidate."""

    @property
    def expected(self) -> Expected:
        """The kind of answer that the present question asks for: how long, and how patiently."""

    def reply(self, answer: Answer) -> Reply:
        """The reply to an answer that may yet turn out to be unfinished: changes nothing."""

    def again(self, speech: Speech) -> Reply | None:
        """The rest of a reply that was cut short although nobody wanted to speak."""

    def apology(self) -> Reply:
        """What to say when an answer could not be dealt with: never asks an engine for words."""

    def heard(self, answer: Answer) -> None:
        """The answer is recorded; one of the same utterance replaces an earlier one."""

    def spoke(self, speech: Speech) -> None:
        """A reply is over; what counts is ``speech.heard``."""

    def upcoming(self, reply: Reply) -> Sequence[Line]:
        """Lines that may follow once ``reply`` has been heard and answered, likeliest first."""


class Record(Protocol):
    """Keeps what was said. Every method returns once it is on disk."""

    async def candidate_said(self, answer: Answer) -> None:
        """Store or replace the utterance of this answer."""

    async def interviewer_speaks(self, speech: Speech) -> None:
        """Store an utterance that begins now, before its first sound."""

    async def interviewer_spoke(self, speech: Speech) -> None:
        """Store what was said and heard of it."""
