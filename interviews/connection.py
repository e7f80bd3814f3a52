"""At most one connection holds an interview; a newer one of the same candidate takes it over.

The holder's id stands in the database, so the rule holds across processes; the channel layer only
makes the hand-over quick.
"""

import asyncio
import uuid
from typing import Any

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from interviews.assessment import assess
from interviews.models import Interview

HAND_OVER_SECONDS = 3.0
"""How long the older connection may take to file its last words."""


def group(interview_id: uuid.UUID) -> str:
    """The channel-layer group of an interview's connections."""
    return f"interview.{interview_id}"


async def take_over(interview_id: uuid.UUID, connection: uuid.UUID) -> None:
    """Make ``connection`` the holder, once an older holder has let go or is given up on."""
    holder = await _holder(interview_id)
    if holder is not None:
        layer = get_channel_layer()
        await layer.group_send(group(interview_id), {"type": "taken.over", "by": str(connection)})
        deadline = asyncio.get_running_loop().time() + HAND_OVER_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if await _holder(interview_id) != holder:
                break
            await asyncio.sleep(0.05)
    await _set(interview_id, connection)


def end(interview: Interview) -> None:
    """End an interview from outside its call; a live connection is told and says so."""
    interview.end(Interview.EndReason.CANDIDATE)
    assess(interview.pk)
    layer = get_channel_layer()
    async_to_sync(layer.group_send)(group(interview.pk), {"type": "ended.elsewhere"})


@database_sync_to_async
def _holder(interview_id: uuid.UUID) -> uuid.UUID | None:
    rows = Interview.objects.filter(id=interview_id)
    return rows.values_list("connection", flat=True).get()


@database_sync_to_async
def _set(interview_id: uuid.UUID, connection: uuid.UUID) -> None:
    Interview.objects.filter(id=interview_id).update(connection=connection)


@database_sync_to_async
def let_go(interview_id: uuid.UUID, connection: uuid.UUID, state: dict[str, Any]) -> bool:
    """File the interview's state and stop holding it. False: somebody else holds it by now."""
    held = Interview.objects.filter(id=interview_id, connection=connection)
    return bool(held.update(connection=None, **state))
