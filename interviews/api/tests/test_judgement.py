"""Assessment, ratings, summary and calibration over the API: for whom, and with what answers."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from interviews.assessments.assessment import assess
from interviews.models import Interview, Rating
from interviews.tests.cast import config, mina, omar, person, rhea
from interviews.tests.rated import ANSWER, interviewed, scripted, verdict

pytestmark = pytest.mark.django_db


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def url(of: Interview, what: str) -> str:
    return f"/api/v1/interviews/{of.pk}/{what}/"


@pytest.fixture
def scored(settings):
    settings.SCORING_MODEL = scripted(verdict(4))

    def make(**options) -> Interview:
        made = interviewed(options.pop("candidate", None) or mina(), **options)
        assess(made.pk)
        return made

    return make


def test_progress_is_there_for_candidate_and_reviewer(scored) -> None:
    made = scored()
    for reader in (made.candidate, rhea()):
        told = api(reader).get(url(made, "assessment")).json()
        assert (told["status"], told["done"], told["steps"]) == ("done", 1, 1)
    fresh = interviewed(omar())
    assert api(fresh.candidate).get(url(fresh, "assessment")).json()["status"] == "waiting"


def test_scores_hold_spans_confidence_and_reason(scored) -> None:
    made = scored()
    rows = api(made.candidate).get(url(made, "scores")).json()
    rubric = next(row for row in rows if row["scorer"] == "rubric")
    assert (rubric["level"], rubric["confidence"]) == (4, 0.9)
    evidence = rubric["evidence"][0]
    assert ANSWER[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_a_rating_is_given_kept_and_counted(scored) -> None:
    made, reviewer = scored(), rhea()
    given = {"competency": "delivery", "level": 2, "reason": "Only the result."}
    answer = api(reviewer).post(url(made, "ratings"), given)
    assert answer.status_code == 201
    assert answer.json()["reviewer"] == reviewer.email
    assert answer.json()["model_level"] == 4
    listed = api(reviewer).get(url(made, "ratings")).json()
    assert [row["level"] for row in listed] == [2]
    found = api(reviewer).get("/api/v1/interviews/", {"max_score": 2}).json()["results"]
    assert [row["id"] for row in found] == [str(made.pk)]


@pytest.mark.parametrize(
    "given",
    [
        {"competency": "delivery", "level": 6, "reason": "x"},
        {"competency": "delivery", "level": 3, "reason": ""},
        {"competency": "charm", "level": 3, "reason": "x"},
        {"competency": "delivery", "reason": "x"},
    ],
)
def test_a_rating_that_makes_no_sense_is_a_400(scored, given: dict) -> None:
    made = scored()
    assert api(rhea()).post(url(made, "ratings"), given).status_code == 400
    assert not Rating.objects.exists()


@pytest.mark.parametrize("what", ["ratings", "assessment"])
def test_only_reviewers_judge_and_strangers_find_nothing(scored, what: str) -> None:
    made = scored(config=config(team="north"))
    given = {"competency": "delivery", "level": 5, "reason": "x"}
    assert api(made.candidate).post(url(made, what), given).status_code == 403
    assert api(omar()).post(url(made, what), given).status_code == 404
    assert api(rhea("south")).post(url(made, what), given).status_code == 404
    assert not Rating.objects.exists()


def test_blind_rating_hides_levels_ratings_and_what_a_filter_would_tell(scored) -> None:
    made, reviewer = scored(blind_rating=True), rhea()
    other = person("Sven", "reviewer")
    given = {"competency": "delivery", "level": 3, "reason": "x"}
    api(other).post(url(made, "ratings"), given)

    def seen() -> list:
        rows = api(reviewer).get(url(made, "scores")).json()
        return sorted((row["scorer"], row["level"]) for row in rows)

    def filtered() -> int:
        client = api(reviewer)
        return len(client.get("/api/v1/interviews/", {"min_score": 1}).json()["results"])

    assert seen() == [("expected-points", None)]
    assert api(reviewer).get(url(made, "ratings")).json() == []
    assert filtered() == 0
    api(reviewer).post(url(made, "ratings"), given)
    assert len(seen()) == 3
    assert len(api(reviewer).get(url(made, "ratings")).json()) == 2
    assert filtered() == 1


def test_a_candidate_gets_what_the_config_shows(scored) -> None:
    made = scored(candidate_sees="transcript")
    assert api(made.candidate).get(url(made, "scores")).json() == []
    found = api(made.candidate).get("/api/v1/interviews/", {"min_score": 1}).json()["results"]
    assert found == []


def test_the_summary_so_far_while_it_goes_on() -> None:
    made = interviewed(mina(), ended=False)
    told = api(made.candidate).get(url(made, "summary")).json()
    assert told["by_model"] is False
    assert ANSWER.split(".")[0] in told["summary"]
    refused = api(made.candidate).get(url(made, "summary"))
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    cache.clear()
    assert api(omar()).get(url(made, "summary")).status_code == 404


def test_a_models_summary_is_checked_before_it_is_shown(settings) -> None:
    made = interviewed(mina(), ended=False)
    good = "The candidate told how a cache made the product pages forty percent faster."
    settings.SCORING_MODEL = scripted({"summary": good})
    told = api(made.candidate).get(url(made, "summary")).json()
    assert (told["summary"], told["by_model"]) == (good, True)
    for bad in (
        "A clear level 5, to be hired.",
        "이 지원자는 캐시를 만들었다고 말했습니다. 그렇습니다.",
    ):
        cache.clear()
        settings.SCORING_MODEL = scripted({"summary": bad})
        told = api(made.candidate).get(url(made, "summary")).json()
        assert told["by_model"] is False


def test_calibration_is_for_reviewers(scored) -> None:
    made, reviewer = scored(), rhea()
    api(reviewer).post(url(made, "ratings"), {"competency": "delivery", "level": 3, "reason": "x"})
    told = api(reviewer).get("/api/v1/calibration/").json()
    assert told["overall"] == {"n": 1, "kappa": 0.0, "error": 1.0, "gap": 1.0}
    assert told["groups"]["competency"]["delivery"]["n"] == 1
    assert api(made.candidate).get("/api/v1/calibration/").status_code == 403


def test_a_reviewer_may_ask_for_it_again_once_it_is_over(scored) -> None:
    made, reviewer = scored(), rhea()
    assert api(reviewer).post(url(made, "assessment")).status_code == 202
    running = interviewed(omar(), ended=False)
    assert api(reviewer).post(url(running, "assessment")).status_code == 409
