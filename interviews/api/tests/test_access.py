import pytest
from rest_framework.test import APIClient

from accounts.models import ApiToken, Ticket
from conftest import PASSWORD

TOKEN = "/api/v1/token/"


def test_a_password_buys_a_token_that_opens_the_api(api, candidate):
    response = api.post(TOKEN, {"email": candidate.email, "password": PASSWORD})
    assert response.status_code == 200

    api.credentials(HTTP_AUTHORIZATION=f"Bearer {response.data['token']}")
    assert api.get("/api/v1/interviews/").status_code == 200


@pytest.mark.parametrize("email", ["candidate@example.org", "nobody@example.org"])
def test_wrong_credentials(api, candidate, email):
    response = api.post(TOKEN, {"email": email, "password": "wrong"})
    assert (response.status_code, response.data["code"]) == (401, "authentication_failed")


def test_guessing_is_throttled(api, candidate):
    body = {"email": candidate.email, "password": "wrong"}
    answers = [api.post(TOKEN, body).status_code for _guess in range(11)]
    assert answers == [401] * 10 + [429]


def test_a_wrong_token_is_not_saved_by_a_session(api, candidate):
    api.force_login(candidate)
    api.credentials(HTTP_AUTHORIZATION="Bearer wrong")
    assert api.get("/api/v1/interviews/").status_code == 401


def test_a_session_needs_the_csrf_token(candidate, interview):
    api = APIClient(enforce_csrf_checks=True)
    api.force_login(candidate)
    assert api.post(f"/api/v1/interviews/{interview.pk}/start/").status_code == 403


def test_a_ticket_is_the_callers_for_that_interview(api, interview, candidate):
    api.force_authenticate(candidate)
    response = api.post(f"/api/v1/interviews/{interview.pk}/ticket/")
    assert response.status_code == 201 and set(response.data) == {"ticket", "expires_at"}
    assert Ticket.redeem(response.data["ticket"], interview.pk) == candidate


def test_a_ticket_leads_to_the_close_code_of_an_interview_that_has_ended(api, interview, candidate):
    interview.end("candidate")
    api.force_authenticate(candidate)
    assert api.post(f"/api/v1/interviews/{interview.pk}/ticket/").status_code == 201


def test_the_catalogue(api, config, candidate):
    _token, plain = ApiToken.objects.issue(candidate)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {plain}")
    (offered,) = api.get("/api/v1/configs/").data
    assert offered == {
        "id": config.pk,
        "title": "Backend engineer",
        "language": "en",
        "duration_minutes": 15,
        "persona": "james",
        "profile": "embedded",
    }
    (guide,) = api.get("/api/v1/guides/").data
    assert guide["competencies"] == [{"en": "Data", "ko": "데이터"}] and "questions" not in guide
    (persona,) = api.get("/api/v1/personas/").data
    assert persona["name"] == {"en": "James", "ko": "제임스"}
