"""Alerts on what was said: on record, and told to staff where somebody is in danger."""

import asyncio
import logging
import uuid

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from interviews.models import Alert, Utterance
from voice.engines import Verdict

log = logging.getLogger(__name__)

FILING = (0.2, 1.0, 3.0)
"""Seconds to wait for an utterance that is still being filed."""


async def raise_alert(utterance_id: uuid.UUID, verdict: Verdict) -> None:
    """Put a verdict on record, once an utterance, and tell staff of danger. Never raises."""
    try:
        for wait in (*FILING, None):
            try:
                await database_sync_to_async(record)(utterance_id, verdict)
                return
            except Utterance.DoesNotExist:
                if wait is None:
                    raise
                await asyncio.sleep(wait)
    except Exception:
        log.exception("an alert of level %d could not be recorded", verdict.level)


def record(utterance_id: uuid.UUID, verdict: Verdict) -> Alert:
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
    if created and alert.level == Alert.Level.DANGER:
        _tell_staff(alert)
    return alert


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
                "path": alert.interview.get_results_url(),
            },
            None,
            settings.ALERT_EMAILS,
        )
    except OSError:
        log.exception("staff could not be told of an alert by e-mail")
