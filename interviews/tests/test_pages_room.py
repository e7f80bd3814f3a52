"""The way into the room: device check, consent, and who may not pass."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Consent
from interviews.models import Interview
from interviews.tests.cast import interview, mina, omar, rhea, signed_in

pytestmark = pytest.mark.django_db


def url(page: str, pk) -> str:
    return reverse(f"interviews:{page}", args=[pk])


def test_the_check_page_says_that_an_ai_asks_and_what_is_kept():
    own = interview(mina())
    own.snapshot["options"]["recording"] = False
    own.save()
    page = signed_in(own.candidate).get(url("check", own.pk)).content.decode()
    assert "An AI conducts this interview." in page
    assert "is not kept" in page


def test_the_check_page_says_when_sound_is_recorded():
    own = interview(mina())
    own.snapshot["options"]["recording"] = True
    own.save()
    page = signed_in(own.candidate).get(url("check", own.pk)).content.decode()
    assert "is recorded and kept" in page


def test_consent_opens_the_room_and_is_kept():
    own = interview(mina())
    client = signed_in(own.candidate)
    response = client.post(url("check", own.pk), {"consent": "on"})
    assert response.headers["Location"] == url("room", own.pk)
    consent = Consent.objects.get()
    assert (consent.user, consent.interview) == (own.candidate, own.pk)
    own.refresh_from_db()
    assert own.consented_at == consent.given_at
    page = client.get(url("room", own.pk))
    assert page.context["websocket_path"] == f"/ws/interviews/{own.pk}/"


def test_without_consent_there_is_no_room():
    own = interview(mina())
    client = signed_in(own.candidate)
    refused = client.post(url("check", own.pk))
    assert refused.status_code == 422
    assert "Without it nothing begins" in refused.content.decode()
    assert client.get(url("room", own.pk)).headers["Location"] == url("check", own.pk)
    assert not Consent.objects.exists()


def test_a_plan_that_is_used_up_is_said_before_the_room():
    own = interview(mina(), duration_seconds=300 * 60)
    response = signed_in(own.candidate).post(url("check", own.pk), {"consent": "on"})
    assert "Your plan allows" in response.content.decode()
    assert not Consent.objects.exists()


def test_an_interview_that_is_over_leads_to_its_results():
    own = interview(mina())
    own.end("candidate")
    for page in ("check", "room"):
        response = signed_in(own.candidate).get(url(page, own.pk))
        assert response.headers["Location"] == url("results", own.pk)


@pytest.mark.parametrize("page", ["check", "room", "results"])
def test_a_foreign_interview_is_not_there(page):
    foreign = interview(omar())
    assert signed_in(mina()).get(url(page, foreign.pk)).status_code == 404
    assert signed_in(foreign.candidate).get(url(page, uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("page", ["check", "room"])
def test_a_reviewer_does_not_sit_in_for_the_candidate(page):
    watched = interview(omar())
    assert signed_in(rhea()).get(url(page, watched.pk)).status_code == 404


def test_consent_needs_the_csrf_token():
    own = interview(mina())
    client = Client(enforce_csrf_checks=True)
    client.force_login(own.candidate)
    assert client.post(url("check", own.pk), {"consent": "on"}).status_code == 403
    assert Interview.objects.get().consented_at is None
