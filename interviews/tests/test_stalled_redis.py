"""A Redis that takes its time to fail keeps no call of the process from the database."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.core.cache import caches

from interviews.live.absence import keep_events, kept_events
from interviews.models import Assessment, Interview
from interviews.tasks import assess_answer_soon, assess_interview_soon
from interviews.tests.cast import mina
from interviews.tests.live_client import SOON
from interviews.tests.rated import interviewed

pytestmark = pytest.mark.django_db(transaction=True)


class Stall:
    """Stands for a call to Redis; the real one fails once its socket times out."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.over = threading.Event()

    def __call__(self, *_args: object, **_fields: object) -> None:
        self.entered.set()
        self.over.wait(SOON)


@pytest.fixture
def stall() -> Iterator[Stall]:
    stall = Stall()
    yield stall
    stall.over.set()


async def made() -> Interview:
    return await database_sync_to_async(lambda: interviewed(mina()))()


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
    await reached(stall, asyncio.create_task(assess_answer_soon(interview.pk)))


async def test_the_task_queue_at_the_end(settings: Any, monkeypatch: Any, stall: Stall) -> None:
    interview = await made()
    settings.TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    monkeypatch.setattr("django_tasks_rq.RQBackend.enqueue", stall)
    await reached(stall, asyncio.create_task(assess_interview_soon(interview.pk)))
    assert await Assessment.objects.filter(interview=interview, status="waiting").aexists()


async def test_the_events_to_keep(monkeypatch: Any, stall: Stall) -> None:
    interview = await made()
    monkeypatch.setattr(type(caches["default"]), "set", stall)
    await reached(stall, asyncio.create_task(keep_events(interview.pk, [])))


async def test_the_events_that_were_kept(monkeypatch: Any, stall: Stall) -> None:
    interview = await made()
    monkeypatch.setattr(type(caches["default"]), "get", stall)
    await reached(stall, asyncio.create_task(kept_events(interview.pk)))
