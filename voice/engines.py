"""The roles that a call needs filled, and the bundle that fills them.

An *engine* is a role's Protocol; an *adapter* (``voice.adapters``) is one provider of it.
Every engine is loaded once a process, is safe to share between calls, and runs its model on
an executor of its own so that the event loop never waits for inference.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from voice.audio import Audio
from voice.errors import EngineError
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


@dataclass(frozen=True, slots=True)
class Writing:
    """What may be expected of a language model's replies.

    ``tokens``: how long one may be. ``late_after``: seconds after the request at which a model
    that has no clause yet is late, so that something else is said first; 0 expects nothing of it.
    What is said first has to be heard out: well above a usual first clause (about half a second
    of a hosted model), or it costs more than it hides.
    ``facts``: whether it can weigh what documents say besides what somebody has just said.
    """

    tokens: int = 45
    late_after: float = 1.0
    facts: bool = True


class Dictation(Protocol):
    """One call's connection to a live recognizer: audio in while the candidate speaks, words out.

    What lies between two commits is a *segment*. All methods but ``commit`` and ``close`` are
    synchronous and never wait.
    """

    @property
    def error(self) -> EngineError | None:
        """Why nothing comes of it any more; None while it works."""

    @property
    def words(self) -> str:
        """The words of all segments whose ``commit`` has not returned, as far as they are known;
        they may still change."""

    def expect(self, terms: str) -> None:
        """Words to expect from now on (the job's vocabulary, the question)."""

    def hear(self, pcm: bytes) -> None:
        """More of the open segment: PCM s16le mono at 16 kHz, as fast as it comes."""

    async def commit(self) -> Transcript:
        """End the segment; returns its final words, in the order of the commits.

        Raises ``EngineError`` if they do not come: the caller has kept the audio. Cancelling
        gives up the words, not the order of those that follow.
        """

    def drop(self) -> None:
        """Forget what the open segment has heard."""

    async def close(self) -> None:
        """Hang up."""


class LiveRecognizer(Engine, Protocol):
    """Speech to text while it is being spoken."""

    async def dictate(
        self, *, language: str | None, terms: str, on_words: Callable[[], None]
    ) -> Dictation:
        """Connect for one call. ``language`` and ``terms`` are those of ``Recognizer``;
        ``on_words`` is called whenever ``Dictation.words`` or ``Dictation.error`` has changed.

        Raises ``EngineError``.
        """


class LanguageModel(Engine, Protocol):
    @property
    def languages(self) -> frozenset[str]:
        """Languages that it can be trusted to write, such as ``{"en"}``."""

    @property
    def writing(self) -> Writing:
        """What may be expected of its replies."""

    def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Stream the reply's deltas. Closing the generator frees the provider's stream."""

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        """One object that fits ``schema`` (JSON Schema, an object at its root), for scoring.

        An answer that does not fit is asked for once more. Raises ``EngineError``
        (``malformed`` when no answer fits). Cancelling frees the provider's stream.
        """


class Synthesizer(Engine, Protocol):
    def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        """Speak ``text`` (one or more clauses) as clips, the first as early as possible.

        ``voice`` is the engine's own voice name; an empty one is the engine's default.
        Closing the generator stops the synthesis.
        """


@dataclass(frozen=True, slots=True)
class Brief:
    """What a speech-to-speech session begins with.

    ``instructions`` hold for the whole session, ``history`` is what was said before it, ``voice``
    the engine's own name of one ("": its default), ``language`` the candidate's if it is known,
    ``terms`` words to expect of them.
    """

    instructions: str
    voice: str = ""
    language: str | None = None
    terms: str = ""
    history: Sequence[Message] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """The next of a spoken reply: words, PCM s16le at the engine's ``rate``, or both; the words
    usually run ahead of their sound."""

    text: str = ""
    pcm: bytes = b""


class SpeechSession(Protocol):
    """One conversation with a speech-to-speech engine. It speaks only when it is asked to.

    Every method that waits raises ``EngineError``; after ``failure`` is set all of them do.
    """

    failure: EngineError | None
    ageing: asyncio.Event
    """Set when the provider will soon end the session: another one is to take over."""
    speaking: bool
    """Whether the candidate speaks, where the engine judges that itself."""

    def listen(self) -> None:
        """A new utterance of the candidate begins."""

    def hear(self, pcm: bytes) -> None:
        """Microphone audio: PCM s16le mono at 16 kHz."""

    @property
    def partial(self) -> Transcript:
        """The words of the utterance as far as they are understood already."""

    async def understood(self, *, noise: bool = False) -> Transcript:
        """All words of the utterance so far; call it in a pause. More may follow. What may be a
        ``noise``, so short it was, needs none; speech without any is an error."""

    def respond(self, directive: str) -> AsyncGenerator[Piece]:
        """Speak as ``directive`` says. Closing the generator stops it."""

    def heard(self, text: str, seconds: float) -> None:
        """Of the last response no more than this was heard, maybe nothing; the rest never was."""

    def tell(self, message: Message) -> None:
        """Something was said that the session did not hear or say itself."""

    async def close(self) -> None:
        """Hang up."""


class SpeechToSpeech(Engine, Protocol):
    """Audio in, audio out, by one model; what is to be said is still decided by the agent."""

    rate: int
    """Of what it speaks, in Hz."""
    judges_turns: bool
    """Whether the engine's own voice activity detection decides when the candidate speaks."""

    async def open(self, brief: Brief, replaces: SpeechSession | None = None) -> SpeechSession:
        """A session, perhaps as the continuation of one that ages. Raises ``EngineError``."""


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine for each role of a cascade; ``synthesizers`` by language.

    ``live_recognizer`` listens while the candidate speaks. ``recognizer`` reads what it could
    not, or everything where there is none.
    """

    detector: Detector
    turn_model: TurnModel
    recognizer: Recognizer
    model: LanguageModel
    synthesizers: Mapping[str, Synthesizer] = field(default_factory=dict)
    live_recognizer: LiveRecognizer | None = None
    speech: SpeechToSpeech | None = None
    """Where there is one it hears and speaks; the cascade stands by."""


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
