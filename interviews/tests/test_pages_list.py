"""The list: own interviews for candidates, the group's with filters for reviewers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interviews.models import Interview, Utterance
from interviews.tests.cast import config, interview, mina, omar, rhea, signed_in
from interviews.views import PAGE_SIZE

pytestmark = pytest.mark.django_db
LIST = reverse("interviews:list")


def shown(client, **query) -> set:
    return {row.pk for row in client.get(LIST, query).context["page"]}


def test_a_candidate_sees_own_interviews_only():
    own = interview(mina())
    interview(omar())
    client = signed_in(own.candidate)
    assert shown(client) == {own.pk}
    assert client.get(LIST).context["filter"] is None


def test_an_empty_list_says_what_to_do():
    page = signed_in(mina()).get(LIST).content.decode()
    assert "You have not had an interview yet" in page
    assert reverse("interviews:setup") in page


def test_every_interview_leads_to_its_next_step():
    candidate = mina()
    ready, paused, over = (interview(candidate) for _ in range(3))
    paused.start()
    paused.pause()
    over.end("candidate")
    page = signed_in(candidate).get(LIST).content.decode()
    for name, row in (("check", ready), ("room", paused), ("results", over)):
        assert reverse(f"interviews:{name}", args=[row.pk]) in page


def test_a_reviewer_sees_the_interviews_of_own_teams():
    theirs = interview(mina(), of=config(team="sales"))
    interview(omar(), of=config(team="research"))
    open_to_all = interview(theirs.candidate, of=config())
    assert shown(signed_in(rhea("sales"))) == {theirs.pk, open_to_all.pk}


def test_a_reviewer_narrows_the_list():
    client = signed_in(rhea())
    korean = interview(mina(), of=config())
    Interview.objects.filter(pk=korean.pk).update(language="ko")
    old = interview(omar(), of=config())
    Interview.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=30))
    old.end("candidate")
    Utterance.objects.create(
        interview=old,
        sequence=1,
        speaker="candidate",
        text_said="마이그레이션을 맡았습니다",
        text_heard="마이그레이션을 맡았습니다",
    )
    week_ago = (timezone.localdate() - timedelta(days=7)).isoformat()
    assert shown(client, status="ended") == {old.pk}
    assert shown(client, language="ko") == {korean.pk}
    assert shown(client, candidate="MINA") == {korean.pk}
    assert shown(client, q="마이그레이션") == {old.pk}
    assert shown(client, after=week_ago) == {korean.pk}
    assert shown(client, before=week_ago) == {old.pk}
    assert shown(client, persona="sora") == {korean.pk, old.pk}


def test_a_filter_without_a_match_offers_the_way_back():
    interview(omar())
    page = signed_in(rhea()).get(LIST, {"q": "nobody said this"}).content.decode()
    assert "No interview matches" in page


def test_a_filter_that_makes_no_sense_is_an_error_on_the_page():
    interview(omar())
    response = signed_in(rhea()).get(LIST, {"after": "yesterday"})
    assert response.status_code == 200
    assert response.context["filter"].form.has_error("after")


def test_long_lists_come_in_pages_that_keep_the_filter():
    candidate, of = omar(), config()
    for _ in range(PAGE_SIZE + 1):
        interview(candidate, of=of)
    client = signed_in(rhea())
    first = client.get(LIST, {"status": "ready"})
    assert "?status=ready&amp;page=2" in first.content.decode()
    assert len(shown(client, status="ready", page=2)) == 1
