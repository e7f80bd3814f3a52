"""A call outlives what goes wrong around it: sockets, stores, and messages nobody foresaw."""

import asyncio
from typing import Any

import pytest
from autobahn.exception import Disconnected
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.core.cache import caches
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisGone

from interview_site.asgi import application
from interviews.live import consumer as consumers
from interviews.live.tolerance import ANSWERS_AT_ONCE, MESSAGES_AT_ONCE, Allowance
from interviews.models import Interview, Utterance
from interviews.tests.live_client import SOON, LiveClient, connected
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedSynthesizer, scripted_engines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _engines(monkeypatch: Any) -> None:
    engines = scripted_engines(synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002))
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)


@pytest.mark.parametrize("path", ["ws/interviews/no-uuid/", "ws/interviews/", "ws/other/", ""])
async def test_an_unknown_path_is_refused_as_an_unknown_interview_is(path: str) -> None:
    socket = WebsocketCommunicator(application, f"/{path}")
    assert (await socket.connect(timeout=SOON))[0]
    error = await socket.receive_json_from(timeout=SOON)
    assert error["type"] == "error"
    assert error["fatal"]
    closed = await socket.receive_output(timeout=SOON)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)


async def test_a_message_that_breaks_its_handler_is_answered_and_ignored(monkeypatch: Any) -> None:
    interview, token = await made()

    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    async with connected(interview.id, token) as client:
        monkeypatch.setattr("voice.call.Call.interrupt", broken)
        await client.send("interrupt")
        error = await client.expect("error", code="internal")
        assert not error["fatal"]
        await client.send("text_answer", text="Still here.")
        await client.expect("turn_complete", turn=1)


@pytest.mark.parametrize("error", [Disconnected("closed"), OSError("closed")])
async def test_a_client_that_is_gone_before_we_know_loses_nothing(
    monkeypatch: Any, error: Exception
) -> None:
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.init()
    await client.expect("state", value="listening")
    consumer = next(one for one in consumers._open if one.interview_id == interview.id)

    sent = asyncio.Event()

    async def gone(frame: dict[str, Any]) -> None:
        if "turn_complete" in str(frame):
            sent.set()
        raise error

    consumer._send_frame = gone
    await client.send("text_answer", text="Nobody sees that this arrived.")
    await asyncio.wait_for(sent.wait(), SOON)
    await client.close()
    assert await Utterance.objects.filter(interview=interview, source="typed").aexists()
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.connection) == ("paused", None)


async def test_why_a_connection_was_closed_is_not_told_to_the_next_one() -> None:
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.init()
    await client.expect("ai_audio_end")
    await client.send("ping", id=1)
    for _ in range(20):
        await client.socket.send_to(text_data="nonsense")
    assert await client.expect_close() == 4400
    await client.close()
    async with connected(interview.id, token, resume_after=0) as again:
        await again.expect("ai_audio_end")
        await again.send("ping", id=2)
        await again.expect("pong", id=2)
        assert [m["id"] for m in again.of("pong")] == [2]
        assert len(again.of("connected")) == 1
        assert not [m for m in again.of("error") if m["fatal"]]


async def test_without_redis_a_call_goes_on_is_taken_over_and_let_go_of(monkeypatch: Any) -> None:
    interview, token = await made()

    async def away(*_args: object, **_fields: object) -> None:
        raise RedisGone("away")

    def cache_away(*_args: object) -> None:
        raise RedisGone("away")

    monkeypatch.setattr("interviews.live.consumer.HOLDING_SECONDS", 0.5)
    async with connected(interview.id, token) as client:
        await client.expect("state", value="listening")
        layer = get_channel_layer()
        for name in ("receive", "group_send", "group_add", "group_discard"):
            monkeypatch.setattr(layer, name, away)
        monkeypatch.setattr(type(caches["default"]), "set", cache_away)
        await client.send("text_answer", text="Still here.")
        await client.expect("turn_complete", turn=1)
        monkeypatch.setattr("interviews.live.connection.HAND_OVER_SECONDS", 0.1)
        async with connected(interview.id, token) as later:
            assert await client.expect_close() == 4409
            await later.send("text_answer", text="And still.")
            await later.expect("turn_complete", turn=2)
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.connection) == ("paused", None)


async def test_minutes_that_cannot_be_counted_now_end_no_call(monkeypatch: Any) -> None:
    interview, token = await made()
    asked = asyncio.Event()

    def away(*_args: object) -> float:
        loop.call_soon_threadsafe(asked.set)
        raise OperationalError("away")

    loop = asyncio.get_running_loop()
    monkeypatch.setattr("interviews.live.timekeeper.TIME_EVERY", 0.1)
    monkeypatch.setattr("interviews.live.timekeeper.Timekeeper._seconds_left", away)
    async with connected(interview.id, token) as client:
        async with asyncio.timeout(SOON):
            await asked.wait()
        await client.send("text_answer", text="Still here.")
        await client.expect("turn_complete", turn=1)
        assert not client.of("error")


