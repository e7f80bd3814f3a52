"""Error pages: what happened and what to do now, in the reader's language."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error

from interviews.tests.cast import interview, mina, signed_in


def test_a_page_that_is_not_there(client, db):
    response = client.get("/nothing/", headers={"accept-language": "ko"})
    assert response.status_code == 404
    assert "페이지를 찾을 수 없습니다" in response.content.decode()
    assert reverse("interviews:list") in response.content.decode()


def test_a_request_for_another_host(client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "This request could not be read" in response.content.decode()


def test_a_form_without_its_token(db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mina())
    response = client.post(reverse("interviews:setup"))
    assert response.status_code == 403
    assert "Reload it and try again" in response.content.decode()


def test_who_is_signed_in_is_not_sent_to_sign_in(db):
    candidate = mina()
    own = interview(candidate)
    response = signed_in(candidate).get(reverse("interviews:watch", args=[own.pk]))
    shown = response.content.decode()
    assert response.status_code == 403
    assert "sign out and in with the right account" in shown
    assert f'href="{reverse("account_logout")}"' in shown
    assert f'href="{reverse("account_login")}"' not in shown


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Something went wrong on our side"), ("ko", "서비스에 문제가 생겼습니다")],
)
def test_a_fault_of_ours_needs_neither_database_nor_header(language, words):
    with translation.override(language):
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert words in response.content.decode()
    assert "site-header" not in response.content.decode()
