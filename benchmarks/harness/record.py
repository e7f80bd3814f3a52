"""What happened in one conversation, as its client saw it. Moments are seconds on one clock."""

from dataclasses import dataclass, field
from typing import Literal

from benchmarks.conversations.speech import Pause
from benchmarks.systems import Kind

SoundKind = Literal["answer", "backchannel"]


@dataclass(frozen=True, slots=True)
class Made:
    """A sound of the candidate: when it began and ended, voiced moments only.

    ``over`` is the interviewer's utterance that was audible when it was meant to come, ``pauses``
    lie on the conversation's clock.
    """

    kind: SoundKind
    name: str
    text: str
    onset: float
    end: float
    over: str = ""
    manner: Literal["", "barge_in", "together"] = ""
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """An observation without its sound: ``seconds`` of it, the first ``quiet`` of which are not
    audible (as long as ``seconds`` if nothing is)."""

    at: float
    kind: Kind
    utterance: str
    text: str = ""
    seconds: float = 0.0
    quiet: float = 0.0


@dataclass(slots=True)
class Record:
    conversation: str
    language: str
    system: str
    noise: str = "none"
    echo: bool = False
    made: list[Made] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    lateness: list[float] = field(default_factory=list)
    """Seconds by which each frame of the microphone left too late: the harness' own fault."""
    failure: str = ""
    """Why the conversation broke off; empty if it did not."""
