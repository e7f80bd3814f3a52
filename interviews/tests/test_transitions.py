import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from interviews.models import Interview, TransitionError

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_the_clock_runs_while_live_and_stops_in_absence(interview):
    interview.start(NOON)
    assert interview.remaining_seconds(after(3)) == 897
    interview.pause(after(3))
    assert interview.clock(after(5)) == 5
    assert interview.clock(after(60)) == 8
    interview.resume(after(60))
    assert interview.deadline == after(60 + 892)
    interview.end("finished", after(64))
    assert interview.clock(after(1000)) == 12


def test_the_stored_interview_changes_with_the_step(interview):
    interview.start(NOON)
    stored = Interview.objects.get(pk=interview.pk)
    assert (stored.status, stored.started_at) == ("live", NOON)


@pytest.mark.parametrize("reason", ["finished", "time_up", "candidate", "abandoned", "failed"])
def test_over_is_over(interview, reason):
    interview.start(NOON)
    interview.end(reason, after(1))

    assert interview.is_over and interview.end_reason == reason
    for step in (interview.start, interview.pause, interview.resume):
        with pytest.raises(TransitionError):
            step(after(2))
    with pytest.raises(TransitionError):
        interview.end("finished", after(2))


def test_only_a_live_interview_pauses(interview):
    with pytest.raises(TransitionError):
        interview.pause(NOON)


def test_a_step_is_judged_by_the_stored_status(interview):
    stale = Interview.objects.get(pk=interview.pk)
    interview.start(NOON)
    with pytest.raises(TransitionError):
        stale.start(NOON)


def test_who_stays_away_too_long_has_abandoned(interview, config, other_candidate, settings):
    settings.GRACE_SECONDS = 120
    waiting = Interview.objects.create_from(config, other_candidate)
    for one, left_at in ((interview, 1), (waiting, 60)):
        one.start(NOON)
        one.pause(after(left_at))

    assert Interview.objects.end_lapsed(after(130)) == 1
    interview.refresh_from_db()
    waiting.refresh_from_db()
    assert (interview.status, interview.end_reason) == ("abandoned", "abandoned")
    assert (waiting.status, waiting.has_lapsed(after(130))) == ("paused", False)


@pytest.fixture
def held(interview) -> Interview:
    """Connected, but the database has taken no news of it for two minutes."""
    interview.start(NOON)
    Interview.objects.update(connection=uuid.uuid4())
    return interview


def test_who_is_connected_through_a_stall_of_the_database_has_not_left(held, monkeypatch):
    def seen_again(_seconds: float) -> None:
        Interview.objects.update(seen_at=after(131))

    monkeypatch.setattr("interviews.models.interview_queries.time.sleep", seen_again)
    assert Interview.objects.end_lapsed(after(130)) == 0
    assert Interview.objects.end_lapsed(after(130), patience=20.0) == 0
    held.refresh_from_db()
    assert held.status == "live"


def test_what_a_server_left_behind_that_died_is_abandoned(held, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr("interviews.models.interview_queries.time.sleep", waited.append)
    assert Interview.objects.end_lapsed(after(130), patience=20.0) == 1
    held.refresh_from_db()
    assert (held.status, held.connection, waited) == ("abandoned", None, [20.0])


def test_who_comes_back_at_the_last_moment_has_not_left(interview):
    interview.start(NOON)
    found = Interview.objects.get(pk=interview.pk)
    interview.resume(after(130))
    assert not found.abandon(after(130))
    interview.refresh_from_db()
    assert interview.status == "live"


@pytest.mark.parametrize(
    "nonsense",
    [
        {"status": "gone"},
        {"status": "ended"},
        {"status": "live"},
        {"clock_seconds": -1},
        {"end_reason": "finished"},
        {"language": "fr"},
    ],
)
def test_the_database_refuses_nonsense(interview, nonsense):
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.filter(pk=interview.pk).update(**nonsense)
