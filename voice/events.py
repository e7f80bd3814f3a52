"""Everything that comes out of a call. Durations and positions are seconds."""

from dataclasses import dataclass, field
from typing import Literal

from voice.visemes import Viseme

State = Literal["listening", "hearing", "thinking", "speaking", "waiting"]
Source = Literal["voice", "typed"]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """What the interviewer is doing now."""

    value: State


@dataclass(frozen=True, slots=True)
class CandidateWords:
    """The candidate's words so far; the last one of an utterance is final and already recorded."""

    utterance: str
    text: str
    is_final: bool
    language: str
    source: Source


@dataclass(frozen=True, slots=True)
class InterviewerWords:
    """The next piece of the interviewer's words, sent before its sound; joined without anything
    between them the pieces are what is said."""

    utterance: str
    text: str


@dataclass(frozen=True, slots=True)
class SoundStarted:
    """The sound that follows belongs to this utterance; ``rate`` is in Hz."""

    utterance: str
    rate: int


@dataclass(frozen=True, slots=True)
class Sound:
    """PCM s16le mono at the rate of the utterance's ``SoundStarted``."""

    utterance: str
    pcm: bytes


@dataclass(frozen=True, slots=True)
class MouthShapes:
    """Visemes on the utterance's own clock, sent before their sound."""

    utterance: str
    visemes: tuple[Viseme, ...]


@dataclass(frozen=True, slots=True)
class SoundEnded:
    """All sound of the utterance has been sent."""

    utterance: str
    duration: float


@dataclass(frozen=True, slots=True)
class SoundCleared:
    """Drop what is buffered: ``heard_text`` is what counts as said, after ``heard_seconds``."""

    utterance: str
    heard_text: str
    heard_seconds: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Where the time of one reply went, in seconds; None: the stage was not needed."""

    endpoint: float | None = None
    """End of the candidate's speech to the decision that it was the end."""
    stt: float | None = None
    """Asking for all words to having them."""
    llm_first_token: float | None = None
    """Asking the language model to its first token."""
    tts_first_audio: float | None = None
    """The first clause to its sound."""
    total: float | None = None
    """Voice-to-voice: end of the candidate's speech to the first sound of the reply."""


@dataclass(frozen=True, slots=True)
class TurnCompleted:
    """One exchange is over and recorded: the ``turn``-th of the interview, counted from 1."""

    turn: int
    candidate_text: str
    interviewer_text: str
    latency: Latency = field(default_factory=Latency)


@dataclass(frozen=True, slots=True)
class Noticed:
    """A fact for the candidate that is no error; the caller words it."""

    code: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A stage failed; the call goes on. ``code`` is one of the protocol's error codes."""

    code: Literal["stt_failed", "llm_failed", "tts_failed", "internal"]


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The agent has said goodbye; ``reason`` is its own word for why."""

    reason: str


Event = (
    StateChanged
    | CandidateWords
    | InterviewerWords
    | SoundStarted
    | Sound
    | MouthShapes
    | SoundEnded
    | SoundCleared
    | TurnCompleted
    | Noticed
    | Failed
    | CallEnded
)
