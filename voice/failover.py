"""Several engines for one role: the first that works serves, the others stand by.

An engine that failed is left alone for a while, longer each time, and at least as long as its
provider asked for. All calls of a process share what one of them has learnt.
"""

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Generic, TypeVar

from voice.audio import Audio
from voice.engines import Clip, Engine, LanguageModel, Message, Recognizer, Synthesizer, Transcript
from voice.errors import EngineError

COOL_DOWN = 30.0
"""Seconds without an engine that failed; doubled each time that it fails again."""
LONGEST_COOL_DOWN = 600.0
HARMLESS = frozenset(("empty", "rejected", "unknown_voice", "unsupported_language"))
"""Codes that tell of the request and not of the engine's health."""

E = TypeVar("E", bound=Engine)


@dataclass(frozen=True, slots=True)
class Switch:
    """``role`` is served by ``engine`` from now on; ``code`` is why ``previous`` is not any more,
    empty when ``engine`` has recovered.
    """

    role: str
    previous: str
    engine: str
    code: str


@dataclass
class _Member(Generic[E]):
    name: str
    engine: E
    failures: int = 0
    until: float = 0.0
    code: str = ""


class Failover(Generic[E]):
    """``engines`` by name, in the order in which they are to be tried."""

    def __init__(
        self,
        role: str,
        engines: Mapping[str, E],
        *,
        cool_down: float = COOL_DOWN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.role = role
        self.on_switch: Callable[[Switch], None] | None = None
        """Called once for each switch, also for the one back."""
        self._members: Sequence[_Member[E]] = [_Member(n, e) for n, e in engines.items()]
        self._serving = self._members[0]
        self._cool_down = cool_down
        self._clock = clock

    async def warm(self) -> None:
        """Warm all, also those that stand by; raises the last error if none can be."""
        error: EngineError | None = None
        for member in self._members:
            try:
                await member.engine.warm()
            except EngineError as failure:
                error = failure
                self._failed(member, failure)
        if error and all(member.code for member in self._members):
            raise error

    async def close(self) -> None:
        for member in self._members:
            await member.engine.close()

    def state(self) -> dict[str, str]:
        """``{engine: "ok" | the code for which it is left alone}``, in order."""
        now = self._clock()
        return {m.name: m.code if m.until > now else "ok" for m in self._members}

    def _candidates(self) -> Iterator[_Member[E]]:
        """Those that may be tried now; if all are to be left alone, the one that is free first."""
        now = self._clock()
        ready = [member for member in self._members if member.until <= now]
        yield from ready or [min(self._members, key=lambda member: member.until)]

    def _failed(self, member: _Member[E], error: EngineError) -> None:
        member.code = error.code
        if error.code in HARMLESS:
            return
        pause = min(self._cool_down * 2**member.failures, LONGEST_COOL_DOWN)
        # What only a person can mend will not be mended in a moment.
        pause = pause if error.retryable else LONGEST_COOL_DOWN
        member.failures += 1
        member.until = self._clock() + max(pause, error.retry_after or 0.0)

    def _worked(self, member: _Member[E]) -> None:
        member.failures, member.until, member.code = 0, 0.0, ""
        previous, self._serving = self._serving, member
        if previous is not member and self.on_switch:
            self.on_switch(Switch(self.role, previous.name, member.name, previous.code))


class FailoverRecognizer(Failover[Recognizer]):
    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        """Raises the last engine's ``EngineError``."""
        last: EngineError | None = None
        for member in self._candidates():
            try:
                heard = await member.engine.transcribe(audio, language=language, terms=terms)
            except EngineError as error:
                last = error
                self._failed(member, error)
                continue
            self._worked(member)
            return heard
        assert last is not None
        raise last


class FailoverModel(Failover[LanguageModel]):
    @property
    def languages(self) -> frozenset[str]:
        """Those of the engine whose turn it is."""
        return next(self._candidates()).engine.languages

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Fails over before the first delta only: what is half written cannot be gone on with.

        An engine that does not write all that the first one writes is no substitute for it in
        this reply; it serves the next, by its own ``languages``.
        """
        last: EngineError | None = None
        expected = self.languages
        for member in self._candidates():
            if not member.engine.languages >= expected:
                continue
            began = False
            try:
                async with aclosing(
                    member.engine.reply(messages, max_tokens=max_tokens, temperature=temperature)
                ) as deltas:
                    async for delta in deltas:
                        if not began:
                            began = True
                            self._worked(member)
                        yield delta
                return
            except EngineError as error:
                last = error
                self._failed(member, error)
                if began:
                    raise
        assert last is not None
        raise last


class FailoverSynthesizer(Failover[Synthesizer]):
    """``voice`` holds a name for each engine in order, ``id|joe:low``; the missing are ""."""

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        """Whoever takes over says the rest: what is in a clip already is not said again."""
        last: EngineError | None = None
        said = 0
        names = dict(zip((m.name for m in self._members), voice.split("|"), strict=False))
        for member in self._candidates():
            chosen = names.get(member.name, "")
            try:
                rest = text[said:]
                async with aclosing(
                    member.engine.speak(rest, language=language, voice=chosen)
                ) as clips:
                    async for clip in clips:
                        self._worked(member)
                        said += len(clip.text)
                        yield clip
                return
            except EngineError as error:
                last = error
                self._failed(member, error)
                if not text[said:].strip():
                    return
        assert last is not None
        raise last
