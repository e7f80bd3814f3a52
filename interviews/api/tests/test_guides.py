"""Guides and the question bank over the API: for reviewers, not for those who will be asked."""

from typing import Any

import pytest
import yaml
from rest_framework.test import APIClient

from interviews.demo import content
from interviews.guides.document import GuideDocument
from interviews.guides.files import store
from interviews.models import BankQuestion, InterviewGuide
from interviews.tests.cast import mina, rhea

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(api: APIClient) -> APIClient:
    api.force_authenticate(rhea())
    return api


@pytest.fixture
def sales() -> InterviewGuide:
    document = next(guide for guide in content.guides() if guide.slug == "sales")
    guide = store(document, approved=True)
    for question in guide.questions.all():
        BankQuestion.keep(question, "sales")
    return guide


def test_a_guide_as_json_and_as_the_file_it_can_be_imported_from(
    reviewer: APIClient, sales: InterviewGuide
) -> None:
    shown = reviewer.get("/api/v1/guides/sales/").json()
    assert shown["status"] == "approved" and len(shown["competencies"]) == 5
    text = reviewer.get("/api/v1/guides/sales/?format=yaml").content
    document = GuideDocument.model_validate(yaml.safe_load(text))
    assert document == next(guide for guide in content.guides() if guide.slug == "sales")
    assert reviewer.get("/api/v1/guides/sales/?format=xml").status_code == 400
    assert reviewer.get("/api/v1/guides/nothing/").status_code == 404


def test_drafts_are_not_listed_as_something_to_take(
    reviewer: APIClient, sales: InterviewGuide
) -> None:
    assert [one["slug"] for one in reviewer.get("/api/v1/guides/").json()] == ["sales"]
    sales.reopen()
    assert reviewer.get("/api/v1/guides/").json() == []
    assert reviewer.get("/api/v1/guides/sales/").json()["status"] == "draft"


def found(api: APIClient, **asked: str) -> list[str]:
    answer = api.get("/api/v1/question-bank/", asked)
    assert answer.status_code == 200, answer.json()
    return [question["slug"] for question in answer.json()["results"]]


def test_the_bank_is_searched(reviewer: APIClient, sales: InterviewGuide) -> None:
    BankQuestion.objects.create(slug="only-korean", text_ko="가격 협상은 어떻게 하시나요?")
    assert found(reviewer, search="가격 협상") == ["only-korean"]
    assert "only-korean" not in found(reviewer, language="en")
    assert found(reviewer, competency="negotiation") == ["price-objection", "stalled-deal"]
    assert found(reviewer, competency="negotiation", kind="case") == ["stalled-deal"]
    assert len(found(reviewer, tag="sales")) == sales.questions.count()
    assert reviewer.get("/api/v1/question-bank/?language=fr").status_code == 400
    assert reviewer.get("/api/v1/question-bank/?search=%00").status_code == 400


@pytest.mark.parametrize("path", ["guides/sales/", "question-bank/"])
def test_candidates_see_no_questions(api: APIClient, path: str, sales: Any) -> None:
    assert api.get(f"/api/v1/{path}").status_code == 401
    api.force_authenticate(mina())
    assert api.get(f"/api/v1/{path}").status_code == 403


def test_a_transcript_names_what_a_follow_up_rests_on(api: APIClient, interview: Any) -> None:
    grounds = [
        {"source": source, "start": 0, "end": 5, "text": "We de", "utterance": None,
         "document": 7 if source == "company" else None, "title": "Handbook"}
        for source in ("resume", "company")
    ]  # fmt: skip
    interview.utterances.create(
        sequence=1, speaker="interviewer", text_heard="You cut…?", grounds=grounds
    )
    path = f"/api/v1/interviews/{interview.pk}/transcript/"
    api.force_authenticate(rhea())
    assert api.get(path).json()[0]["grounds"] == grounds
    api.force_authenticate(interview.candidate)
    assert [one["source"] for one in api.get(path).json()[0]["grounds"]] == ["resume"]
