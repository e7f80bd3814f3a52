"""A live interview as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

The stream begins with ``snapshot``: status and transcript as they are in the database; what
follows is told by the process that has the call, first ``now``: what is being said and written at
that moment, from its beginning. A client that comes back begins with both again, so nothing has to
be kept for it.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from interviews.live import connection
from interviews.live.watching import ASK_EVERY, group
from interviews.mailbox import Mailbox
from interviews.models import Alert, Interview

CONTENT_TYPE = "text/event-stream"


async def events(interview_id: uuid.UUID) -> AsyncGenerator[str]:
    """Frames of the stream until the interview is over; a comment now and then keeps it open."""
    layer, clock = get_channel_layer(), asyncio.get_running_loop().time
    async with Mailbox() as mailbox:
        await layer.group_add(group(interview_id), mailbox.channel)
        try:
            told = await database_sync_to_async(snapshot)(interview_id)
            yield frame("snapshot", told)
            opening = True
            while told is not None and not told["over"]:
                watched = {"type": "watched", "opening": opening}
                await layer.group_send(connection.group(interview_id), watched)
                opening = False
                # Also while there is much to tell: what is not asked for again is not told.
                again = clock() + ASK_EVERY
                try:
                    while True:
                        message = await mailbox.next(again - clock())
                        event = dict(message["told"])
                        kind = event.pop("kind")
                        yield frame(kind, event)
                        if kind == "ended":
                            return
                except TimeoutError:
                    yield ": still here\n\n"
                told = await database_sync_to_async(over)(interview_id)
            if told and told["over"]:
                yield frame("ended", {"reason": told["reason"]})
        finally:
            await layer.group_discard(group(interview_id), mailbox.channel)


def _alert(alert: Alert | None) -> dict[str, Any]:
    if alert is None:
        return {"alert": 0}
    return {
        "alert": alert.level,
        "categories": alert.categories,
        "confidence": round(alert.confidence, 2),
    }


def frame(event: str, data: Any) -> str:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def over(interview_id: uuid.UUID) -> dict[str, Any] | None:
    """None: the interview has been deleted."""
    interview = Interview.objects.filter(pk=interview_id).first()
    return interview and {"over": interview.is_over, "reason": interview.end_reason}


def snapshot(interview_id: uuid.UUID) -> dict[str, Any] | None:
    interview = Interview.objects.filter(pk=interview_id).first()
    if interview is None:
        return None
    return {
        "status": interview.status,
        "over": interview.is_over,
        "reason": interview.end_reason,
        "utterances": [
            {
                "utterance": str(row.pk),
                "speaker": row.speaker,
                "text": row.text_heard,
                "start_ms": row.start_ms,
                **_alert(getattr(row, "alert", None)),
            }
            for row in interview.utterances.select_related("alert").order_by("sequence")
        ],
    }
