"""An interview on a speech-to-speech engine: the same record, scores and messages as any other."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import ApiToken, User
from interviews.models import Interview, Score, Utterance
from interviews.tests.live_client import SOON, connected
from interviews.tests.snapshots import snapshot
from voice.adapters.openai_realtime import OpenAIRealtime
from voice.adapters.scripted import scripted_engines
from voice.tests.wire.openai_realtime import Realtime
from voice.tests.wire.server import serve

ANSWER = "I built it and it is ten percent faster."


@pytest.fixture
async def provider(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Realtime]:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    realtime = Realtime()
    realtime.model.letter, realtime.model.hears = 0.004, [ANSWER]
    async with serve(realtime) as wire:
        speech = OpenAIRealtime(
            base_url=wire.url,
            connect_timeout=SOON,
            words_timeout=SOON,
            first_timeout=SOON,
            piece_timeout=SOON,
        )
        engines = replace(scripted_engines(), speech=speech)
        monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
        yield realtime


def make_interview() -> tuple[Interview, str]:
    user = User.objects.create_user("mina@example.com", name="Mina")
    interview = Interview.objects.create(candidate=user, snapshot=snapshot(), language="en")
    return interview, ApiToken.objects.issue(user)[1]


@pytest.mark.django_db(transaction=True)
async def test_the_guide_runs_the_interview_and_the_engine_speaks(provider: Realtime) -> None:
    interview, token = await sync_to_async(make_interview)()
    async with connected(interview.id, token) as client:
        for turn in range(1, 5):
            await client.expect_count("ai_audio_end", turn)
            await client.expect("state", value="listening")
            await client.speak()
            await client.expect("turn_complete", turn=turn)
        ended = await client.expect("interview_ended", reason="finished")
    assert not client.of("error") and not client.of("notice")
    assert len(ended["history"]) == 9
    assert client.of("ai_visemes")
    asked = [e["text"] for e in ended["history"] if e["speaker"] == "interviewer"]
    assert asked[0].startswith("Hello Mina, I am Sora. What about opening?")
    assert "What about first?" in asked[1] and "Goodbye" in asked[-1]
    session: Any = provider.sessions[0]
    told = session.settings["instructions"]
    assert "Sora" in told and "backend engineer" in told
    assert "ten percent" not in told
    assert all("«" in directive for directive in provider.model.directives)
    rows = await sync_to_async(lambda: list(Utterance.objects.filter(interview=interview)))()
    assert [row.question for row in rows if row.question][:2] == ["opening", "first"]
    assert {row.text_said for row in rows if row.speaker == "candidate"} == {ANSWER}
    assert await Score.objects.filter(interview=interview).aexists()


@pytest.mark.django_db(transaction=True)
async def test_a_typed_answer_is_told_to_the_engine(provider: Realtime) -> None:
    interview, token = await sync_to_async(make_interview)()
    async with connected(interview.id, token) as client:
        await client.expect_count("ai_audio_end", 1)
        await client.expect("state", value="listening")
        await client.send("text_answer", text="I wrote it down.")
        await client.expect("turn_complete", turn=1)
    assert any("[I wrote it down.]" in directive for directive in provider.model.directives)
