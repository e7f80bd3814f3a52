"""Pages and files ask the database as often for much as for little."""

import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from interviews.assessments.assessment import assess
from interviews.assessments.review import rate
from interviews.models import Alert, AnswerFeedback, Competency, Interview, InterviewGuide, Question
from interviews.reports.export import archive
from interviews.tests.cast import config, mina, person, rhea, signed_in
from interviews.tests.rated import ANSWER, interviewed, scripted, verdict

pytestmark = pytest.mark.django_db


def with_competencies(candidate: User, count: int) -> Interview:
    """An interview that is to be rated blind."""
    made = interviewed(candidate, config=config(f"Engineer {count}"), blind_rating=True)
    (first,) = made.snapshot["guide"]["competencies"]
    for number in range(count - 1):
        made.snapshot["guide"]["competencies"].append(
            copy.deepcopy(first) | {"slug": f"{first['slug']}-{number}"}
        )
    made.save()
    return made


def asked(work) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        work()
    return len(queries)


@pytest.mark.parametrize("page", ["results", "report"])
def test_of_many_competencies(page: str, settings) -> None:
    settings.SCORING_MODEL = None
    candidate, reviewer = mina(), signed_in(rhea())
    counts = []
    for count in (1, 6):
        made = with_competencies(candidate, count)
        assess(made.pk)
        url = reverse(f"interviews:{page}", args=[made.pk])
        counts.append(asked(lambda url=url: reviewer.get(url)))
    assert counts[0] == counts[1] <= 30


def test_of_many_pairs_in_the_calibration(settings) -> None:
    settings.SCORING_MODEL = scripted(verdict(3))
    reviewer = rhea()
    client, url = signed_in(reviewer), reverse("interviews:calibration")
    counts = []
    for count in (1, 4):
        made = with_competencies(person(f"C{count}", "candidate"), count)
        for competency in made.snapshot["guide"]["competencies"]:
            made.scores.update_or_create(
                competency=competency["slug"],
                scorer="rubric",
                defaults={"level": 3, "evidence": [{"quote": "x"}]},
            )
            rate(made, reviewer, competency["slug"], 3, "As the anchor says.")
        counts.append(asked(lambda: client.get(url)))
    assert counts[0] == counts[1]


def test_of_many_interviews_in_an_export() -> None:
    reviewer = rhea()
    interviewed(mina())
    counts = [asked(lambda: archive(Interview.objects.all(), reviewer))]
    for number in range(4):
        interviewed(person(f"C{number}", "candidate"))
    counts.append(asked(lambda: archive(Interview.objects.all(), reviewer)))
    assert counts[0] == counts[1]


def test_of_many_answers_in_an_assessment(settings) -> None:
    settings.SCORING_MODEL = None
    short, long = interviewed(mina()), interviewed(person("Lee", "candidate"), *[ANSWER] * 12)
    counts = [asked(lambda made=made: assess(made.pk)) for made in (short, long)]
    assert counts[0] == counts[1]
    assert AnswerFeedback.objects.filter(utterance__interview=long).count() == 12


def test_of_many_alerts_in_the_admin_site(admin: User) -> None:
    site, made = signed_in(admin), interviewed(mina())
    url = reverse("admin:interviews_interview_change", args=[made.pk])
    site.get(url)  # What is kept from then on.
    counts = []
    for first, last in ((10, 11), (11, 16)):
        for number in range(first, last):
            said = made.utterances.create(sequence=number, speaker="candidate", text_heard="Damn.")
            Alert.objects.create(interview=made, utterance=said, level=1, confidence=0.9)
        counts.append(asked(lambda: site.get(url)))
    assert counts[0] == counts[1]


def test_of_many_questions_in_the_admin_site(admin: User) -> None:
    site = signed_in(admin)
    guide = InterviewGuide.objects.create(slug="g", title_en="Guide", title_ko="지침")
    competency = Competency.objects.create(guide=guide, slug="c", name_en="Care", name_ko="주의")
    url = reverse("admin:interviews_interviewguide_change", args=[guide.pk])
    counts = []
    for first, last in ((0, 1), (1, 6)):
        for number in range(first, last):
            Question.objects.create(
                guide=guide, competency=competency, slug=f"q-{number}", text_en="Why?", order=number
            )
        page = site.get(url)
        assert page.content.decode().count(f'<option value="{competency.pk}" selected>') == last
        counts.append(asked(lambda: site.get(url)))
    assert counts[0] == counts[1]


def test_those_that_ended_lately_are_found_without_reading_all() -> None:
    now = timezone.now()
    lately = Interview.objects.filter(ended_at__lt=now, ended_at__gt=now - timedelta(days=7))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It reads a table that is nearly empty whole.
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "interview_by_end" in lately.order_by().explain()
