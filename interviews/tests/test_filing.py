import asyncio
import uuid
from typing import Any

import pytest
from django.db import OperationalError

from interviews.live.filing import Filing
from interviews.live.recorder import Recorder
from interviews.models import Utterance
from interviews.tests.live_client import SOON, connected
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedSynthesizer, scripted_engines
from voice.agent import Answer, Speech


class Shelf:
    """A record that takes its time."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.filed: list[Answer] = []
        self.broken = False

    async def candidate_said(self, answer: Answer) -> None:
        await self.open.wait()
        if self.broken:
            raise OperationalError
        self.filed.append(answer)

    async def interviewer_speaks(self, speech: Speech) -> None:
        await self.open.wait()

    async def interviewer_spoke(self, speech: Speech) -> None:
        await self.open.wait()


def answer() -> Answer:
    return Answer(str(uuid.uuid4()), "I built it.", "en", "voice", 0.9, 1.0, 2.0)


@pytest.mark.virtual_time
async def test_it_is_told_once_while_answers_wait_and_again_the_next_time() -> None:
    shelf, told = Shelf(), []
    filing = Filing(shelf, lambda: told.append(True))
    for times in (1, 2):
        shelf.open.clear()
        answers = [asyncio.create_task(filing.candidate_said(answer())) for _ in range(3)]
        await asyncio.sleep(20)
        assert len(told) == times
        shelf.open.set()
        await asyncio.gather(*answers)
    assert len(shelf.filed) == 6


@pytest.mark.virtual_time
async def test_what_is_quick_or_only_ours_is_not_told() -> None:
    shelf, told = Shelf(), []
    filing = Filing(shelf, lambda: told.append(True))
    speech = Speech(str(uuid.uuid4()), "en", 1.0)
    ours = [
        asyncio.create_task(filing.interviewer_speaks(speech)),
        asyncio.create_task(filing.interviewer_spoke(speech)),
    ]
    await asyncio.sleep(20)
    shelf.open.set()
    await asyncio.gather(*ours)
    await filing.candidate_said(answer())
    await asyncio.sleep(20)
    assert not told


@pytest.mark.virtual_time
async def test_a_database_that_fails_over_and_over_is_told_of_once() -> None:
    shelf, told = Shelf(), []
    shelf.broken = True
    filing = Filing(shelf, lambda: told.append(True))
    for _ in range(2):
        shelf.open.clear()
        task = asyncio.create_task(filing.candidate_said(answer()))
        await asyncio.sleep(20)
        shelf.open.set()
        with pytest.raises(OperationalError):
            await task
    assert len(told) == 1


@pytest.mark.django_db(transaction=True)
async def test_a_candidate_whose_answer_waits_is_told_so_and_goes_on(monkeypatch: Any) -> None:
    engines = scripted_engines(synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002))
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
    monkeypatch.setattr("interviews.live.filing.SLOW", 0.1)
    back = asyncio.Event()
    store = Recorder.__dict__["_store"]

    async def stalled(*args: Any) -> None:
        await asyncio.wait_for(back.wait(), SOON)
        await store(*args)

    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("state", value="listening")
        monkeypatch.setattr(Recorder, "_store", stalled)
        await client.send("text_answer", text="I built it.")
        told = await client.expect("notice", code="saving_takes_long")
        assert "keep this page open" in told["message"]
        back.set()
        await client.expect("turn_complete", turn=1)
        assert len(client.of("notice")) == 1
        assert not client.of("error")
    assert await Utterance.objects.filter(interview=interview, source="typed").aexists()
