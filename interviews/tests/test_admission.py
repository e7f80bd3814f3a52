"""Who may begin: a plan's last free place is given once."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from interviews.live.admission import Refusal, begin
from interviews.models import Interview, PlanReached
from interviews.tests.test_live_interview import made

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def both() -> list[Interview]:
    """Two interviews of one candidate, whose plan allows one at a time."""
    pair = [(await made())[0] for _ in range(2)]

    def allow_one() -> None:
        plan = pair[0].candidate.current_plan
        plan.concurrent_interviews = 1
        plan.save()

    await sync_to_async(allow_one)()
    return pair


async def test_connections_admitted_together_do_not_begin_together(both: list[Interview]) -> None:
    first, second = [await begin(interview.pk) for interview in both]
    assert isinstance(first, Interview)
    assert isinstance(second, Refusal)
    assert (second.close, second.code) == (4429, "limit_reached")
    assert [row.status async for row in Interview.objects.order_by("created_at")] == [
        "live",
        "ready",
    ]


async def test_an_interview_whose_candidate_never_came_back_takes_no_place(
    both: list[Interview], settings: Any
) -> None:
    assert isinstance(await begin(both[0].pk), Interview)
    # The process that would have noted its end is gone.
    gone = timezone.now() - timedelta(seconds=settings.GRACE_SECONDS + 1)
    await Interview.objects.filter(pk=both[0].pk).aupdate(seen_at=gone)
    assert isinstance(await begin(both[1].pk), Interview)


async def test_why_a_start_is_refused_is_said(both: list[Interview]) -> None:
    await sync_to_async(both[0].start_within_plan)()
    with pytest.raises(PlanReached, match="1 interview"):
        await sync_to_async(both[1].start_within_plan)()
