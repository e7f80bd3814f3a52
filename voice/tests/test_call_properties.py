"""What must hold on every timeline: random candidates, engines that fail and dawdle, in virtual
time. Speech, pauses, barge-ins, backchannels, typing, buttons, time to think, lost microphones."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice.adapters.scripted import (
    LoudnessDetector,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedTurnModel,
    scripted_engines,
)
from voice.agent import Answer, Reply, Speech
from voice.errors import EngineError
from voice.events import (
    CallEnded,
    CandidateWords,
    MouthShapes,
    Sound,
    SoundCleared,
    SoundEnded,
    SoundStarted,
    StateChanged,
    TurnCompleted,
)
from voice.tests.cast import LOUD, QUIET, MemoryRecord, Scene, ScriptedAgent, clauses, scene
from voice.tests.virtual_time import run

UNASKED = "unasked"
TEXTS = ["That is my answer.", "We did it because", "Um", "Mm-hm.", "Yes.", ""]


class Windows(LoudnessDetector):
    """As loud as its first sample: half an hour of it is judged in a moment."""

    def probability(self, window: bytes) -> float:
        return float(window[1] > 0)


@dataclass
class WitnessAgent(ScriptedAgent):
    """Notes for which answer a reply is made; some replies are slow, and some fail."""

    slow: float = 0.0
    fails_every: int = 0
    made: int = 0

    def reply(self, answer: Answer) -> Reply:
        self.made += 1
        return Reply(self._words(self.made), "en", purpose=answer.utterance)

    async def _words(self, number: int) -> AsyncGenerator[str]:
        await asyncio.sleep(self.slow)
        if self.fails_every and number % self.fails_every == 0:
            raise EngineError("witness", "unavailable")
        for clause in self.replies:
            yield clause

    def again(self, speech: Speech) -> Reply | None:
        return Reply(clauses("Again: " + speech.said), "en", purpose=speech.purpose)

    def apology(self) -> Reply:
        return Reply(clauses("Sorry, please say that again."), "en", purpose=UNASKED)


@dataclass
class WitnessRecord(MemoryRecord):
    """Nothing is said that answers nothing, and whatever is begun is closed once."""

    began: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    async def interviewer_speaks(self, speech: Speech) -> None:
        assert speech.purpose == UNASKED or speech.purpose in self.answers
        self.began.append(speech.utterance)
        await super().interviewer_speaks(speech)

    async def interviewer_spoke(self, speech: Speech) -> None:
        self.closed.append(speech.utterance)
        await super().interviewer_spoke(speech)


STEPS = st.one_of(
    st.tuples(st.just("speak"), st.floats(0.05, 3)),
    st.tuples(st.just("silence"), st.floats(0.05, 4)),
    st.tuples(st.just("lost"), st.floats(0.05, 5)),
    st.tuples(st.just("late"), st.floats(0.1, 3)),
    st.tuples(st.just("report"), st.floats(0, 3)),
    st.tuples(st.sampled_from(["type", "button", "time", "interrupt", "say"]), st.just(0.0)),
    st.tuples(st.just("hears"), st.sampled_from(range(len(TEXTS)))),
    st.tuples(st.just("recognizer fails"), st.sampled_from([1, 3])),
    st.tuples(st.just("conclude"), st.just(0.0)),
)
ENGINES = st.fixed_dictionaries(
    {
        "recognizer": st.sampled_from([0.0, 0.1, 0.6, 2.0]),
        "turn_model": st.sampled_from([0.0, 0.05, 0.8]),
        "finished": st.sampled_from([0.02, 0.5, 0.98]),
        "first_byte": st.sampled_from([0.0, 0.1, 1.0]),
        "mute": st.booleans(),
        "reply": st.sampled_from([0.0, 0.3, 2.0]),
        "fails_every": st.sampled_from([0, 0, 3]),
        "disk": st.sampled_from([0.0, 0.01, 0.5]),
        "push_to_talk": st.booleans(),
    }
)


async def play(s: Scene, steps: list[tuple[str, float]], recognizer: ScriptedRecognizer) -> None:
    for number, (kind, value) in enumerate(steps):
        match kind:
            case "speak":
                await s.speak(value)
            case "silence":
                await s.silence(value)
            case "lost":
                await asyncio.sleep(value)
            case "late":
                samples = round(value * 16_000)
                s.call.hear(LOUD * samples + QUIET * samples)
            case "report":
                if started := s.events(SoundStarted):
                    s.call.played(started[-1].utterance, value, done=value > 2.5)
            case "type":
                now = asyncio.get_running_loop().time()
                s.call.type(Answer(f"t{number}", "Typed.", "en", "typed", None, now, now))
            case "button":
                s.call.audio_end()
            case "time":
                s.call.take_time()
            case "interrupt":
                s.call.interrupt()
            case "say":
                s.call.say(Reply(clauses("There is no hurry."), "en", purpose=UNASKED))
            case "hears":
                recognizer.last = TEXTS[int(value)]
            case "recognizer fails":
                recognizer.fails = int(value)
            case "conclude":
                s.call.conclude(Reply(clauses("Goodbye."), "en", purpose=UNASKED, ends="finished"))


@pytest.fixture(autouse=True)
def _no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Faults are injected by the hundred; each would be a line."""
    caplog.set_level(logging.CRITICAL, logger="voice")


