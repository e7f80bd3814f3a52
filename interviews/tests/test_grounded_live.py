"""A résumé on its way into a live follow-up and into the record, over the socket."""

import asyncio
from typing import Any

import pytest

from interviews.models import Interview, Utterance
from interviews.tests.live_client import SOON, connected
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedModel, ScriptedSynthesizer, scripted_engines

RESUME = "Mina\nBorn in 1990\n- Reduced checkout latency from 900 ms to 200 ms with a Redis cache\n"
ANSWER = "The checkout was slow for our customers, so I built a cache in front of it."

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def model(monkeypatch: Any) -> ScriptedModel:
    model = ScriptedModel(
        "You built a cache, and your résumé says it reduced checkout latency with Redis. "
        "What was the result?"
    )
    engines = scripted_engines(
        model=model, synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002)
    )
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
    # What is found in a moment, but on a busy machine, is found in time.
    monkeypatch.setattr("interviews.conversation.probing.FIND_SECONDS", SOON)
    return model


async def test_it_is_named_and_kept_with_its_place(model: ScriptedModel) -> None:
    interview, token = await made()
    await Interview.objects.filter(pk=interview.pk).aupdate(resume_text=RESUME)
    async with connected(interview.pk, token) as client:
        await client.expect_count("ai_audio_end", 1)
        await _indexed(interview)
        await client.send("text_answer", text="I am an engineer and I like my work a lot.")
        await client.expect_count("turn_complete", 1)
        await client.send("text_answer", text=ANSWER)
        await client.expect_count("turn_complete", 2)
    follow_up = await Utterance.objects.filter(interview=interview, speaker="interviewer").alast()
    assert follow_up and "your résumé says" in follow_up.text_said
    said, written = follow_up.grounds
    assert said["source"] == "answer" and said["text"] == ANSWER
    assert written["source"] == "resume"
    assert RESUME[written["start"] : written["end"]] == written["text"]
    prompt = "".join(message.text for message in model.contexts[-1])
    assert "Redis cache" in prompt and "1990" not in prompt


async def _indexed(interview: Interview) -> None:
    """Waits until the interview's documents are there to be searched."""
    for _ in range(2400):
        if await interview.passages.aexists():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the résumé was not read")
