"""A call whose words are written down while they are spoken, in virtual time."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from voice.adapters.scripted import (
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedTurnModel,
    scripted_engines,
)
from voice.adapters.scripted_live import ScriptedDictation, ScriptedLive
from voice.agent import Answer
from voice.dictations import Dictations
from voice.endpointing import WINDOW_BYTES, WINDOW_SAMPLES, Patience
from voice.engines import Transcript
from voice.errors import EngineError
from voice.events import CandidateWords, Sound, StateChanged
from voice.failover import FailoverLive
from voice.live_transcription import LiveTranscription
from voice.tests.cast import Scene, ScriptedAgent, scene
from voice.tests.virtual_time import run

READ = "Read afterwards."


@asynccontextmanager
async def live_scene(script: ScriptedLive, **options: Any) -> AsyncGenerator[Scene]:
    reader = ScriptedRecognizer(last=READ, delay=0.3)
    engines = scripted_engines(recognizer=reader, turn_model=ScriptedTurnModel(delay=0.05))
    live = FailoverLive("live_recognizer", {"scripted": script})
    async with scene(replace(engines, live_recognizer=live), **options) as s:
        s.reader = reader  # type: ignore[attr-defined]
        yield s


async def answered(s: Scene, turns: int = 1) -> None:
    async with asyncio.timeout(30):
        while len(s.turns) < turns:
            await s.silence(0.1)


def test_the_words_come_while_they_are_spoken() -> None:
    async def main() -> None:
        script = ScriptedLive()
        async with live_scene(script) as s:
            await asyncio.sleep(1)
            await s.speak(1.2)
            partial = [w.text for w in s.events(CandidateWords)]
            assert partial == sorted(partial, key=len) and partial[-1].startswith("one two three")
            await answered(s)
        assert s.finals == ["one two three four"]
        assert s.reader.requests == []  # type: ignore[attr-defined]
        assert len(script.made) == 1 and script.made[0].closed

    run(main())


def test_one_connection_serves_a_call_and_hears_no_silence() -> None:
    async def main() -> None:
        script = ScriptedLive()
        async with live_scene(script) as s:
            for turn in range(3):
                await s.silence(4)
                await s.speak(0.9)
                await answered(s, turn + 1)
        (dictation,) = script.made
        assert len(s.finals) == 3
        assert dictation.sent < dictation.heard + 3 * 1.0

    run(main())


def test_what_is_said_after_a_pause_belongs_to_the_answer() -> None:
    async def main() -> None:
        script = ScriptedLive()
        async with live_scene(script) as s:
            await s.speak(0.6)
            await s.silence(0.4)
            await s.speak(0.6)
            await answered(s)
        assert s.finals == ["one two three four"]
        assert script.made[0].commits == 2

    run(main())


def test_speech_before_the_connection_is_there_is_not_lost() -> None:
    async def main() -> None:
        script = ScriptedLive(connecting=0.8)
        async with live_scene(script) as s:
            await s.speak(1.2)
            await answered(s)
        assert s.finals == ["one two three four"]

    run(main())


@pytest.mark.parametrize("breaks", ["silent", "drops"])
def test_what_live_transcription_does_not_give_is_read(breaks: str) -> None:
    async def main() -> None:
        script = ScriptedLive(breaks=breaks)
        async with live_scene(script) as s:
            await s.speak(1.2)
            await answered(s)
            assert s.finals == [READ]
            seconds = s.reader.requests[-1]  # type: ignore[attr-defined]
            assert seconds >= 1.2
            assert len(s.events(Sound)) > 0

    run(main())


def test_a_line_that_breaks_later_loses_nothing_of_what_was_settled() -> None:
    async def main() -> None:
        script = ScriptedLive()
        async with live_scene(script) as s:
            await s.speak(0.6)
            await s.silence(0.3)
            script.breaks = "drops"
            await s.speak(0.6)
            await answered(s)
        assert s.finals == [f"one two {READ}"]

    run(main())


def test_a_connection_lost_while_speaking_is_made_again_and_hears_all() -> None:
    async def main() -> None:
        script = ScriptedLive()
        async with live_scene(script) as s:
            await s.silence(2)
            await s.speak(0.6)
            script.made[0].error = EngineError("scripted live", "unavailable", retryable=True)
            script.made[0]._on_words()
            await s.speak(0.6)
            await answered(s)
        assert s.finals == ["one two three four"]
        assert len(script.made) == 2
        assert s.reader.requests == []  # type: ignore[attr-defined]

    run(main())


def test_what_was_said_before_a_connection_that_is_lost_in_the_pause_is_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        script = ScriptedLive()
        async with live_scene(script) as s:
            await s.silence(2)
            await s.speak(1.2)
            await s.silence(0.14)
            script.refuses = EngineError("scripted live", "unavailable", retryable=True)
            script.made[0].error = script.refuses
            script.made[0]._on_words()
            await answered(s)
        assert script.made[0].commits == 0
        assert s.finals == [READ]
        assert "a turn failed" not in caplog.messages

    run(main())


def test_a_bug_in_live_transcription_costs_no_answer() -> None:
    class Buggy(ScriptedDictation):
        async def commit(self) -> Transcript:
            raise RuntimeError("a bug")

    class Script(ScriptedLive):
        async def dictate(
            self, *, language: str | None, terms: str, on_words: Callable[[], None]
        ) -> ScriptedDictation:
            return Buggy(self, "en", on_words)

    async def main() -> None:
        async with live_scene(Script()) as s:
            await s.silence(2)
            await s.speak(1.2)
            await answered(s)
        assert s.finals == [READ]

    run(main())


@pytest.mark.parametrize("retryable", [True, False])
def test_without_a_connection_everything_is_read(retryable: bool) -> None:
    async def main() -> None:
        refusal = EngineError("scripted live", "unauthorised", retryable=retryable)
        script = ScriptedLive(refuses=refusal)
        async with live_scene(script) as s:
            await s.silence(5)
            await s.speak(1.2)
            await answered(s)
        assert s.finals == [READ]
        assert "waiting" not in [state.value for state in s.events(StateChanged)]

    run(main())


def test_a_click_after_the_answer_is_no_segment_of_its_own() -> None:
    async def main() -> None:
        script = ScriptedLive()
        dictations = Dictations(script, language=lambda: "en", terms=lambda: "")
        dictations.warm()
        await asyncio.sleep(1)
        utterance = LiveTranscription(dictations, ScriptedRecognizer())
        loud, quiet = b"\x00\x10" * WINDOW_SAMPLES, bytes(WINDOW_BYTES)

        async def hear(*windows: bool) -> None:
            for voiced in windows:
                utterance.add(loud if voiced else quiet, float(voiced), voiced=voiced)
                await asyncio.sleep(0.032)

        await hear(*[True] * 30, *[False] * 10)
        said = (await utterance.settled()).text
        await hear(True, *[False] * 10)
        assert (await utterance.settled()).text == said
        assert script.made[0].commits == 1
        await hear(*[True] * 20, *[False] * 10)
        assert len((await utterance.settled()).text) > len(said)
        assert script.made[0].commits == 2
        utterance.close()
        await dictations.close()

    run(main())


def test_what_a_flicker_of_the_voice_splits_is_read_as_one() -> None:
    async def main() -> None:
        script = ScriptedLive()
        async with live_scene(script) as s:
            for _ in range(4):
                await s.speak(0.3)
                await s.silence(0.1)
            await answered(s)
        assert s.finals == ["one two three four"]
        assert script.made[0].commits == 1

    run(main())


def test_the_reply_is_made_in_the_silence_that_ends_the_answer() -> None:
    """With engines at published latencies: final words 0.1 s after the commit, the first clause
    after 0.43 s, its sound after 0.075 s."""

    async def written(answer: Answer) -> AsyncGenerator[str]:
        await asyncio.sleep(0.43)
        yield "I see."

    async def main() -> None:
        agent = ScriptedAgent(compose=written)
        voice = ScriptedSynthesizer(first_byte=0.075)
        reader = ScriptedRecognizer(last=READ, delay=0.3)
        engines = scripted_engines(recognizer=reader, synthesizer=voice)
        live = ScriptedLive(words=("We", "did", "it."), final=0.1)
        async with scene(replace(engines, live_recognizer=live), agent) as s:
            await s.speak(1.2)
            await answered(s)
            latency = s.turns[0].latency
        assert latency.total and latency.endpoint
        assert latency.total - latency.endpoint < 0.05
        assert latency.endpoint == pytest.approx(Patience().finished, abs=0.2)

    run(main())
