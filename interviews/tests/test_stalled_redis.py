"""A Redis that takes its time to fail keeps no call of the process from the database."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisGone

from interviews.live import consumer as consumers
from interviews.live.absence import keep_events, kept_events
from interviews.live.connection import as_news
from interviews.models import Assessment, Interview
from interviews.tasks import _redis_queue, assess_answer_soon, assess_interview_soon
from interviews.tests.cast import mina
from interviews.tests.live_client import SOON, LiveClient, connected
from interviews.tests.rated import interviewed
from interviews.tests.test_live_interview import made as live
from voice.adapters.scripted import ScriptedSynthesizer, scripted_engines

pytestmark = pytest.mark.django_db(transaction=True)


class Stall:
    """Stands for a call to Redis; the real one fails once its socket times out."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.over = threading.Event()

    def __call__(self, *_args: object, **_fields: object) -> None:
        self.entered.set()
        self.over.wait(2 * SOON)


@pytest.fixture
def stall() -> Iterator[Stall]:
    stall = Stall()
    yield stall
    stall.over.set()


async def made() -> Interview:
    return await database_sync_to_async(lambda: interviewed(mina()))()


async def passed(stall: Stall, work: asyncio.Task[Any]) -> None:
    """``work`` does not wait for Redis, which is asked nevertheless."""
    await asyncio.wait_for(work, SOON)
    assert await asyncio.to_thread(stall.entered.wait, SOON)
    assert not stall.over.is_set()


async def reached(stall: Stall, work: asyncio.Task[Any]) -> None:
    """The database answers while ``work`` waits for Redis."""
    assert await asyncio.to_thread(stall.entered.wait, SOON)
    assert await Interview.objects.aexists()
    assert not work.done()
    stall.over.set()
    await work


async def test_the_task_queue(settings: Any, monkeypatch: Any, stall: Stall) -> None:
    interview = await made()
    settings.TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    monkeypatch.setattr("django_tasks_rq.RQBackend.enqueue", stall)
    await passed(stall, asyncio.create_task(assess_answer_soon(interview.pk)))


async def test_the_task_queue_at_the_end(settings: Any, monkeypatch: Any, stall: Stall) -> None:
    interview = await made()
    settings.TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    monkeypatch.setattr("django_tasks_rq.RQBackend.enqueue", stall)
    await passed(stall, asyncio.create_task(assess_interview_soon(interview.pk)))
    assert await Assessment.objects.filter(interview=interview, status="waiting").aexists()


async def test_the_events_to_keep(monkeypatch: Any, stall: Stall) -> None:
    interview = await made()
    monkeypatch.setattr(type(caches["default"]), "set", stall)
    await reached(stall, asyncio.create_task(keep_events(interview.pk, [])))


async def test_the_events_that_were_kept(monkeypatch: Any, stall: Stall) -> None:
    interview = await made()
    monkeypatch.setattr(type(caches["default"]), "get", stall)
    await reached(stall, asyncio.create_task(kept_events(interview.pk)))


async def test_what_waits_behind_a_task_that_redis_did_not_take_is_not_tried(
    settings: Any, monkeypatch: Any
) -> None:
    interview = await made()
    settings.TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    tried: list[object] = []
    away, asked = threading.Event(), threading.Event()

    def fail(*_args: object, **_fields: object) -> None:
        asked.set()
        away.wait(SOON)
        tried.append(True)
        raise RedisGone("away")

    monkeypatch.setattr("django_tasks_rq.RQBackend.enqueue", fail)
    for _ in range(5):
        await assess_answer_soon(interview.pk)
        assert await asyncio.to_thread(asked.wait, SOON)
    away.set()
    await asyncio.to_thread(_redis_queue.submit(int).result)
    assert len(tried) == 1
    await assess_answer_soon(interview.pk)
    await asyncio.to_thread(_redis_queue.submit(int).result)
    assert len(tried) == 2


async def test_news_that_redis_does_not_take_in_time_are_done_without(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.connection.NEWS_SECONDS", 0.1)
    for error in (None, RedisGone("away"), OSError("away")):
        async with as_news("a test"):
            if error:
                raise error
            await asyncio.Event().wait()
    with pytest.raises(ZeroDivisionError):
        async with as_news("a test"):
            raise ZeroDivisionError


async def test_no_answer_no_end_and_no_coming_back_waits_for_redis(
    settings: Any, monkeypatch: Any, stall: Stall
) -> None:
    engines = scripted_engines(synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002))
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)
    monkeypatch.setattr("interviews.live.connection.NEWS_SECONDS", 0.1)
    interview, token = await live()
    settings.TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    monkeypatch.setattr("django_tasks_rq.RQBackend.enqueue", stall)
    client = await LiveClient(interview.pk, token).open()
    await client.init()
    await client.expect("state", value="listening")
    one = next(one for one in consumers._open if one.interview_id == interview.pk)
    assert one.live
    one.live.broadcast.ask()

    async def never(*_args: object, **_fields: object) -> None:
        await asyncio.Event().wait()

    layer = get_channel_layer()
    for name in ("receive", "send", "group_send", "group_add", "group_discard"):
        monkeypatch.setattr(layer, name, never)
    for name in ("get", "set"):
        monkeypatch.setattr(type(caches["default"]), name, stall)
    await client.send("text_answer", text="I built it.")
    await client.expect("turn_complete", turn=1)
    await client.close()
    async with connected(interview.pk, token) as back:
        await back.send("text_answer", text="And I run it.")
        await back.expect("turn_complete", turn=2)
        await back.send("end_interview")
        await back.expect("interview_ended")
    assert stall.entered.is_set()
    assert not stall.over.is_set()
    stall.over.set()
    assert await Assessment.objects.filter(interview=interview, status="waiting").aexists()
