"""Who may connect to an interview, and what becomes of its status when they do."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.websocket import authenticate
from interviews.live.protocol import Close
from interviews.models import Interview, PlanReached


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a connection is closed: the protocol's close code, its error code, and words."""

    close: Close
    code: str
    message: str
    retry_after: int | None = None


async def admit(scope: Mapping[str, Any], interview_id: uuid.UUID) -> Refusal | None:
    """None if the connection may go on; from here on messages are in the user's language."""
    user = await authenticate(scope, interview_id)
    if user is None:
        return Refusal(4401, "bad_message", _("Please sign in again."))
    language = user.language or translation.get_language() or "en"
    if not user.language and not _asks_for_language(scope):
        language = await _language_of(interview_id) or language
    translation.activate(language)
    return await database_sync_to_async(_refusal)(interview_id, user.pk)


def _asks_for_language(scope: Mapping[str, Any]) -> bool:
    """Whether the handshake says in which language its user reads; scripts leave it out."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    cookie = settings.LANGUAGE_COOKIE_NAME.encode()
    return b"accept-language" in headers or cookie in headers.get(b"cookie", b"")


@database_sync_to_async
def _language_of(interview_id: uuid.UUID) -> str:
    """The language that the interview is held in; empty if either may be spoken."""
    found = Interview.objects.filter(id=interview_id, language__in=dict(settings.LANGUAGES))
    return found.values_list("language", flat=True).first() or ""


def _refusal(interview_id: uuid.UUID, user_id: int) -> Refusal | None:
    interview = _load(interview_id)
    if interview is None:
        return Refusal(4404, "bad_message", _("There is no such interview."))
    if interview.candidate_id != user_id:
        return Refusal(4403, "bad_message", _("This interview belongs to somebody else."))
    if interview.is_over:
        return _ended()
    if interview.status == Interview.Status.READY and interview.is_on_draft:
        return Refusal(4403, "bad_message", _("Nobody has approved its questions yet."))
    if interview.status == Interview.Status.READY and (reached := interview.limit_reached()):
        return Refusal(4429, "limit_reached", reached)
    return None


@database_sync_to_async
def begin(interview_id: uuid.UUID) -> Interview | Refusal:
    """Start the interview, or go on with it; gives it with its utterances."""
    interview = _load(interview_id)
    if interview is None or interview.is_over:
        return _ended()
    if interview.status != Interview.Status.READY:
        interview.resume()
        return interview
    try:
        interview.start_within_plan()
    except PlanReached as reached:
        return Refusal(4429, "limit_reached", str(reached))
    return interview


@database_sync_to_async
def pause(interview_id: uuid.UUID) -> None:
    """The connection is gone; an interview that has ended stays as it is."""
    interview = Interview.objects.get(id=interview_id)
    if interview.status == Interview.Status.LIVE:
        interview.pause()


def _load(interview_id: uuid.UUID) -> Interview | None:
    found = Interview.objects.filter(id=interview_id)
    found.end_lapsed()
    return found.select_related("candidate").prefetch_related("utterances").first()


def _ended() -> Refusal:
    return Refusal(4410, "bad_message", _("This interview has ended."))
