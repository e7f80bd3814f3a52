import asyncio
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from interviews.live.connection import arrival
from interviews.live.recorder import Recorder
from interviews.models import Interview, Utterance
from interviews.tests.cast import mina
from interviews.tests.snapshots import snapshot
from voice.agent import Answer, Speech

pytestmark = pytest.mark.django_db(transaction=True)


class BrokenRecorder(Recorder):
    """A recorder whose database is away for the next ``failures`` writes."""

    failures = 0

    async def _store(self, rows: Mapping[str, Mapping[str, Any]], state: Mapping[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise OperationalError("the server has gone away")
        await super()._store(rows, state)


async def recorder() -> tuple[BrokenRecorder, Interview]:
    holder = arrival()

    @sync_to_async
    def make() -> Interview:
        return Interview.objects.create(candidate=mina(), snapshot=snapshot(), connection=holder)

    interview = await make()
    state = {"event_seq": 7, "progress": {"greeted": True}}
    return BrokenRecorder(interview.pk, holder, last_sequence=0, state=lambda: state), interview


def answer(text: str, utterance: str = "") -> Answer:
    return Answer(utterance or str(uuid.uuid4()), text, "en", "voice", 0.8, 1.0, 2.5)


async def test_an_answer_and_the_interviews_state_are_stored_together() -> None:
    record, interview = await recorder()
    await record.candidate_said(answer("First."))
    row = await Utterance.objects.aget(interview=interview)
    assert (row.sequence, row.text_said, row.start_ms, row.end_ms) == (1, "First.", 1000, 2500)
    stored = await Interview.objects.aget(pk=interview.pk)
    assert stored.event_seq == 7
    assert stored.progress == {"greeted": True}


async def test_an_answer_that_went_on_replaces_itself() -> None:
    record, interview = await recorder()
    utterance = str(uuid.uuid4())
    await record.candidate_said(answer("First", utterance))
    await record.candidate_said(answer("First and second.", utterance))
    row = await Utterance.objects.aget(interview=interview)
    assert row.text_said == "First and second."


async def test_a_database_that_comes_back_gets_everything(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.recorder.RETRIES", (0.0, 0.0))
    record, interview = await recorder()
    record.failures = 2
    await record.candidate_said(answer("First."))
    record.failures = 3
    with pytest.raises(OperationalError):
        await record.candidate_said(answer("Second."))
    await record.candidate_said(answer("Third."))
    rows = [row async for row in Utterance.objects.filter(interview=interview)]
    assert [(row.sequence, row.text_said) for row in rows] == [
        (1, "First."),
        (2, "Second."),
        (3, "Third."),
    ]


async def test_what_was_heard_of_a_reply_replaces_its_beginning() -> None:
    record, interview = await recorder()
    speech = Speech(str(uuid.uuid4()), "en", 1.0)
    await record.interviewer_speaks(speech)
    speech.said, speech.heard, speech.end, speech.interrupted = "One two three.", "One", 2.0, True
    await asyncio.gather(record.interviewer_spoke(speech), record.candidate_said(answer("Stop.")))
    row = await Utterance.objects.aget(pk=speech.utterance)
    assert (row.text_said, row.text_heard, row.interrupted) == ("One two three.", "One", True)
    assert await Utterance.objects.filter(interview=interview).acount() == 2


async def test_two_connections_that_overlap_lose_nothing_of_each_other() -> None:
    older, interview = await recorder()
    newer = Recorder(interview.pk, arrival(), last_sequence=0, state=dict)
    await older.candidate_said(answer("To the older one."))
    await newer.candidate_said(answer("To the newer one."))
    late = answer("Late, to the older one.")
    await older.candidate_said(late)
    await newer.candidate_said(answer("And on."))
    await older.candidate_said(answer("Late, and gone on with.", late.utterance))
    rows = Utterance.objects.filter(interview=interview).order_by("sequence")
    assert [row.text_said async for row in rows] == [
        "To the older one.", "To the newer one.", "Late, and gone on with.", "And on.",
    ]  # fmt: skip


async def test_who_no_longer_holds_the_interview_files_words_but_no_state() -> None:
    older, interview = await recorder()
    newest = {"event_seq": 9, "progress": {"greeted": True, "farewell": True}}
    newer = Recorder(interview.pk, arrival(), last_sequence=0, state=lambda: newest)
    await Interview.objects.filter(pk=interview.pk).aupdate(connection=newer._connection)
    await newer.save_state()
    await older.candidate_said(answer("Late, to the older one."))
    await older.save_state()
    row = await Utterance.objects.aget(interview=interview)
    assert row.text_said == "Late, to the older one."
    stored = await Interview.objects.aget(pk=interview.pk)
    assert (stored.event_seq, stored.progress) == (9, newest["progress"])
