"""Danger heard in words that were recognized badly: asked about once, before anything ends."""

import uuid
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError

from interviews.conversation.intents import affirms
from interviews.guard import Said, is_doubtful
from interviews.models import Alert, Interview
from interviews.tests.live_client import LiveClient, connected
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedRecognizer, ScriptedSynthesizer, scripted_engines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recognizer(monkeypatch: Any, settings: Any) -> ScriptedRecognizer:
    settings.ALERT_EMAILS = ["staff@example.com"]
    recognizer = ScriptedRecognizer(last="I want to die.", confidence=0.5)
    engines = scripted_engines(
        recognizer=recognizer, synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002)
    )
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
    return recognizer


async def ask_back(client: LiveClient, words: str = "Did I hear you right?") -> None:
    """Say what sounds like danger; wait until the interviewer has asked about it."""
    await client.expect("ai_audio_end")
    await client.expect("state", value="listening")
    await client.speak()
    await client.expect("notice", code="help")
    await heard(client, words)


async def heard(client: LiveClient, words: str) -> None:
    """``words`` have been said, and the floor is the candidate's again."""
    asked = await client.expect_text(words)
    await client.expect("ai_audio_end", utterance=asked)
    while client.of("state")[-1]["value"] != "listening":
        await client.expect_count("state", len(client.of("state")) + 1)


async def recorded(interview: Interview) -> Alert:
    """On record, and staff knows, whatever came after."""
    alert = await Alert.objects.aget(interview=interview, level=3)
    assert len(mail.outbox) == 1
    return alert


async def test_a_denial_goes_on_with_the_question(recognizer: ScriptedRecognizer) -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await ask_back(client)
        recognizer.last, recognizer.confidence = "No no, I said I want to try.", 0.9
        await client.speak()
        await heard(client, "then I misheard")
        await client.expect_text("What about", since=3)
        assert not client.of("interview_ended")
        await recorded(interview)
        recognizer.last = "I built a cache that made our service forty percent faster."
        turns = len(client.of("turn_complete"))
        await client.speak()
        await client.expect_count("turn_complete", turns + 1)
    interview = await Interview.objects.aget(id=interview.id)
    assert not interview.is_over


async def test_a_yes_ends_it_kindly(recognizer: ScriptedRecognizer) -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await ask_back(client)
        recognizer.last, recognizer.confidence = "Yes, you did.", 0.9
        await client.speak()
        ended = await client.expect("interview_ended", reason="finished")
    assert "nine eight eight" in ended["history"][-1]["text"]
    await recorded(interview)


async def test_a_yes_in_korean_ends_it_in_korean(recognizer: ScriptedRecognizer) -> None:
    recognizer.last, recognizer.language = "그냥 죽고 싶어요.", "ko"
    interview, token = await made(language="ko")
    async with connected(interview.id, token) as client:
        await ask_back(client, "제가 맞게 들었나요?")
        recognizer.last = "네, 맞아요."
        await client.speak()
        ended = await client.expect("interview_ended", reason="finished")
    assert "일공구" in ended["history"][-1]["text"]


async def test_the_same_again_ends_it_however_badly_it_is_heard(
    recognizer: ScriptedRecognizer,
) -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await ask_back(client)
        await client.speak()
        await client.expect("interview_ended", reason="finished")
    assert await Alert.objects.filter(interview=interview, level=3).acount() == 2


async def test_what_was_not_heard_is_asked_again(recognizer: ScriptedRecognizer) -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await ask_back(client)
        recognizer.last, recognizer.confidence = "Sorry, could you repeat that?", 0.9
        await client.speak()
        await client.expect_text("Did I hear you right?", since=3)
        assert not client.of("interview_ended")
    assert not (await Interview.objects.aget(id=interview.id)).is_over


@pytest.mark.usefixtures("recognizer")
async def test_typed_words_are_what_was_meant() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.send("text_answer", text="I want to die.")
        await client.expect("interview_ended", reason="finished")
    await recorded(interview)


async def test_an_interpreter_does_not_ask_and_ends_at_the_second(
    recognizer: ScriptedRecognizer,
) -> None:
    interview, token = await made(kind="interpreter")
    async with connected(interview.id, token) as client:
        await client.speak()
        await client.expect("notice", code="help")
        await client.expect("turn_complete", turn=1)
        assert not client.of("interview_ended")
        await recorded(interview)
        await client.speak()
        ended = await client.expect("interview_ended", reason="finished")
    assert not any("Did I hear you right" in row["text"] for row in ended["history"])


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("Yes.", True), ("Yeah, I can't go on.", True), ("That's right.", True), ("I do.", True),
        ("네.", True), ("네, 더는 못 하겠어요.", True), ("맞습니다.", True), ("예 그래요", True),
        ("No.", False), ("Yes, but you misheard me.", False), ("That's not what I said", False),
        ("I did not say that.", False), ("I said I want to try.", False), ("", False),
        ("Right, so the cache was slow and we rewrote it.", False), ("What?", False),
        ("아니요.", False), ("네? 아니에요.", False), ("네, 그런 뜻이 아니라요", False),
        ("네트워크를 고쳤습니다.", False), ("예전에 맡았던 일입니다.", False),
        ("아뇨, 잘못 들으셨어요.", False),
    ],
)  # fmt: skip
def test_yes_and_no(text: str, yes: bool) -> None:
    assert affirms(text) is yes


async def test_a_database_that_is_away_is_no_doubt(
    recognizer: ScriptedRecognizer, monkeypatch: Any
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("the database is away")

    monkeypatch.setattr("interviews.guard.Utterance.objects.filter", away)
    assert not await is_doubtful(Said(str(uuid.uuid4()), "I want to die.", by_candidate=True))
