"""What runs outside of a call: assessments, on the queue of the setting TASKS.

The ``Assessment`` row says what is owed, so whatever a queue or a worker loses is asked for again.
"""

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from time import monotonic

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_tasks import task

from interviews.assessments import assessment
from interviews.log import about
from interviews.models import Assessment, Interview, Utterance
from interviews.models.assessment import STALE
from interviews.usage import counted
from voice.errors import EngineError

log = logging.getLogger(__name__)

FORGOTTEN = timedelta(days=7)
"""What ended longer ago is only assessed when somebody asks."""

_redis_queue = ThreadPoolExecutor(1, thread_name_prefix="task-queue")
_redis_failed = 0.0
"""When Redis last did not take a task."""


@task()
def assess_answer(utterance_id: str) -> None:
    found = Utterance.objects.filter(pk=utterance_id).select_related("interview").first()
    if found is None or found.interview.is_over:
        return  # Deleted, or the assessment of the whole deals with it.
    with about(found.interview_id):
        try:
            with counted(found.interview_id):
                assessment.assess_answer(found.pk)
        except EngineError as error:
            log.warning("an answer could not be scored now: %s", error)


@task()
def assess_interview(interview_id: str) -> None:
    """An unreachable model is no failure of the task: what is still owed is asked for later."""
    if not Interview.objects.filter(pk=interview_id).exists():
        return
    pk = uuid.UUID(interview_id)
    try:
        with about(pk), counted(pk):
            assessment.assess(pk)
    except EngineError:
        return
    except Exception:
        Assessment.objects.filter(interview__pk=interview_id).update(
            status=Assessment.Status.FAILED, problem="internal", updated_at=timezone.now()
        )
        raise


def request_assessment(interview_id: uuid.UUID) -> None:
    """Ask for the assessment of an interview, or for it once more. What takes no model is there
    at once."""
    with about(interview_id):
        _owe(interview_id)
        _enqueue(assess_interview, interview_id)


def _owe(interview_id: uuid.UUID) -> None:
    try:
        assessment.assess_without_model(interview_id)
    except Exception:
        log.exception("an interview could not be assessed at once")
    Assessment.objects.update_or_create(
        interview_id=interview_id,
        defaults={"status": Assessment.Status.WAITING, "problem": "", "done": 0, "attempts": 0},
    )


def request_missing() -> int:
    """Ask for what nobody works on: assessments that were lost, and interviews that ended while
    nobody was there to ask. Returns how many."""
    now = timezone.now()
    spoken = Utterance.objects.filter(speaker="candidate", interview=OuterRef("pk"))
    forgotten = Interview.objects.filter(
        Exists(spoken),
        ended_at__lt=now - STALE,
        ended_at__gt=now - FORGOTTEN,
        assessment=None,
    )
    for interview in forgotten:
        request_assessment(interview.pk)
    return len(forgotten) + sum(map(_ask_again, Assessment.objects.stranded()))


def _ask_again(row: Assessment) -> int:
    """0: another process was quicker."""
    mine = Assessment.objects.filter(pk=row.pk, updated_at=row.updated_at)
    if not mine.update(status=Assessment.Status.WAITING, updated_at=timezone.now()):
        return 0
    _enqueue(assess_interview, row.interview_id)
    return 1


async def assess_answer_soon(utterance_id: uuid.UUID) -> None:
    """Never raises: an interview goes on without its feedback."""
    await _enqueue_soon(assess_answer, utterance_id)


async def assess_interview_soon(interview_id: uuid.UUID) -> None:
    """Never raises either: the look of a worker finds what nobody has asked for."""
    with about(interview_id):
        try:
            await sync_to_async(_owe)(interview_id)
        except DatabaseError:
            log.exception("an assessment cannot be asked for now")
            return
        await _enqueue_soon(assess_interview, interview_id)


async def _enqueue_soon(what, pk: uuid.UUID) -> None:
    if settings.TASKS["default"]["BACKEND"].startswith("django_tasks_rq."):
        # Redis may take seconds to fail: nobody waits for it, least of all on the thread of the
        # database, which all calls of this process share.
        _redis_queue.submit(copy_context().run, _enqueue_late, what, pk, monotonic())
    else:
        await sync_to_async(_enqueue)(what, pk)


def _enqueue_late(what, pk: uuid.UUID, asked: float) -> None:
    """What waited behind one that failed is not tried: each would take as long to fail."""
    global _redis_failed
    if asked < _redis_failed:
        log.warning("the task queue was not there to take %s", what.name)
    elif not _enqueue(what, pk):
        _redis_failed = monotonic()


def _enqueue(what, pk: uuid.UUID) -> bool:
    """Whether the queue has taken it."""
    try:
        what.enqueue(str(pk))
    except Exception:
        log.exception("the task queue does not take %s", what.name)
        return False
    return True
