"""The roles that a call needs filled, and the bundle that fills them.

An *engine* is a role's Protocol; an *adapter* (``voice.adapters``) is one provider of it.
Every engine is loaded once a process, is safe to share between calls, and runs its model on
an executor of its own so that the event loop never waits for inference.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from voice.audio import Audio
from voice.visemes import Viseme

Role = Literal["system", "candidate", "interviewer"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a language model's context."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recognizer understood. ``confidence`` is 0–1; ``language`` is ``en`` or ``ko``."""

    text: str
    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of synthesised speech: ``text`` is what its audio says, visemes are on its own clock.

    The texts of the clips of one ``speak`` call, joined, are the text that was asked for.
    """

    text: str
    audio: Audio
    visemes: tuple[Viseme, ...] = ()


class Engine(Protocol):
    """What every engine has besides its work."""

    async def warm(self) -> None:
        """Load the model and run it once, so that the first call is as fast as the next."""

    async def close(self) -> None:
        """Free the model, its threads and its connections."""


class Detection(Protocol):
    """Voice activity detection over one microphone stream; keeps that stream's state."""

    def probability(self, window: bytes) -> float:
        """Probability (0–1) that 512 samples (32 ms) of PCM s16le at 16 kHz hold speech.

        Synchronous on the event loop: it must take well under a millisecond.
        """


class Detector(Engine, Protocol):
    """Voice activity detection: one shared model, one ``Detection`` per stream."""

    def open(self) -> Detection: ...


class TurnModel(Engine, Protocol):
    async def finished(self, audio: Audio) -> float:
        """Probability (0–1) that who speaks in ``audio`` (16 kHz, last 8 s) has finished."""


class Recognizer(Engine, Protocol):
    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        """Transcribe ``audio`` (16 kHz). ``language`` None: detect among the engine's languages.

        ``terms`` are words to expect (the job's vocabulary). Silence and noise give an empty
        text. Cancelling the awaiting task must not block later requests.
        """


class LanguageModel(Engine, Protocol):
    languages: frozenset[str]
    """Languages that it can be trusted to write, such as ``{"en"}``."""

    def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Stream the reply's deltas. Closing the generator frees the provider's stream."""


class Synthesizer(Engine, Protocol):
    def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        """Speak ``text`` (one or more clauses) as clips, the first as early as possible.

        ``voice`` is the engine's own voice name; an empty one is the engine's default.
        Closing the generator stops the synthesis.
        """


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine for each role of a cascade; ``synthesizers`` by language."""

    detector: Detector
    turn_model: TurnModel
    recognizer: Recognizer
    model: LanguageModel
    synthesizers: Mapping[str, Synthesizer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a moderator makes of a text.

    ``level``: 3 danger to self or others, 2 harassment, threats or discrimination, 1 profanity or
    confidential data, 0 nothing found. ``confidence`` (0–1) is how sure it is of a level above 0.
    """

    level: int = 0
    categories: tuple[str, ...] = ()
    confidence: float = 0.0


class Moderator(Engine, Protocol):
    async def judge(self, text: str, language: str) -> Verdict:
        """Judge one utterance. ``language`` is what was recognised; people mix languages."""