async def test_answers_typed_one_after_the_other_are_all_kept_in_order() -> None:
    interview, token = await made()
    texts = [f"Answer number {number}." for number in range(5)]
    async with connected(interview.id, token) as client:
        for text in texts:
            await client.send("text_answer", text=text)
        await client.expect("turn_complete", turn=5)
        await client.expect_count("turn_complete", 5)
        finals = client.of("user_transcript")
        assert [m["text"] for m in finals] == texts
        assert all(m["is_final"] and m["source"] == "typed" for m in finals)
    rows = Utterance.objects.filter(interview=interview, speaker="candidate")
    assert [row.text_said async for row in rows.order_by("sequence")] == texts


async def test_an_answer_typed_and_a_goodbye_at_once_lose_nothing() -> None:
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.init()
    await client.send("text_answer", text="My last word.")
    await client.send("end_interview")
    ended = await client.expect("interview_ended")
    assert "My last word." in [row["text"] for row in ended["history"]]
    await client.close()


async def test_what_is_sent_behind_the_first_message_is_heard() -> None:
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.send("text_answer", text="Here before the greeting.")
    await client.expect("turn_complete", turn=1)
    assert client.messages[0]["type"] == "connected"
    await client.close()
    client = await LiveClient(interview.id, token).open()
    pcm = {"encoding": "pcm_s16le", "sample_rate": 16_000}
    await client.send("init", audio=pcm)
    await client.speak(2)
    await client.send("audio_end")
    await client.expect("turn_complete", turn=2)
    spoken = Utterance.objects.filter(interview=interview, speaker="candidate", source="voice")
    row = await spoken.aget()
    assert row.text_said
    await client.close()


async def test_an_end_that_cannot_be_filed_now_is_no_end(monkeypatch: Any) -> None:
    interview, token = await made()

    async def away(*_args: object) -> None:
        raise OperationalError("away")

    client = await LiveClient(interview.id, token).open()
    await client.init()
    with monkeypatch.context() as broken:
        broken.setattr("interviews.live.interview.LiveInterview._end", away)
        await client.send("end_interview")
        error = await client.expect("error", code="internal")
        assert error["retry_after_seconds"] > 0
        assert await client.expect_close() == 1013
    await client.close()
    async with connected(interview.id, token) as again:
        await again.send("end_interview")
        assert (await again.expect("interview_ended"))["reason"] == "candidate"


async def test_a_flood_of_pings_is_answered_by_its_share_and_then_closed() -> None:
    interview, token = await made()
    client = await LiveClient(interview.id, token).open()
    await client.init()
    for number in range(MESSAGES_AT_ONCE):
        await client.send("ping", id=number)
    await client.expect("pong", id=MESSAGES_AT_ONCE - 1)
    consumer = next(one for one in consumers._open if one.interview_id == interview.id)
    consumer._messages = Allowance(1, 0.0)
    for number in range(50):
        await client.send("ping", id=f"more {number}")
    assert await client.expect_close() == 4400
    assert [m["id"] for m in client.of("pong")[MESSAGES_AT_ONCE:]] == ["more 0"]
    refused = [m for m in client.of("error") if not m["fatal"]]
    assert [m["code"] for m in refused] == ["rate_limited"] * 20
    await client.close()


async def test_sixty_answers_typed_at_once_are_not_all_taken_and_the_call_goes_on() -> None:
    interview, token = await made(duration_seconds=3600)
    async with connected(interview.id, token) as client:
        consumer = next(one for one in consumers._open if one.interview_id == interview.id)
        consumer._answers = Allowance(ANSWERS_AT_ONCE, 0.0)
        for number in range(ANSWERS_AT_ONCE + 15):
            await client.send("text_answer", text=f"Answer number {number}.")
        await client.expect_count("error", 15)
        assert {m["code"] for m in client.of("error")} == {"rate_limited"}
        await client.send("ping", id="still")
        await client.expect("pong", id="still")
    typed = Utterance.objects.filter(interview=interview, source="typed")
    assert await typed.acount() == ANSWERS_AT_ONCE


async def test_pings_that_are_refused_take_nothing_from_what_is_being_said() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.expect("state", value="listening")
        consumer = next(one for one in consumers._open if one.interview_id == interview.id)
        await client.speak(1, silence=0)
        await client.expect("state", value="hearing")
        consumer._messages = Allowance(0, 0.0)
        await client.send("ping", id=1)
        await client.expect("error", code="rate_limited")
        assert consumer.live and not consumer.live.interviewer.progress.sound_lost


async def test_an_end_is_an_end_although_its_assessment_cannot_be_asked_for(
    monkeypatch: Any,
) -> None:
    interview, token = await made()

    def away(*_args: object) -> None:
        raise OperationalError("away")

    monkeypatch.setattr("interviews.tasks._owe", away)
    async with connected(interview.id, token) as client:
        await client.send("end_interview")
        await client.expect("interview_ended", reason="candidate")
        assert await client.expect_close() == 1000
