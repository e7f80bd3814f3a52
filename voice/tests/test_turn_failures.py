"""What a turn that fails is called, and what becomes of the answer that was typed into it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from voice.adapters.scripted import ScriptedRecognizer, ScriptedTurnModel, scripted_engines
from voice.agent import Answer
from voice.audio import Audio
from voice.errors import EngineError
from voice.events import Failed
from voice.tests.cast import MemoryRecord, ScriptedAgent, scene
from voice.tests.virtual_time import run


async def speechless(answer: Answer) -> AsyncGenerator[str]:
    raise EngineError("model", "unavailable")
    yield ""


@pytest.mark.parametrize("code", ["stt_failed", "llm_failed"])
def test_the_stage_that_failed_is_told(code: str) -> None:
    async def main() -> None:
        deaf = code == "stt_failed"
        recognizer = ScriptedRecognizer(fails=9 if deaf else 0)
        agent = ScriptedAgent() if deaf else ScriptedAgent(compose=speechless)
        async with scene(scripted_engines(recognizer=recognizer), agent) as s:
            await s.speak(2)
            await s.silence(6)
        assert {failed.code for failed in s.events(Failed)} == {code}

    run(main())


class BuggyTurnModel(ScriptedTurnModel):
    async def finished(self, audio: Audio) -> float:
        raise RuntimeError("a bug")


def test_an_answer_ends_without_its_evidence() -> None:
    async def main() -> None:
        async with scene(scripted_engines(turn_model=BuggyTurnModel())) as s:
            await s.speak(2)
            await s.silence(6)
        assert len(s.turns) == 1

    run(main())


class BrokenRecord(MemoryRecord):
    async def candidate_said(self, answer: Answer) -> None:
        await asyncio.sleep(self.delay)
        raise OSError("the disk is full")


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_typed_answer_that_is_not_recorded_is_told(goes_on: bool) -> None:
    async def main() -> None:
        async with scene(record=BrokenRecord(delay=0.3)) as s:
            s.call.type(Answer("u1", "I wrote it.", "en", "typed", None, 0, 0))
            await asyncio.sleep(0.1)
            if goes_on:
                s.call.take_time()
            await asyncio.sleep(2)
            assert [failed.code for failed in s.events(Failed)] == ["internal"]

    run(main())
