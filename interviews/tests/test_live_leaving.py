"""A candidate who leaves while the interviewer speaks: what counts is what was wished and heard."""

import pytest

from interviews.models import Interview, Utterance
from interviews.tests.live_client import LiveClient, connected
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedSynthesizer, scripted_engines

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = "I did it, it was hard, and it went well."


@pytest.fixture(autouse=True)
def _engines(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = scripted_engines()
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)


def speaks_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = scripted_engines(synthesizer=ScriptedSynthesizer(seconds_per_letter=0.2))
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)


@pytest.mark.parametrize("hears_goodbye", [True, False])
async def test_who_leaves_after_asking_for_the_end_has_ended_it(
    hears_goodbye: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaks_slowly(monkeypatch)
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_start")
        await client.send("end_interview")
        if hears_goodbye:
            await client.expect_count("ai_audio_start", 2)
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.end_reason, row.connection) == ("ended", "candidate", None)
    late = await LiveClient(interview.id, token).open()
    assert await late.expect_close() == 4410
    await late.close()


async def test_who_leaves_during_the_last_goodbye_has_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("state", value="listening")
        for turn in range(1, 6):
            await client.send("text_answer", text=ANSWER)
            await client.expect("turn_complete", turn=turn)
    speaks_slowly(monkeypatch)
    async with connected(interview.id, token) as client:
        await client.send("text_answer", text=ANSWER)
        await client.expect_text("Goodbye")
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.end_reason) == ("ended", "finished")


async def test_who_leaves_during_a_question_comes_back_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speaks_slowly(monkeypatch)
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_start")
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.end_reason) == ("paused", "")


async def test_a_reply_of_which_nothing_was_heard_is_given_again_and_not_its_question() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("state", value="listening")
    before = await Interview.objects.aget(id=interview.id)
    async with connected(interview.id, token) as client:
        await client.send("text_answer", text=ANSWER)
        await client.expect("turn_complete", turn=1)
    await Interview.objects.filter(id=interview.id).aupdate(progress=before.progress)
    rows = Utterance.objects.filter(interview=interview).order_by("sequence")
    asked, answered, replied = [row async for row in rows]
    assert answered.text_said == ANSWER
    await rows.filter(id=replied.id).aupdate(text_heard="", interrupted=True)
    question = replied.text_said.rpartition(". ")[2]
    async with connected(interview.id, token) as again:
        await again.expect_text(question)
        said = "".join(message["text"] for message in again.of("ai_transcript_chunk"))
    assert asked.text_said.rpartition(". ")[2] not in said
