"""Several engines for one role: the first that works serves, the others stand by.

An engine that failed is left alone for a while, longer each time, and at least as long as its
provider asked for. All calls of a process share what one of them has learnt.
"""

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from voice.audio import Audio
from voice.circuit import Circuit
from voice.engines import (
    Clip,
    Dictation,
    Engine,
    LanguageModel,
    LiveRecognizer,
    Message,
    Recognizer,
    Synthesizer,
    Transcript,
    Writing,
)
from voice.errors import EngineError

COOL_DOWN = 30.0
LONGEST_COOL_DOWN = 600.0
"""Seconds without an engine that failed, at first and at the longest (``voice.circuit``)."""
HARMLESS = frozenset(
    ("empty", "rejected", "unknown_voice", "unsupported_language", "wrong_language")
)
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


@dataclass(frozen=True, slots=True)
class _Member(Generic[E]):
    name: str
    engine: E
    circuit: Circuit


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
        """``cool_down``: seconds without an engine after its first failure."""
        self.role = role
        self._watchers: list[Callable[[Switch], None]] = []
        self._members: Sequence[_Member[E]] = [
            _Member(name, engine, Circuit(cool_down, LONGEST_COOL_DOWN))
            for name, engine in engines.items()
        ]
        self._serving = self._members[0]
        self._clock = clock

    async def warm(self) -> None:
        """Warm all, also those that stand by; raises the last error if none can be."""
        errors: list[EngineError] = []
        for member in self._members:
            try:
                await member.engine.warm()
            except EngineError as error:
                errors.append(error)
                self._failed(member, error)
        if len(errors) == len(self._members):
            raise errors[-1]

    async def close(self) -> None:
        for member in self._members:
            await member.engine.close()

    def watch(self, tell: Callable[[Switch], None]) -> Callable[[], None]:
        """Call ``tell`` once for each switch, also for the one back, until what is returned is
        called."""
        self._watchers.append(tell)
        return lambda: self._watchers.remove(tell)

    @property
    def engines(self) -> dict[str, E]:
        """By name, in order."""
        return {member.name: member.engine for member in self._members}

    def state(self) -> dict[str, str]:
        """``{engine: "ok" | the code for which it is left alone}``, in order."""
        now = self._clock()
        return {
            member.name: member.circuit.code if member.circuit.until > now else "ok"
            for member in self._members
        }

    def _candidates(self) -> Iterator[_Member[E]]:
        """Those that may be tried now; if all are to be left alone, the one that is free first."""
        now = self._clock()
        ready = [member for member in self._members if member.circuit.until <= now]
        yield from ready or [min(self._members, key=lambda member: member.circuit.until)]

    def _failed(self, member: _Member[E], error: EngineError) -> None:
        if error.code in HARMLESS:
            member.circuit.code = error.code
        else:
            member.circuit.failed(error, self._clock())

    def _worked(self, member: _Member[E], since: float) -> None:
        if not member.circuit.worked(since):
            return
        previous, self._serving = self._serving, member
        if previous is not member:
            for tell in tuple(self._watchers):
                tell(Switch(self.role, previous.name, member.name, previous.circuit.code))


class FailoverRecognizer(Failover[Recognizer]):
    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        """Raises the last engine's ``EngineError``."""
        last: EngineError | None = None
        for member in self._candidates():
            since = self._clock()
            try:
                heard = await member.engine.transcribe(audio, language=language, terms=terms)
            except EngineError as error:
                last = error
                self._failed(member, error)
                continue
            self._worked(member, since)
            return heard
        assert last is not None
        raise last


class FailoverLive(Failover[LiveRecognizer]):
    """Connects to the first that may be tried. What breaks later is held against it, and the
    call's next connection is another one's.
    """

    async def warm(self) -> None:
        """As of the others, but one that cannot be warmed keeps nobody from an interview."""
        with suppress(EngineError):
            await super().warm()

    async def dictate(
        self, *, language: str | None, terms: str, on_words: Callable[[], None]
    ) -> Dictation:
        """Raises the last engine's ``EngineError``, also while all are to be left alone: there
        is a recognizer that reads.
        """
        last = EngineError(self.role, "left_alone", retryable=True)
        now = self._clock()
        for member in self._members:
            if member.circuit.until > now:
                continue
            since = self._clock()
            try:
                dictation = await member.engine.dictate(
                    language=language, terms=terms, on_words=on_words
                )
            except EngineError as error:
                last = error
                self._failed(member, error)
                continue
            self._worked(member, since)
            return _Watched(dictation, partial(self._failed, member))
        raise last


class _Watched:
    """A ``Dictation`` that tells when a commit has failed."""

    def __init__(self, dictation: Dictation, failed: Callable[[EngineError], None]) -> None:
        self._dictation = dictation
        self._failed = failed
        self.expect = dictation.expect
        self.hear = dictation.hear
        self.drop = dictation.drop
        self.close = dictation.close

    @property
    def error(self) -> EngineError | None:
        return self._dictation.error

    @property
    def words(self) -> str:
        return self._dictation.words

    async def commit(self) -> Transcript:
        try:
            return await self._dictation.commit()
        except EngineError as error:
            self._failed(error)
            raise


class FailoverModel(Failover[LanguageModel]):
    @property
    def languages(self) -> frozenset[str]:
        """Those of the engine whose turn it is."""
        return next(self._candidates()).engine.languages

    @property
    def writing(self) -> Writing:
        """That of the engine whose turn it is."""
        return next(self._candidates()).engine.writing

    def _substitutes(self) -> Iterator[_Member[LanguageModel]]:
        """Who writes less than the first that may be tried is no substitute for it in a request;
        it serves the next, by its own ``languages``."""
        expected = self.languages
        return (each for each in self._candidates() if each.engine.languages >= expected)

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Fails over before the first delta only: what is half written cannot be gone on with."""
        last: EngineError | None = None
        for member in self._substitutes():
            began, since = False, self._clock()
            try:
                async with aclosing(
                    member.engine.reply(messages, max_tokens=max_tokens, temperature=temperature)
                ) as deltas:
                    async for delta in deltas:
                        if not began:
                            began = True
                            self._worked(member, since)
                        yield delta
                return
            except EngineError as error:
                last = error
                self._failed(member, error)
                if began:
                    raise
        assert last is not None
        raise last

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        """Raises the last engine's ``EngineError``. An answer that does not fit says nothing
        of the engine's health, but the next engine may do better.
        """
        last: EngineError | None = None
        for member in self._substitutes():
            since = self._clock()
            try:
                found = await member.engine.structured(messages, schema, max_tokens=max_tokens)
            except EngineError as error:
                last = error
                if error.code != "malformed":
                    self._failed(member, error)
                continue
            self._worked(member, since)
            return found
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
            chosen, since = names.get(member.name, ""), self._clock()
            try:
                rest = text[said:]
                async with aclosing(
                    member.engine.speak(rest, language=language, voice=chosen)
                ) as clips:
                    async for clip in clips:
                        self._worked(member, since)
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
