"""What the harness knows of a voice interviewer, ours or another: a client's view of one.

A *system* is the running server and nothing more; a *session* is one client's conversation with
it over its real transport. The interviewer of every system speaks first (a greeting), on the
same local providers (``benchmarks.providers``), which every system is given as ``Providers``.

The harness is the client: it sends the microphone, plays what arrives and reports what it has
played. A session only carries; it judges nothing.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

FRAME_SECONDS = 0.02
"""One ``Session.send``: 20 ms, that is 640 bytes of PCM s16le mono at 16 kHz."""

Kind = Literal["words", "audio", "audio_end", "audio_clear", "partial", "transcript"]


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that arrived at the client.

    - ``words``: ``text`` that the interviewer says next in ``utterance``. Where a system tells
      them, they come before their audio; a system that does not tell them sends none.
    - ``audio``: ``pcm`` (s16le mono at ``rate``) of the interviewer's ``utterance``, as it came.
    - ``audio_end``: all audio of ``utterance`` has been sent.
    - ``audio_clear``: drop what is buffered of ``utterance`` (barge-in).
    - ``partial``, ``transcript``: the candidate's ``text`` so far, and in its final form;
      ``utterance`` is the candidate's then.
    """

    at: float
    """Arrival, seconds on the event loop's clock (``loop.time()``, monotonic)."""
    kind: Kind
    utterance: str
    text: str = ""
    pcm: bytes = b""
    rate: int = 24_000


class Session(Protocol):
    """One conversation, connected; the interviewer's greeting comes as its first utterance."""

    events: asyncio.Queue[Observation]
    """Unbounded; everything that arrives, in order of arrival."""

    async def send(self, pcm: bytes) -> None:
        """One frame of microphone audio (``FRAME_SECONDS``). Returns without waiting for a reply.

        Raises ``ConnectionError`` once the server has hung up.
        """

    async def played(self, utterance: str, seconds: float, done: bool) -> None:
        """What the loudspeaker has played of ``utterance`` so far; every 250 ms while it plays
        and once at its end or stop (``done``). Systems whose transport has no such report
        ignore it.
        """


class System(Protocol):
    """A server. ``start`` returns when it is warm; ``stop`` leaves no process behind.

    Constructed with ``Providers``; raises ``RuntimeError`` from ``start`` if it does not come up.
    """

    name: str

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def session(self, language: str) -> AbstractAsyncContextManager[Session]:
        """A new conversation in ``en`` or ``ko``."""


@dataclass(frozen=True, slots=True)
class Providers:
    """Where the local providers listen; the same for every system.

    ``openai`` is a base URL with ``/v1`` (chat, transcriptions and, as WebSocket, realtime);
    ``elevenlabs`` is one without (``/v1/text-to-speech/...`` hangs below it). Any key is taken.
    """

    openai: str
    elevenlabs: str


class Ear(Protocol):
    """How a provider of speech to text knows what an upload says, at no cost: it looks the audio
    up instead of recognising it (``benchmarks.conversations.ear`` implements it).
    """

    def words(self, pcm: bytes, rate: int) -> str:
        """The words within ``pcm`` (s16le mono): a candidate's answer up to where the audio
        breaks off, or the interviewer's own words where it is echo; empty for noise. A few
        milliseconds of processor time.
        """

    def spoke(self, text: str, pcm: bytes, rate: int) -> None:
        """The provider of speech has said ``text``: whatever sounds like ``pcm`` from now on is
        its echo.
        """
