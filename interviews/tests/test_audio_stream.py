"""Live transcription for other programs, over its socket."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from accounts.models import ApiToken, User
from interviews.live.audio_consumer import _streams
from interviews.live.draining import drain
from interviews.tests.audio_client import AudioClient, streaming
from interviews.tests.live_client import LOUD, QUIET, SOON
from voice.adapters.phrases import Phrases
from voice.adapters.scripted import ScriptedRecognizer, scripted_engines
from voice.adapters.silero import Silero
from voice.adapters.whisper import Whisper
from voice.audio import Audio, silence
from voice.engines import Transcript
from voice.tests.speech import spoken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token() -> str:
    return ApiToken.objects.issue(User.objects.create_user("program@example.com"))[1]


@pytest.fixture
def recognizer(monkeypatch: Any) -> ScriptedRecognizer:
    recognizer = ScriptedRecognizer(last="We moved to Kafka.")
    engines = scripted_engines(recognizer=recognizer)
    monkeypatch.setattr("interviews.live.audio_consumer.engines", lambda profile: engines)
    return recognizer


@pytest.mark.usefixtures("recognizer")
async def test_each_stretch_of_speech_is_one_message(token: str) -> None:
    async with streaming(token) as client:
        await client.hear(QUIET + 2 * LOUD + QUIET)
        first = await client.receive()
        await client.hear(LOUD + QUIET)
        second = await client.receive()
    assert set(first) == {
        "text", "is_final", "is_harmful", "confidence", "categories", "start_ms", "end_ms",
        "timestamp",
    }  # fmt: skip
    assert first["text"] == "We moved to Kafka."
    assert first["is_final"] is True
    assert first["is_harmful"] is False
    assert first["categories"] == []
    assert 600 <= first["start_ms"] <= 1000
    assert 3000 <= first["end_ms"] <= 3300
    assert second["start_ms"] > first["end_ms"]
    assert datetime.fromisoformat(first["timestamp"]).tzinfo


async def test_harm_is_flagged_with_its_categories(
    token: str, recognizer: ScriptedRecognizer
) -> None:
    recognizer.last = "I know where you live, asshole."
    async with streaming(token) as client:
        await client.hear(LOUD + QUIET)
        message = await client.receive()
    assert message["is_harmful"] is True
    assert message["categories"] == ["threat", "profanity"]
    assert 0.5 < message["confidence"] <= 1


@pytest.mark.usefixtures("recognizer")
async def test_interim_messages_come_each_second(token: str) -> None:
    async with streaming(token, "?interim=1") as client:
        await client.hear(LOUD[:3200])
        for _ in range(3):
            await client.hear(LOUD)
            message = await client.receive()
            assert message["is_final"] is False
        await client.hear(QUIET)
        message = await client.receive()
    assert message["is_final"] is True


@pytest.mark.usefixtures("recognizer")
async def test_a_flush_forces_the_rest_out_and_is_always_answered(token: str) -> None:
    async with streaming(token) as client:
        await client.hear(LOUD)
        await client.flush()
        assert (await client.receive())["text"] == "We moved to Kafka."
        await client.flush()
        message = await client.receive()
    assert message["text"] == ""
    assert message["is_final"] is True
    assert message["start_ms"] == message["end_ms"] == 1000


@pytest.mark.usefixtures("recognizer")
@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "bad_message"),
        ("[" * 50_000, "bad_message"),
        ("[]", "bad_message"),
        ('{"type": 1}', "bad_message"),
        ('{"type": "stop"}', "unknown_message"),
        (b"\x00" * 3, "bad_audio"),
        (b"\x00" * 65_538, "frame_too_large"),
    ],
)
async def test_bad_input_is_answered_and_ignored(token: str, frame: str | bytes, code: str) -> None:
    async with streaming(token) as client:
        if isinstance(frame, str):
            await client.send(frame)
        else:
            await client.socket.send_to(bytes_data=frame)
        error = await client.receive()
        assert error["type"] == "error"
        assert error["code"] == code
        assert error["fatal"] is False
        assert error["message"]
        await client.hear(LOUD + QUIET)
        assert (await client.receive())["is_final"] is True


@pytest.mark.usefixtures("recognizer")
async def test_twenty_bad_messages_in_ten_seconds_end_the_stream(token: str) -> None:
    async with streaming(token) as client:
        for _ in range(20):
            await client.send("nonsense")
            assert (await client.receive())["fatal"] is False
        assert (await client.receive())["fatal"] is True
        assert await client.receive_close() == 4400


@pytest.mark.usefixtures("recognizer")
async def test_only_a_token_opens_a_stream(token: str) -> None:
    cookie = [(b"cookie", b"sessionid=abc"), (b"origin", b"http://localhost")]
    for wrong, query, headers in [
        ("", "", ()),
        ("nonsense", "", ()),
        ("", "", cookie),
        ("", f"?ticket={token}", ()),
    ]:
        client = AudioClient(wrong, query, headers)
        await client.socket.connect(timeout=SOON)
        error = await client.receive()
        assert error["type"] == "error"
        assert error["fatal"] is True
        assert await client.receive_close() == 4401


@pytest.mark.usefixtures("recognizer")
async def test_a_disconnect_frees_the_stream(token: str, settings: Any) -> None:
    settings.AUDIO_STREAMS = 1
    async with streaming(token) as client:
        await client.hear(LOUD)
        other = AudioClient(token)
        await other.socket.connect(timeout=SOON)
        assert (await other.receive())["code"] == "limit_reached"
        assert await other.receive_close() == 4429
    assert not _streams
    async with streaming(token) as client:
        await client.hear(LOUD + QUIET)
        assert (await client.receive())["is_final"]


async def test_a_disconnect_stops_the_work_that_waits(
    token: str, recognizer: ScriptedRecognizer
) -> None:
    recognizer.delay = 3600
    async with streaming(token) as client:
        for _ in range(3):
            await client.hear(LOUD + QUIET)
        async with asyncio.timeout(SOON):
            while not recognizer.requests:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert len(recognizer.requests) == 1
    assert not [task for task in asyncio.all_tasks() if "AudioConsumer" in repr(task)]


@pytest.fixture
def _stops(monkeypatch: Any) -> None:
    for kind in ("audio_consumer", "consumer"):
        monkeypatch.setattr(f"interviews.live.{kind}._draining", False)


@pytest.mark.usefixtures("recognizer", "_stops")
async def test_a_server_that_stops_finishes_what_it_heard_and_sends_programs_away(
    token: str,
) -> None:
    async with streaming(token, "?interim=1") as client:
        await client.hear(LOUD + LOUD[:3200])
        assert (await client.receive())["is_final"] is False
        await drain()
        message = await client.receive()
        assert (message["text"], message["is_final"]) == ("We moved to Kafka.", True)
        error = await client.receive()
        assert (error["code"], error["fatal"]) == ("internal", True)
        assert error["retry_after_seconds"] == 1
        assert await client.receive_close() == 1013
    other = AudioClient(token)
    await other.socket.connect(timeout=SOON)
    assert (await other.receive())["fatal"] is True
    assert await other.receive_close() == 1013


@pytest.mark.usefixtures("_stops")
async def test_a_server_that_stops_waits_for_no_recognizer_that_hangs(
    token: str, recognizer: ScriptedRecognizer, monkeypatch: Any
) -> None:
    monkeypatch.setattr("interviews.live.audio_consumer.FINISHING_SECONDS", 0.1)
    recognizer.delay = 3600
    async with streaming(token) as client:
        await client.hear(LOUD + QUIET)
        async with asyncio.timeout(SOON):
            while not recognizer.requests:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await drain()
        assert (await client.receive())["fatal"] is True
        assert await client.receive_close() == 1013


@pytest.mark.usefixtures("recognizer", "_stops")
async def test_programs_are_sent_away_whatever_becomes_of_interviews(
    token: str, monkeypatch: Any
) -> None:
    async def broken() -> None:
        raise ConnectionError("gone while it was told")

    monkeypatch.setattr("interviews.live.consumer.drain", broken)
    async with streaming(token) as client:
        await client.flush()
        await client.receive()
        with pytest.raises(ExceptionGroup):
            await drain()
        assert (await client.receive())["fatal"] is True
        assert await client.receive_close() == 1013


@dataclass
class Held(ScriptedRecognizer):
    """Understands nothing before ``go_on``."""

    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def transcribe(self, audio: Audio, **options: Any) -> Transcript:
        await self.go_on.wait()
        return await super().transcribe(audio, **options)


async def test_speech_that_cannot_wait_is_given_up_and_said_so(
    token: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr("interviews.live.transcriber.WAITING_SECONDS", 4.0)
    held = Held()
    engines = scripted_engines(recognizer=held)
    monkeypatch.setattr("interviews.live.audio_consumer.engines", lambda profile: engines)
    async with streaming(token) as client:
        for _ in range(4):
            await client.hear(LOUD + QUIET)
        error = await client.receive()
        assert (error["type"], error["code"]) == ("error", "rate_limited")
        held.go_on.set()
        messages = [await client.receive() for _ in range(3)]
    assert [message for message in messages if message.get("is_final")]


@pytest.mark.usefixtures("recognizer")
async def test_audio_may_not_come_much_faster_than_it_is_spoken(token: str) -> None:
    async with streaming(token) as client:
        await client.hear(QUIET * 300)
        assert (await client.receive())["code"] == "rate_limited"


async def test_a_failing_recognizer_costs_one_stretch(
    token: str, recognizer: ScriptedRecognizer
) -> None:
    recognizer.fails = 1
    async with streaming(token) as client:
        await client.hear(LOUD + QUIET)
        assert (await client.receive())["code"] == "stt_failed"
        await client.hear(LOUD + QUIET)
        assert (await client.receive())["text"] == "We moved to Kafka."
        recognizer.fails = 1
        await client.hear(LOUD)
        await client.flush()
        assert (await client.receive())["code"] == "stt_failed"
        assert (await client.receive())["text"] == ""


@pytest.mark.usefixtures("recognizer")
async def test_a_failing_moderator_lets_the_words_through_and_says_so(
    token: str, monkeypatch: Any
) -> None:
    broken = Phrases(files=["/absent.toml"])
    monkeypatch.setattr("interviews.live.audio_consumer.moderator", lambda: broken)
    async with streaming(token) as client:
        await client.hear(LOUD + QUIET)
        assert (await client.receive())["code"] == "internal"
        assert (await client.receive())["text"] == "We moved to Kafka."


async def test_human_speech_is_transcribed_by_the_embedded_engines(
    token: str, monkeypatch: Any
) -> None:
    whisper = Whisper()
    engines = scripted_engines()
    engines = type(engines)(Silero(), engines.turn_model, whisper, engines.model)
    monkeypatch.setattr("interviews.live.audio_consumer.engines", lambda profile: engines)
    speech = spoken("leisure")
    async with streaming(token) as client:
        await client.hear(speech.pcm + silence(1).pcm, frame=640)
        await client.flush()
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["text"]:
            heard.append(await client.receive())
    await whisper.close()
    text = " ".join(message["text"] for message in heard).lower()
    assert "leisure" in text
    assert not any(message["is_harmful"] for message in heard)
    assert heard[-2]["end_ms"] <= 1000 * speech.seconds + 500
