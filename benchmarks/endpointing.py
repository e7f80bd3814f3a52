"""How soon the end of an answer is known, and how often an answer is cut off: the real detector,
turn model and call over answers with pauses, in virtual time.

Every voice of ``benchmarks.pauses`` is one candidate in one call, so that what is learned of its
pauses counts as it would in an interview. A reply takes no time to make here: what is measured is
the decision alone. The words of a pause are known some time after its beginning (``READ_AFTER``).
"""

import argparse
import asyncio
import hashlib
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answers import FRAME
from benchmarks.figures import percentile
from benchmarks.pauses import (
    KINDS,
    NOISE_DB,
    PausingAnswer,
    conversation_set,
    training_set,
)
from interviews.conversation.interviewer import PATIENCE
from interviews.conversation.questions import ANSWER_SECONDS
from voice.adapters.scripted import ScriptedModel, ScriptedSynthesizer
from voice.adapters.silero import Silero
from voice.adapters.smart_turn import SmartTurn
from voice.audio import RATE, WIDTH, Audio
from voice.call import Call
from voice.endpointing import Expected, Patience
from voice.engines import Detector, Engines, Transcript
from voice.events import CallEnded, Event, SoundStarted
from voice.tests.cast import MemoryRecord, ScriptedAgent
from voice.tests.virtual_time import run

RESULTS = Path(__file__).with_name("results")
READ_AFTER = {"live": 0.1, "upload": 0.3}
"""Seconds from a pause to its words: with a recognizer that listens, and with one that is sent
the answer."""
DECISION = 0.05
"""Seconds that the turn model takes, and a busy processor besides."""
LATE = 2.0
"""An end that is not known after so many seconds is missed."""
THOUGHT = 1.5
"""Seconds between the end of a reply and the next answer."""


class KnownWords:
    """Recognizes what is known to have been said, at the stream's present moment."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self.answer: PausingAnswer | None = None
        self.position = 0.0

    async def warm(self) -> None: ...

    async def close(self) -> None: ...

    async def transcribe(
        self, audio: Audio, *, language: str | None = None, terms: str = ""
    ) -> Transcript:
        answer = self.answer
        text = answer.words(self.position) if answer else ""
        await asyncio.sleep(self._delay)
        return Transcript(text, answer.language if answer else "en", 0.9)


@dataclass
class RememberingTurnModel:
    """Smart Turn, asked once about the same audio: another policy asks much the same."""

    model: SmartTurn
    remembered: dict[str, float]
    asked: int = 0

    async def warm(self) -> None: ...

    async def close(self) -> None: ...

    async def finished(self, audio: Audio) -> float:
        self.asked += 1
        key = hashlib.sha1(audio.pcm, usedforsecurity=False).hexdigest()
        if key not in self.remembered:
            self.remembered[key] = self.model.probability(audio)
        await asyncio.sleep(DECISION)
        return self.remembered[key]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one answer."""

    name: str
    language: str
    cut_off: str | None
    """The kind of the pause in which a reply began; "speech": elsewhere before the end."""
    delay: float | None
    """Seconds from the true end to the reply; None: missed."""
    pauses: tuple[str, ...] = field(default=())


def replay(
    answers: Iterable[PausingAnswer],
    *,
    read_after: float,
    patience: Patience | None = None,
    remembered: dict[str, float] | None = None,
) -> tuple[list[Verdict], float]:
    """All answers; with the turn model's questions a minute of microphone."""
    remembered = {} if remembered is None else remembered
    turn_model = RememberingTurnModel(SmartTurn(), remembered)
    detector = Silero()
    verdicts: list[Verdict] = []
    seconds = 0.0
    in_order = sorted(answers, key=lambda answer: answer.voice)
    for _, session in groupby(in_order, key=lambda answer: answer.voice):
        found, heard = run(
            _session(list(session), detector, turn_model, read_after, patience or Patience())
        )
        verdicts += found
        seconds += heard
    return verdicts, turn_model.asked / seconds * 60


async def _session(
    answers: Sequence[PausingAnswer],
    detector: Detector,
    turn_model: RememberingTurnModel,
    read_after: float,
    patience: Patience,
) -> tuple[list[Verdict], float]:
    loop = asyncio.get_running_loop()
    words = KnownWords(read_after)
    voice = ScriptedSynthesizer(seconds_per_letter=0.05)
    engines = Engines(detector, turn_model, words, ScriptedModel(), {"en": voice, "ko": voice})
    agent = ScriptedAgent(["Thank you."], language=None)
    begun: list[float] = []

    async def deliver(event: Event) -> None:
        if isinstance(event, SoundStarted):
            begun.append(loop.time())
        assert not isinstance(event, CallEnded)

    call = Call(
        engines, agent, MemoryRecord(delay=0.0), deliver, clock=loop.time, patience=patience
    )
    verdicts = []
    async with asyncio.TaskGroup() as group:
        group.create_task(call.run())
        await asyncio.sleep(0)
        began = loop.time()
        for answer in answers:
            agent.expected = Expected(ANSWER_SECONDS[answer.expects], PATIENCE[answer.expects])
            words.answer, begun[:] = answer, []
            start = loop.time()
            async for position in _microphone(call, answer.audio.pcm):
                words.position = position
            verdicts.append(_verdict(answer, [at - start for at in begun]))
            silence = _noise(round(THOUGHT * RATE), NOISE_DB[0])
            async for position in _microphone(call, silence):
                words.position = answer.end + position
        heard = loop.time() - began
        call.hang_up()
    return verdicts, heard


