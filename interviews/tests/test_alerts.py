"""The guard of an interview: alerts on both sides' words, and what danger does."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core import mail

from interviews.alerts import raise_alert
from interviews.models import Alert, Interview
from interviews.tests.live_client import connected
from interviews.tests.snapshots import snapshot
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedRecognizer, ScriptedSynthesizer, scripted_engines
from voice.engines import Verdict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recognizer(monkeypatch: Any, settings: Any) -> ScriptedRecognizer:
    settings.ALERT_EMAILS = ["staff@example.com"]
    recognizer = ScriptedRecognizer(last="I built it.")
    engines = scripted_engines(
        recognizer=recognizer, synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002)
    )
    monkeypatch.setattr("interviews.live.engines", lambda profile: engines)
    return recognizer


async def test_danger_ends_the_interview_kindly_and_tells_staff(
    recognizer: ScriptedRecognizer,
) -> None:
    recognizer.last = "I want to die."
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.speak()
        notice = await client.expect("notice", code="help")
        assert "988" in notice["message"]
        ended = await client.expect("interview_ended", reason="finished")
        assert await client.expect_close() == 1000
    assert "nine eight eight" in ended["history"][-1]["text"]
    alert = await Alert.objects.select_related("utterance").aget(interview=interview)
    assert alert.level == 3
    assert alert.categories == ["self_harm"]
    assert alert.utterance.text_heard == "I want to die."
    (message,) = mail.outbox
    assert message.to == ["staff@example.com"]
    assert str(interview.id) in message.body
    assert "die" not in message.body


async def test_danger_ends_a_korean_interview_in_korean(recognizer: ScriptedRecognizer) -> None:
    recognizer.last, recognizer.language = "그냥 죽고 싶어요.", "ko"
    interview, token = await made(language="ko")
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.speak()
        ended = await client.expect("interview_ended", reason="finished")
    assert "일공구" in ended["history"][-1]["text"]


async def test_lesser_levels_are_put_on_record_and_the_interview_goes_on(
    recognizer: ScriptedRecognizer,
) -> None:
    recognizer.last = "That was a shitty idea of mine."
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.speak()
        await client.expect("turn_complete", turn=1)
        assert not client.of("notice")
    alert = await Alert.objects.select_related("utterance").aget(interview=interview)
    assert (alert.level, alert.utterance.speaker) == (1, "candidate")
    assert not mail.outbox


@pytest.mark.usefixtures("recognizer")
async def test_the_interviewers_words_are_judged_too() -> None:
    persona = {
        **snapshot()["persona"],
        "greeting": {"en": "Hello, I know where you live.", "ko": "안녕하세요."},
    }
    interview, token = await made(persona=persona)
    async with connected(interview.id, token) as client:
        await client.expect("ai_audio_end")
        await client.expect("state", value="listening")
        await client.speak()
        await client.expect("turn_complete", turn=1)
    alert = await Alert.objects.select_related("utterance").aget(interview=interview)
    assert (alert.level, alert.utterance.speaker) == (2, "interviewer")


@sync_to_async
def utterance(interview: Interview) -> Any:
    return interview.utterances.create(sequence=1, speaker="candidate", text_heard="…")


@pytest.mark.usefixtures("recognizer")
async def test_an_utterance_has_one_alert_and_one_mail() -> None:
    interview, _ = await made()
    said = await utterance(interview)
    for confidence in (0.8, 0.9):
        await raise_alert(said.id, Verdict(3, ("violence",), confidence))
    alert = await Alert.objects.aget()
    assert alert.confidence == 0.9
    assert len(mail.outbox) == 1


async def test_mail_that_does_not_go_out_keeps_the_alert(settings: Any) -> None:
    settings.ALERT_EMAILS = ["staff@example.com"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    interview, _ = await made()
    said = await utterance(interview)
    await raise_alert(said.id, Verdict(3, ("violence",), 0.9))
    assert await Alert.objects.acount() == 1


async def test_an_alert_on_nothing_is_no_alert(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.alerts.FILING", (0.0,))
    await raise_alert(uuid.uuid4(), Verdict(2, ("threat",), 0.9))
    assert await Alert.objects.acount() == 0
