"""The cast of the call's tests: a candidate with a script, an agent, and a record in memory."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from voice.adapters.scripted import scripted_engines
from voice.agent import Answer, Line, Reply, Speech
from voice.call import Call
from voice.endpointing import Expected
from voice.engines import Engines
from voice.events import CandidateWords, Event, Sound, SoundCleared, TurnCompleted

LOUD = b"\x00\x10"
QUIET = bytes(2)


async def clauses(*texts: str) -> AsyncGenerator[str]:
    for text in texts:
        yield text


@dataclass
class ScriptedAgent:
    """Answers every answer with the next of ``replies``."""

    replies: list[str] = field(default_factory=lambda: ["I see.", "And then what happened?"])
    answers: list[Answer] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    language: str | None = "en"
    expected_language: str = "en"
    terms: str = ""
    expected: Expected = field(default_factory=lambda: Expected(seconds=5))
    compose: Callable[[Answer], AsyncGenerator[str]] | None = None
    lines: Sequence[Line] = ()

    def reply(self, answer: Answer) -> Reply:
        made = self.compose(answer) if self.compose else clauses(*self.replies)
        return Reply(made, "en")

    def again(self, speech: Speech) -> Reply | None:
        return Reply(clauses(f"Again: {speech.heard}"), "en", purpose=speech.purpose)

    def apology(self) -> Reply:
        return Reply(clauses("Sorry, please say that again."), "en")

    def heard(self, answer: Answer) -> None:
        self.answers = [a for a in self.answers if a.utterance != answer.utterance] + [answer]

    def spoke(self, speech: Speech) -> None:
        self.speeches.append(speech)

    def upcoming(self, reply: Reply) -> Sequence[Line]:
        return self.lines


@dataclass
class MemoryRecord:
    """A record whose writes take ``delay`` seconds."""

    delay: float = 0.005
    rows: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    speeches: dict[str, Speech] = field(default_factory=dict)

    async def candidate_said(self, answer: Answer) -> None:
        await asyncio.sleep(self.delay)
        self.rows.append(("candidate", answer.text))
        self.answers[answer.utterance] = answer

    async def interviewer_speaks(self, speech: Speech) -> None:
        await asyncio.sleep(self.delay)
        self.rows.append(("interviewer begins", speech.utterance))

    async def interviewer_spoke(self, speech: Speech) -> None:
        await asyncio.sleep(self.delay)
        self.rows.append(("interviewer", speech.heard))
        self.speeches[speech.utterance] = speech


@dataclass
class Scene:
    """A call in progress, and everything that came out of it with its time."""

    call: Call
    agent: ScriptedAgent
    record: MemoryRecord
    log: list[tuple[float, Event]]
    frame: float = 0.02
    """Seconds of microphone in one message."""

    async def speak(self, seconds: float) -> None:
        await self._microphone(LOUD, seconds)

    async def silence(self, seconds: float) -> None:
        await self._microphone(QUIET, seconds)

    async def _microphone(self, sample: bytes, seconds: float) -> None:
        pcm = sample * round(self.frame * 16_000)
        for _ in range(round(seconds / self.frame)):
            self.call.hear(pcm)
            await asyncio.sleep(self.frame)

    def events(self, kind: type[Any]) -> list[Any]:
        return [event for _, event in self.log if isinstance(event, kind)]

    def time_of(self, kind: type[Any], which: int = 0) -> float:
        return [at for at, event in self.log if isinstance(event, kind)][which]

    @property
    def finals(self) -> list[str]:
        return [words.text for words in self.events(CandidateWords) if words.is_final]

    @property
    def turns(self) -> list[TurnCompleted]:
        return self.events(TurnCompleted)

    @property
    def cleared(self) -> list[SoundCleared]:
        return self.events(SoundCleared)

    @property
    def sound_seconds(self) -> float:
        return sum(len(sound.pcm) / 48_000 for sound in self.events(Sound))


@asynccontextmanager
async def scene(
    engines: Engines | None = None,
    agent: ScriptedAgent | None = None,
    record: MemoryRecord | None = None,
    **options: Any,
) -> AsyncGenerator[Scene]:
    """A running call that is hung up at the end."""
    loop = asyncio.get_running_loop()
    log: list[tuple[float, Event]] = []

    async def deliver(event: Event) -> None:
        log.append((loop.time(), event))

    agent, record = agent or ScriptedAgent(), record or MemoryRecord()
    call = Call(engines or scripted_engines(), agent, record, deliver, clock=loop.time, **options)
    async with asyncio.TaskGroup() as group:
        group.create_task(call.run())
        await asyncio.sleep(0)
        yield Scene(call, agent, record, log)
        call.hang_up()
