"""At most one connection holds an interview; a newer one of the same candidate takes it over.

The holder's id stands in the database, so the rule holds across processes; the channel layer only
makes the hand-over quick.
"""

import asyncio
import logging
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from interviews.models import Interview
from interviews.tasks import request_assessment

log = logging.getLogger(__name__)

NEWS_SECONDS = 2.0
"""How long Redis may take to pass news on, which a call can do without."""
HAND_OVER_SECONDS = 3.0
"""How long the older connection may take to file its last words."""


@asynccontextmanager
async def as_news(what: str) -> AsyncIterator[None]:
    """The block is given up, with one line in the log, if Redis is not there in time."""
    try:
        async with asyncio.timeout(NEWS_SECONDS):
            yield
    except (RedisError, ChannelFull, OSError) as error:
        log.warning("Redis is not there, done without: %s (%s)", what, type(error).__name__)


def group(interview_id: uuid.UUID) -> str:
    """The channel-layer group of an interview's connections."""
    return f"interview.{interview_id}"


def arrival() -> uuid.UUID:
    """An id for a connection that arrives now: of two ids the later one is the larger."""
    return uuid.UUID(int=time.time_ns() << 64 | secrets.randbits(64))


async def take_over(
    interview_id: uuid.UUID, connection: uuid.UUID, found: uuid.UUID | None
) -> bool:
    """Make ``connection`` the holder, once the older holder has let go or is given up on.

    ``found``: who held the interview when ``connection`` arrived, and is older whatever the clocks
    of two machines say. False: a connection that arrived later holds it by now.
    """
    layer = get_channel_layer()
    told, deadline = None, 0.0
    while True:
        held_by = await holder(interview_id)
        now = asyncio.get_running_loop().time()
        if held_by not in (None, found) and held_by > connection:
            return False
        if held_by is not None and held_by != told:
            told, deadline = held_by, now + HAND_OVER_SECONDS
            message = {"type": "taken.over", "holder": str(held_by)}
            async with as_news("telling the older connection"):
                await layer.group_send(group(interview_id), message)
        elif (held_by is None or now >= deadline) and await _replace(
            interview_id, held_by, connection
        ):
            return True
        await asyncio.sleep(0.05)


def end(interview: Interview) -> None:
    """End an interview from outside its call; a live connection is told and says so."""
    interview.end(Interview.EndReason.CANDIDATE)
    request_assessment(interview.pk)
    async_to_sync(_tell_of_the_end)(interview.pk)


async def _tell_of_the_end(interview_id: uuid.UUID) -> None:
    async with as_news("telling the live connection of the end"):
        await get_channel_layer().group_send(group(interview_id), {"type": "ended.elsewhere"})


@database_sync_to_async
def holder(interview_id: uuid.UUID) -> uuid.UUID | None:
    """The connection that holds the interview, if any; raises Interview.DoesNotExist."""
    rows = Interview.objects.filter(id=interview_id)
    return rows.values_list("connection", flat=True).get()


@database_sync_to_async
def standing(interview_id: uuid.UUID) -> tuple[uuid.UUID | None, str]:
    """The connection that holds the interview, if any, and why it has ended, if it has."""
    rows = Interview.objects.filter(id=interview_id)
    return rows.values_list("connection", "end_reason").get()


@database_sync_to_async
def _replace(interview_id: uuid.UUID, held_by: uuid.UUID | None, connection: uuid.UUID) -> bool:
    """False: somebody else was quicker."""
    rows = Interview.objects.filter(id=interview_id, connection=held_by)
    return bool(rows.update(connection=connection))


@database_sync_to_async
def let_go(interview_id: uuid.UUID, connection: uuid.UUID, state: Mapping[str, Any]) -> bool:
    """File the interview's state and stop holding it. False: somebody else holds it by now."""
    held = Interview.objects.filter(id=interview_id, connection=connection)
    return bool(held.update(connection=None, **state))