@settings(
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEPS, max_size=25), ENGINES, st.sampled_from([0.0, 1.0, 30.0]))
def test_every_timeline_keeps_the_rules(
    steps: list[tuple[str, float]], options: dict[str, float], patience: float
) -> None:
    async def main() -> None:
        # Its checks of every callback take ten times as long as what they check.
        asyncio.get_running_loop().set_debug(False)
        recognizer = ScriptedRecognizer(delay=options["recognizer"])
        synthesizer = ScriptedSynthesizer(
            first_byte=options["first_byte"], fails=bool(options["mute"])
        )
        engines = scripted_engines(
            recognizer=recognizer,
            turn_model=ScriptedTurnModel([options["finished"]], delay=options["turn_model"]),
            synthesizer=synthesizer,
        )
        agent = WitnessAgent(slow=options["reply"], fails_every=int(options["fails_every"]))
        record = WitnessRecord(delay=options["disk"])
        before = asyncio.all_tasks()
        async with scene(
            replace(engines, detector=Windows()),
            agent,
            record,
            push_to_talk=bool(options["push_to_talk"]),
            rate=8_000,
        ) as s:
            s.frame = 0.1
            s.call.say(Reply(clauses("Hello."), "en", purpose=UNASKED))
            await play(s, steps, recognizer)
            await asyncio.sleep(patience)
            if patience > 20 and not s.events(CallEnded) and s.call.state != "waiting":
                assert s.call.state == "listening", "a call comes to rest"
        check(s, agent, record)
        for _ in range(5):
            await asyncio.sleep(0)  # What is cancelled takes a few steps to be over.
        assert asyncio.all_tasks() == before, "a task is left behind"
        assert synthesizer.open_streams == 0
        assert not s.call._turns._tasks

    run(main())


def check(s: Scene, agent: WitnessAgent, record: WitnessRecord) -> None:
    speaking: str | None = None
    over: set[str] = set()
    for _, event in s.log:
        match event:
            case SoundStarted(utterance=utterance):
                assert speaking is None, "two have the floor"
                assert utterance not in over, "a turn begins again"
                speaking = utterance
            case Sound(utterance=utterance) | MouthShapes(utterance=utterance):
                assert utterance == speaking, "sound of a turn that does not have the floor"
            case SoundEnded(utterance=utterance) | SoundCleared(utterance=utterance):
                assert utterance not in over or isinstance(event, SoundCleared)
                over.add(utterance)
                speaking = None if speaking == utterance else speaking
            case _:
                pass
    states = [event.value for event in s.events(StateChanged)]
    assert all(one != other for one, other in zip(states, states[1:], strict=False))
    ends = [number for number, (_, event) in enumerate(s.log) if isinstance(event, CallEnded)]
    assert len(ends) <= 1
    # Every turn is settled exactly once: in the record, with the agent, and to the client.
    assert sorted(record.began) == sorted(set(record.began))
    assert sorted(record.closed) == sorted(speech.utterance for speech in agent.speeches)
    assert set(record.began) <= set(record.closed)
    assert len(record.closed) == len(set(record.closed))
    completed = [turn.turn for turn in s.events(TurnCompleted)]
    assert completed == sorted(set(completed))
    finals = [words for words in s.events(CandidateWords) if words.is_final]
    assert len(finals) == len({words.utterance for words in finals}), "two finals of an utterance"
    assert {words.utterance for words in finals} <= set(record.answers)
    assert len(completed) == len(finals)
    shown: set[str] = set()
    for words in s.events(CandidateWords):
        assert words.utterance not in shown, "a subtitle after the final one"
        if words.is_final:
            shown.add(words.utterance)


def test_half_an_hour_passes_in_a_moment() -> None:
    async def main() -> tuple[float, int, int]:
        asyncio.get_running_loop().set_debug(False)
        engines = scripted_engines(
            recognizer=ScriptedRecognizer(delay=0.1),
            turn_model=ScriptedTurnModel([0.9], delay=0.05),
            synthesizer=ScriptedSynthesizer(first_byte=0.1),
        )
        agent = ScriptedAgent(["I see. And then what happened, and what did you learn from it?"])
        async with scene(replace(engines, detector=Windows()), agent, rate=8_000) as s:
            s.frame = 0.2
            for _ in range(95):
                await s.speak(6)
                await s.silence(0.4)
                await s.speak(4)
                await s.silence(9)
            lasted = asyncio.get_running_loop().time()
        return lasted, len(s.turns), len(s.log)

    began = time.process_time()
    seconds, turns, events = run(main())
    took = time.process_time() - began
    print(f"{seconds / 60:.0f} minutes, {turns} turns, {events} events: {took:.2f} s of processor")
    assert seconds > 1800
    assert turns == 95
    assert events < 12_000
