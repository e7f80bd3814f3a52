"""Alerts on what was said: on record, and told to staff where somebody is in danger."""

import asyncio
import logging
import uuid
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.mail import send_mail
from django.db import Error as DatabaseError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from interviews.live.watching import publish
from interviews.models import Alert, Utterance
from voice.engines import Verdict

log = logging.getLogger(__name__)

FILING = (0.2, 1.0, 3.0)
"""Seconds to wait for an utterance that is still being filed, or a database that is away."""


async def raise_alert(utterance_id: uuid.UUID, verdict: Verdict) -> None:
    """Put a verdict on record, once an utterance, and tell staff of danger. Never raises."""
    try:
        for wait in (*FILING, None):
            try:
                alert, created = await database_sync_to_async(record)(utterance_id, verdict)
                break
            except (Utterance.DoesNotExist, DatabaseError):
                if wait is None:
                    raise
                await asyncio.sleep(wait)
        await publish(alert.interview_id, _told(alert))
        if created and alert.level == Alert.Level.DANGER:
            # Not on the thread of the database, on which every call of this process waits.
            await asyncio.to_thread(_tell_staff, alert)
    except Exception:
        log.exception("an alert of level %d could not be recorded", verdict.level)


def _told(alert: Alert) -> dict[str, Any]:
    return {
        "kind": "alert",
        "utterance": str(alert.utterance_id),
        "level": alert.level,
        "categories": alert.categories,
        "confidence": round(alert.confidence, 2),
        "start_ms": alert.utterance.start_ms,
    }


def record(utterance_id: uuid.UUID, verdict: Verdict) -> tuple[Alert, bool]:
    """The alert with its utterance, and whether it is new."""
    utterance = Utterance.objects.get(id=utterance_id)
    alert, created = Alert.objects.update_or_create(
        utterance=utterance,
        defaults={
            "interview_id": utterance.interview_id,
            "level": verdict.level,
            "categories": list(verdict.categories),
            "confidence": verdict.confidence,
        },
    )
    alert.utterance = utterance
    return alert, created


@translation.override(settings.LANGUAGE_CODE)  # not in the candidate's
def _tell_staff(alert: Alert) -> None:
    """By e-mail to ALERT_EMAILS. The words themselves stay on the site."""
    if not settings.ALERT_EMAILS:
        log.warning("danger in an interview, and ALERT_EMAILS names nobody to tell")
        return
    minutes, seconds = divmod(alert.utterance.start_ms // 1000, 60)
    try:
        send_mail(
            _("Somebody may be in danger: an alert in an interview"),
            _(
                "Interview: %(interview)s\n"
                "Said by: %(speaker)s, at %(minutes)d:%(seconds)02d\n"
                "Found: %(categories)s (confidence %(confidence).2f)\n\n"
                "Please read the transcript now: %(path)s"
            )
            % {
                "interview": alert.interview_id,
                "speaker": alert.utterance.get_speaker_display(),
                "minutes": minutes,
                "seconds": seconds,
                "categories": ", ".join(alert.categories),
                "confidence": alert.confidence,
                "path": reverse("interviews:results", args=[alert.interview_id]),
            },
            None,
            settings.ALERT_EMAILS,
        )
    except OSError:
        log.exception("staff could not be told of an alert by e-mail")
