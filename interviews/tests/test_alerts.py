"""The guard of an interview: alerts on both sides' words, and what danger does."""

import asyncio
import threading
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.core import mail

from interviews.alerts import raise_alert
from interviews.guard import Said, judge
from interviews.live.watching import group
from interviews.mailbox import Mailbox
from interviews.models import Alert, Interview
from interviews.tests.live_client import SOON, connected
from interviews.tests.snapshots import snapshot
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedRecognizer, ScriptedSynthesizer, scripted_engines
from voice.engines import Verdict
from voice.errors import EngineError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def recognizer(monkeypatch: Any, settings: Any) -> ScriptedRecognizer:
    settings.ALERT_EMAILS = ["staff@example.com"]
    recognizer = ScriptedRecognizer(last="I built it.")
    engines = scripted_engines(
        recognizer=recognizer, synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002)
    )
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
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


@pytest.mark.usefixtures("recognizer")
async def test_a_mail_server_that_takes_its_time_keeps_no_call_from_the_database(
    monkeypatch: Any,
) -> None:
    asked, answered = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(*_mail: Any) -> None:
        loop.call_soon_threadsafe(asked.set)
        answered.wait(2 * SOON)

    monkeypatch.setattr("interviews.alerts.send_mail", slow)
    interview, _ = await made()
    said = await utterance(interview)
    raising = asyncio.create_task(raise_alert(said.id, Verdict(3, ("violence",), 0.9)))
    try:
        async with asyncio.timeout(SOON):
            await asked.wait()
            assert await database_sync_to_async(Alert.objects.count)() == 1
    finally:
        answered.set()
        await raising


async def test_an_alert_that_changes_is_told_again() -> None:
    interview, _ = await made()
    said = await utterance(interview)
    async with Mailbox() as watcher:
        await get_channel_layer().group_add(group(interview.pk), watcher.channel)
        for confidence in (0.8, 0.9):
            await raise_alert(said.id, Verdict(2, ("threat",), confidence))
            told = (await watcher.next(SOON))["told"]
            assert told["confidence"] == confidence


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


class Away:
    """A moderator that is away for the first ``times`` that it is asked."""

    def __init__(self, times: int, *, retryable: bool = True) -> None:
        self.times, self.retryable, self.asked = times, retryable, 0

    async def judge(self, text: str, language: str) -> Verdict:
        self.asked += 1
        if self.asked <= self.times:
            raise EngineError("hosted", "unavailable", retryable=self.retryable)
        return Verdict(3, ("self_harm",), 0.9)


@pytest.mark.parametrize(
    ("times", "retryable", "asked", "level"),
    [(2, True, 3, 3), (9, True, 3, 0), (9, False, 1, 0)],
    ids=["comes back", "stays away", "is not there at all"],
)
async def test_danger_is_asked_about_again_while_a_moderator_is_away(
    times: int, retryable: bool, asked: int, level: int, monkeypatch: Any
) -> None:
    away = Away(times, retryable=retryable)
    monkeypatch.setattr("interviews.guard.RETRIES", (0.0, 0.0))
    monkeypatch.setattr("interviews.guard.moderator", lambda: away)
    interview, _ = await made()
    said = await utterance(interview)
    verdict = await judge(Said(str(said.id), "I want to die.", by_candidate=True), "en")
    assert (away.asked, verdict.level) == (asked, level)
    assert await Alert.objects.acount() == bool(level)
