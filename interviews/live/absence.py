"""What outlives a connection: the events that a client which comes back may still ask for, and
the end of interviews whose candidates do not come back."""

import asyncio
import logging
import uuid
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError

from interviews.models import Interview
from interviews.tasks import assess_interview_soon

log = logging.getLogger(__name__)

EVENTS_KEPT = 500
"""How many messages of a connection are kept."""
KEPT_LONGER = 60
"""Seconds for which they are kept beyond the grace period."""

_waiting: set[asyncio.Task[None]] = set()


# Redis may take seconds to fail, so neither of these is done on the thread of the database, on
# which every call of this process waits and to which the cache's own coroutines go.


async def keep_events(interview_id: uuid.UUID, messages: list[dict[str, Any]]) -> None:
    kept_for = settings.GRACE_SECONDS + KEPT_LONGER
    await asyncio.to_thread(cache.set, _key(interview_id), messages, kept_for)


async def kept_events(interview_id: uuid.UUID) -> list[dict[str, Any]]:
    """What ``keep_events`` was last given, unless that is too long ago."""
    kept: list[dict[str, Any]] | None = await asyncio.to_thread(cache.get, _key(interview_id))
    return kept or []


def end_when_lapsed(interview_id: uuid.UUID) -> None:
    """End an interview whose candidate does not come back within the grace period. Should this
    process die first, the next look at the interview does it."""
    task = asyncio.create_task(_wait_and_end(interview_id))
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


async def _wait_and_end(interview_id: uuid.UUID) -> None:
    await asyncio.sleep(settings.GRACE_SECONDS + 1)
    lapsed = Interview.objects.filter(id=interview_id)
    try:
        ended = await database_sync_to_async(lapsed.end_lapsed)()
    except DatabaseError:
        log.exception("whether the candidate came back is not known: the next look ends it")
        return
    if ended:
        await assess_interview_soon(interview_id)


def _key(interview_id: uuid.UUID) -> str:
    return f"interview-events:{interview_id}"