async def _microphone(call: Call, pcm: bytes) -> AsyncGenerator[float]:
    for start in range(0, len(pcm), FRAME * WIDTH):
        yield start / WIDTH / RATE
        call.hear(pcm[start : start + FRAME * WIDTH])
        await asyncio.sleep(FRAME / RATE)


def _noise(samples: int, decibels: float) -> bytes:
    noise = np.random.default_rng(7).normal(0, 10 ** (decibels / 20) * 32_768, samples)
    return noise.astype("<i2").tobytes()


def _verdict(answer: PausingAnswer, replies: Sequence[float]) -> Verdict:
    early = [at for at in replies if at < answer.end]
    late = [at - answer.end for at in replies if at >= answer.end]
    cut = None
    if early:
        inside = (p.kind for p in answer.pauses if p.start <= early[0] <= p.end + 0.3)
        cut = next(inside, "speech")
    delay = late[0] if late and late[0] <= LATE else None
    kinds = tuple(pause.kind for pause in answer.pauses)
    return Verdict(answer.name, answer.language, cut, delay, kinds)


def summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The two figures and what they consist of."""
    delays = [verdict.delay for verdict in verdicts if verdict.delay is not None]
    kinds = {kind: sum(v.pauses.count(kind) for v in verdicts) for kind in KINDS}
    cuts = [verdict.cut_off for verdict in verdicts if verdict.cut_off]
    return {
        "answers": len(verdicts),
        "pauses": sum(kinds.values()),
        "cut_off": len(cuts),
        "cut_off_by_kind": {
            KINDS.get(kind, kind): [cuts.count(kind), kinds.get(kind, 0)]
            for kind in (*KINDS, "speech")
        },
        "missed": sum(verdict.delay is None for verdict in verdicts),
        "delay": {f"p{p}": percentile(delays, p) for p in (10, 50, 90, 95, 99)},
    }


def page(results: dict[str, Any]) -> str:
    """Markdown."""
    lines = [
        "| run | set | answers | pauses | cut off | missed | p50 ms | p90 | p95 | p99 |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, halves in results["runs"].items():
        for half, s in halves.items():
            delays = " | ".join(
                f"{1000 * (s['delay'][p] or 0):.0f}" for p in ("p50", "p90", "p95", "p99")
            )
            lines.append(
                f"| {name} | {half} | {s['answers']} | {s['pauses']} | {s['cut_off']} | "
                f"{s['missed']} | {delays} |"
            )
    lines += ["", "| pause | " + " | ".join(results["runs"]) + " |"]
    lines.append("|---|" + "---:|" * len(results["runs"]))
    for kind in (*KINDS.values(), "speech"):
        cells = []
        for halves in results["runs"].values():
            cut, of = halves["held out"]["cut_off_by_kind"][kind]
            cells.append(f"{cut} of {of}")
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    asked = next(iter(results["runs"].values()))["held out"]["asked_a_minute"]
    cost = results["decision_cpu_seconds"]
    lines += [
        "",
        f"Questions to the turn model: {asked:.1f} a minute of microphone at {1000 * cost:.0f} ms "
        f"of processor: {asked * cost:.2f} s.",
    ]
    return "\n".join(lines)


RUNS: dict[str, tuple[float, str, Patience]] = {
    "live words, ten seconds expected": (READ_AFTER["live"], "fact", Patience()),
    "live words, a minute expected": (READ_AFTER["live"], "experience", Patience()),
    "words by upload, ten seconds expected": (READ_AFTER["upload"], "fact", Patience()),
    "700 ms of silence, whatever is said": (
        READ_AFTER["live"],
        "fact",
        Patience(finished=0.7, unsure=0.7, unfinished=0.7),
    ),
}
"""Seconds to the words of a pause, the kind of answer that is expected, and the patience."""


def measure(names: Sequence[str]) -> dict[str, Any]:
    """Both sets under each of ``RUNS``, with what the turn model costs."""
    sets = {"training": training_set(), "held out": conversation_set()}
    remembered: dict[str, float] = {}
    runs: dict[str, Any] = {}
    for name in names:
        delay, expects, patience = RUNS[name]
        runs[name] = {}
        for half, answers in sets.items():
            verdicts, asked = replay(
                [replace(answer, expects=expects) for answer in answers],
                read_after=delay, patience=patience, remembered=remembered,
            )  # fmt: skip
            runs[name][half] = {
                **summary(verdicts),
                "asked_a_minute": asked,
                "each": [asdict(verdict) for verdict in verdicts],
            }
            print(f"{name}, {half}: done", file=sys.stderr, flush=True)
    return {"runs": runs, "decision_cpu_seconds": decision_cost()}


def decision_cost() -> float:
    """Processor seconds of one question to the turn model, eight seconds of audio."""
    model, audio = SmartTurn(), Audio(_noise(8 * RATE, -30))
    model.probability(audio)
    began = time.process_time()
    for _ in range(10):
        model.probability(audio)
    return (time.process_time() - began) / 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks endpointing", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the first of the runs only")
    names = list(RUNS)[: 1 if parser.parse_args().quick else None]
    results = measure(names)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "endpointing.json"
    path.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    print(f"{page(results)}\n\nAll figures: {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
