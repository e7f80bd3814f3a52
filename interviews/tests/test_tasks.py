"""Assessments on the queue: asked for once, survived by the record, done again without harm."""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interviews import worker
from interviews.models import Assessment, Interview, Score
from interviews.models.score import RUBRIC
from interviews.tasks import assess_answer, request_assessment, request_missing
from interviews.tests.cast import mina
from interviews.tests.rated import ANSWER, interviewed, say, scripted, verdict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queue(settings):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}
    }


def work() -> None:
    """The worker until nothing is left. It closes connections, which SQLite's tests survive."""
    worker.run(batch=True)
    connection.ensure_connection()


def older(of: Interview, age: timedelta) -> None:
    moment = timezone.now() - age
    Assessment.objects.filter(interview=of).update(updated_at=moment)
    Interview.objects.filter(pk=of.pk).update(ended_at=moment)


def test_what_is_asked_for_waits_until_a_worker_comes(queue, settings) -> None:
    settings.SCORING_MODEL = scripted(verdict(4))
    made = interviewed(mina())
    request_assessment(made.pk)
    assert made.assessment.status == "waiting"
    assert not made.scores.filter(scorer=RUBRIC).exists()
    work()
    made.assessment.refresh_from_db()
    assert made.assessment.status == "done"
    assert made.assessment.done == made.assessment.steps == 1
    assert made.scores.get(scorer=RUBRIC).level == 4


def test_what_takes_no_model_is_there_at_once(queue) -> None:
    made = interviewed(mina())
    request_assessment(made.pk)
    made.refresh_from_db()
    assert made.summary
    assert made.scores.get().evidence


def test_an_assessment_whose_worker_died_is_asked_for_again_once(queue) -> None:
    made = interviewed(mina())
    request_assessment(made.pk)
    DBTaskResult.objects.get().claim("a worker that was killed")
    made.assessment.note(status="running")
    assert request_missing() == 0
    older(made, timedelta(hours=1))
    assert request_missing() == 1
    assert request_missing() == 0
    work()
    made.assessment.refresh_from_db()
    assert made.assessment.status == "done"


def test_an_interview_that_ended_unseen_is_found(queue) -> None:
    made = interviewed(mina())
    older(made, timedelta(hours=1))
    assert request_missing() == 1
    work()
    assert Assessment.objects.get(interview=made).status == "done"


def test_an_unreachable_model_is_asked_again_later_and_the_rest_stands(queue, settings) -> None:
    settings.SCORING_MODEL = {
        "BACKEND": "voice.adapters.scripted.ScriptedModel",
        "OPTIONS": {"objects": ["{}"]},
    }
    made = interviewed(mina())
    request_assessment(made.pk)
    work()
    made.assessment.refresh_from_db()
    assert (made.assessment.status, made.assessment.problem) == ("waiting", "malformed")
    made.refresh_from_db()
    assert made.summary
    settings.SCORING_MODEL = scripted(verdict(4))
    older(made, timedelta(hours=1))
    work()
    made.assessment.refresh_from_db()
    assert (made.assessment.status, made.assessment.problem) == ("done", "")
    assert made.scores.get(scorer=RUBRIC).level == 4


def test_done_twice_is_done_once_and_asks_the_model_once(queue, settings) -> None:
    settings.SCORING_MODEL = scripted(verdict(4), verdict(4))
    made = interviewed(mina())
    for _ in range(2):
        request_assessment(made.pk)
        work()
    first = made.scores.get(scorer=RUBRIC)
    settings.SCORING_MODEL = scripted(verdict(2), verdict(2))
    request_assessment(made.pk)
    work()
    again = made.scores.get(scorer=RUBRIC)
    assert (again.level, again.created_at) == (first.level, first.created_at)
    say(made, "candidate", "I also wrote down what I had learnt, for the next project.")
    request_assessment(made.pk)
    work()
    assert made.scores.get(scorer=RUBRIC).level == 2


def test_an_answer_is_scored_while_the_interview_goes_on(queue, settings) -> None:
    settings.SCORING_MODEL = scripted(verdict(3))
    made = interviewed(mina(), ended=False)
    answer = made.utterances.get(speaker="candidate")
    assess_answer.enqueue(str(answer.pk))
    work()
    score = made.scores.get(scorer=RUBRIC)
    assert score.level == 3
    start, end = score.evidence[0]["start"], score.evidence[0]["end"]
    assert ANSWER[start:end] == score.evidence[0]["quote"]


def test_a_late_answer_task_leaves_the_assessment_of_the_whole_alone(queue, settings) -> None:
    settings.SCORING_MODEL = scripted(verdict(3))
    made = interviewed(mina())
    assess_answer.enqueue(str(made.utterances.get(speaker="candidate").pk))
    work()
    assert not Score.objects.filter(scorer=RUBRIC).exists()


def test_a_deleted_interview_leaves_no_failed_task(queue) -> None:
    made = interviewed(mina())
    request_assessment(made.pk)
    made.delete()
    work()
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="needs REDIS_URL")
def test_redis_carries_the_queue_where_it_is_there(settings) -> None:
    import django_rq
    from django_tasks_rq import Job
    from rq import SimpleWorker

    settings.TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    queue = django_rq.get_queue("default", job_class=Job)
    queue.empty()
    made = interviewed(mina())
    request_assessment(made.pk)
    assert queue.count == 1
    # In this process: a forked work horse would see another database connection.
    SimpleWorker([queue], connection=queue.connection, job_class=Job).work(burst=True)
    connection.ensure_connection()
    assert Assessment.objects.get(interview=made).status == "done"
