"""People rate, blind where the config asks for it, and theirs is the level that counts."""

import pytest
from django.core.exceptions import ValidationError

from interviews.assessments.assessment import assess
from interviews.assessments.review import hidden_levels, may_review, rate
from interviews.models import Interview, Rating, Score
from interviews.models.score import POINTS, REVIEWER, RUBRIC
from interviews.reports.calibration import calibration
from interviews.tests.cast import config, mina, omar, person, rhea
from interviews.tests.rated import interviewed, scripted, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(settings):
    def make(level: int = 4, candidate=None, **options) -> Interview:
        settings.SCORING_MODEL = scripted(verdict(level))
        made = interviewed(candidate or mina(), config=options.pop("config", None), **options)
        assess(made.pk)
        return made

    return make


def levels(of: Interview, user) -> list[tuple[str, int | None]]:
    rows = Score.objects.filter(interview=of).visible_to(user).order_by("scorer")
    return [(row.scorer, row.level) for row in rows]


def test_a_reviewers_level_counts_and_every_rating_is_kept(scored) -> None:
    made, reviewer = scored(4), rhea()
    rate(made, reviewer, "delivery", 2, "Only the result is told.")
    rate(made, reviewer, "delivery", 3, "Heard it again: the method is there.")
    assert made.scores.effective().get(level__isnull=False).level == 3
    assert made.scores.get(scorer=RUBRIC).level == 4
    kept = Rating.objects.order_by("created_at", "pk")
    assert [(r.level, r.model_level, r.reviewer, r.blind) for r in kept] == [
        (2, 4, reviewer, False),
        (3, 4, reviewer, False),
    ]
    assert kept[0].reason == "Only the result is told."


def test_what_cannot_be_judged_is_a_rating_too(scored) -> None:
    made = scored(4)
    rate(made, rhea(), "delivery", None, "The sound breaks off.")
    assert not made.scores.effective().filter(level__isnull=False).exists()
    assert made.scores.get(scorer=REVIEWER).unassessable_reason == "The sound breaks off."


@pytest.mark.parametrize(
    ("competency", "level", "reason"),
    [("delivery", 3, "  "), ("delivery", 6, "x"), ("delivery", 0, "x"), ("charm", 3, "x")],
)
def test_a_rating_needs_a_reason_a_level_and_a_competency(
    scored, competency: str, level: int, reason: str
) -> None:
    with pytest.raises(ValidationError):
        rate(scored(), rhea(), competency, level, reason)
    assert not Rating.objects.exists()


def test_an_interview_that_goes_on_is_not_rated() -> None:
    with pytest.raises(ValidationError):
        rate(interviewed(mina(), ended=False), rhea(), "delivery", 3, "x")


def test_where_ratings_are_blind_a_level_is_seen_after_the_own_one(scored) -> None:
    made = scored(4, blind_rating=True)
    first, second = rhea(), person("Sven", "reviewer")
    assert levels(made, first) == [(POINTS, None)]
    assert "delivery" in hidden_levels(made, first)
    rating = rate(made, first, "delivery", 3, "As the anchor says.")
    assert rating.blind
    assert levels(made, first) == [(POINTS, None), (REVIEWER, 3), (RUBRIC, 4)]
    assert levels(made, second) == [(POINTS, None)]
    assert not rate(made, first, "delivery", 4, "After all.").blind


def test_without_blind_rating_levels_are_seen_at_once(scored) -> None:
    made = scored(4)
    assert levels(made, rhea()) == [(POINTS, None), (RUBRIC, 4)]


@pytest.mark.parametrize(
    ("sees", "expected"),
    [
        ("everything", [(POINTS, None), (RUBRIC, 4)]),
        ("feedback", [(POINTS, None)]),
        ("transcript", []),
    ],
)
def test_a_candidate_sees_what_the_config_shows(scored, sees: str, expected: list) -> None:
    made = scored(4, candidate_sees=sees)
    assert levels(made, made.candidate) == expected


def test_nobody_rates_their_own_interview() -> None:
    reviewer = rhea()
    assert not may_review(reviewer, interviewed(reviewer))
    assert not may_review(mina(), interviewed(omar()))


def test_calibration_compares_first_ratings_with_the_model_by_group(scored) -> None:
    reviewer, other = rhea(), person("Sven", "reviewer")
    engineer = config("Engineer")
    for number, (model, human) in enumerate([(5, 4), (3, 3), (3, 1)]):
        candidate = person(f"C{number}", "candidate")
        language = "auto" if number == 2 else "en"
        made = scored(model, candidate, config=engineer, language=language)
        rate(made, reviewer, "delivery", human, "first")
        rate(made, reviewer, "delivery", 5, "changed my mind")
        if number == 0:
            rate(made, other, "delivery", 5, "mine")
    found = calibration(reviewer)
    # Pairs (5, 4), (5, 5), (3, 3), (3, 1): observed 1 + 0 + 0 + 4 = 5; expected
    # (5 against 4, 5, 3, 1: 1 + 0 + 4 + 16 = 21, twice; 3 against them: 1 + 4 + 0 + 4 = 9, twice)
    # / 4 = 15.
    assert found.overall.n == 4
    assert found.overall.kappa == pytest.approx(1 - 5 / 15)
    assert found.overall.error == pytest.approx(3 / 4)
    assert found.interviews == 3
    assert found.groups["language"]["en"].gap == pytest.approx(1 / 3)
    assert found.groups["language"]["auto"].gap == pytest.approx(2.0)
    assert found.between_reviewers.n == 1
    assert found.between_reviewers.error == pytest.approx(1.0)


def test_calibration_knows_only_what_its_reader_may_see(scored) -> None:
    theirs = config("Theirs", team="north")
    made = scored(4, config=theirs)
    rate(made, person("Nora", "reviewer", "north"), "delivery", 4, "x")
    assert calibration(rhea()).overall.n == 0
    blind = scored(4, omar(), blind_rating=True, config=config("Blind"))
    rate(blind, person("Sven", "reviewer"), "delivery", 2, "x")
    rate(blind, person("Tove", "reviewer"), "delivery", 4, "x")
    found = calibration(rhea_again())
    assert (found.overall.n, found.between_reviewers.n) == (0, 0)


def rhea_again():
    return person("Ria", "reviewer")
