"""The same interview for everybody; extra time and other ways to take part leave no trace."""

from typing import Any

import pytest

from interviews.conversation.guide import Guide
from interviews.conversation.moves import Intent, Move, MoveKind, Progress
from interviews.guides.files import load, store
from interviews.models import Accommodation, Interview
from interviews.tests import cast
from interviews.tests.test_guide_admin import TASTER

pytestmark = pytest.mark.django_db


@pytest.fixture
def config() -> Any:
    made = cast.config(typed_answers=False)
    made.guide = store(load(TASTER), approved=True)
    made.save()
    return made


def asked_of(interview: Interview, missing: list[str]) -> list[tuple[str, str | None]]:
    """The questions and competencies, in order, of one who answers each with ``missing``."""
    guide = Guide.from_snapshot(interview.snapshot)
    progress, now = Progress(), 0.0
    asked: list[tuple[str, str | None]] = []
    move = guide.opening()
    while move.kind is not MoveKind.FAREWELL:
        if move.kind in (MoveKind.GREET, MoveKind.ASK) and move.question:
            asked.append((move.question, guide.questions[move.question].competency))
        progress.done(move, now)
        now += 20
        remaining = interview.duration_seconds - now
        move = guide.next(
            progress, intent=Intent.ANSWER, missing=missing, now=now, remaining=remaining
        )
    return asked


def test_all_candidates_of_a_config_are_asked_the_same_in_the_same_order(config: Any) -> None:
    mina = Interview.objects.create_from(config, cast.mina(), language="en")
    omar = Interview.objects.create_from(config, cast.omar(), language="ko")
    everything = [
        point["key"]
        for question in mina.snapshot["guide"]["questions"]
        for point in question["expected_points"]
    ]
    expected = [
        (question.slug, question.competency.slug if question.competency else None)
        for question in config.guide.questions.all()
    ]
    assert asked_of(mina, []) == asked_of(omar, everything) == expected


def test_extra_time_is_for_the_interview_and_each_question(config: Any) -> None:
    mina, omar = cast.mina(), cast.omar()
    Accommodation.objects.create(
        candidate=mina, extra_time=50, typed=True, captions=True, patient=True
    )
    hers = Interview.objects.create_from(config, mina)
    his = Interview.objects.create_from(config, omar)
    assert hers.duration_seconds == 1.5 * his.duration_seconds
    assert [q["seconds"] for q in hers.snapshot["guide"]["questions"]] == [
        round(1.5 * q["seconds"]) for q in his.snapshot["guide"]["questions"]
    ]
    options = hers.snapshot["options"]
    assert (options["typed_answers"], options["captions"], options["patience"]) == (
        True,
        True,
        "long",
    )
    assert not his.snapshot["options"]["typed_answers"]
    assert asked_of(hers, []) == asked_of(his, [])


def test_typed_answers_and_captions_reach_the_room_where_the_config_has_none(
    config: Any,
) -> None:
    mina = cast.mina()
    Accommodation.objects.create(candidate=mina, typed=True, captions=True)
    client = cast.signed_in(mina)
    form = {"config": config.pk, "language": "en", "input_mode": "hands_free"}
    assert client.post("/interviews/new/", form).status_code == 302
    interview = Interview.objects.get(candidate=mina)
    Interview.objects.filter(pk=interview.pk).update(consented_at=interview.created_at)
    page = client.get(f"/interviews/{interview.pk}/").content.decode()
    assert 'data-typed-answers="yes"' in page
    assert 'data-captions="yes"' in page


def test_extra_time_is_not_refused_by_a_plan(config: Any) -> None:
    mina = cast.mina()
    Accommodation.objects.create(candidate=mina, extra_time=100)
    interview = Interview.objects.create_from(config, mina)
    assert interview.limit_reached() == ""


def test_it_holds_no_reason_and_the_score_sees_nothing_of_it(config: Any) -> None:
    """What is judged against, competencies and points, is the same with and without."""
    mina = cast.mina()
    plain = Interview.objects.create_from(config, mina).snapshot
    Accommodation.objects.create(candidate=mina, extra_time=100, typed=True, captions=True)
    eased = Interview.objects.create_from(config, mina).snapshot
    assert plain["guide"]["competencies"] == eased["guide"]["competencies"]
    for one, other in zip(plain["guide"]["questions"], eased["guide"]["questions"], strict=True):
        for part in ("text", "expected_points", "probes", "competency", "max_probes"):
            assert one[part] == other[part]
    assert {field.name for field in Accommodation._meta.fields} == {
        *("id", "candidate", "extra_time", "typed", "captions", "patient")
    }


def test_a_change_of_the_config_is_for_later_interviews(config: Any) -> None:
    before = Interview.objects.create_from(config, cast.mina())
    config.guide.questions.filter(slug="proud-of").delete()
    before.refresh_from_db()
    assert "proud-of" in [q["slug"] for q in before.snapshot["guide"]["questions"]]


def test_a_plan_still_counts_the_time_that_everybody_has(config: Any, settings: Any) -> None:
    config.duration_minutes = 240
    config.save()
    interview = Interview.objects.create_from(config, cast.mina())
    assert interview.limit_reached()


def test_moves_that_differ_only_in_grounds_are_the_same_move() -> None:
    assert Move(MoveKind.PROBE, "first", 0, grounds=["a"]) == Move(MoveKind.PROBE, "first", 0)
