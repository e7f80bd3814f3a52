"""The pages in Korean and English, and without the user's trust in the site."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from interviews.tests.cast import config, mina, signed_in

pytestmark = pytest.mark.django_db


def test_the_switch_changes_the_page_and_is_kept_with_the_user():
    candidate = mina()
    client = signed_in(candidate)
    home = reverse("home")
    client.post(reverse("set_language"), {"language": "ko", "next": home})
    page = client.get(home).content.decode()
    assert '<html lang="ko"' in page
    assert "면접" in page
    assert User.objects.get(pk=candidate.pk).language == "ko"


def test_an_unknown_language_changes_nothing():
    candidate = mina()
    signed_in(candidate).post(reverse("set_language"), {"language": "tlh"})
    assert User.objects.get(pk=candidate.pk).language == ""


def test_the_switch_never_leads_to_another_site(client):
    response = client.post(
        reverse("set_language"), {"language": "ko", "next": "https://example.org/"}
    )
    assert response.headers["Location"] == "/"


def test_the_reader_s_own_language_comes_first_in_the_set_up():
    config("English one", language="en")
    korean = config("한국어 면접", language="ko")
    page = signed_in(mina()).get(reverse("interviews:setup"), headers={"accept-language": "ko"})
    form = page.context["form"]
    assert form["config"].value() == korean.pk
    assert form["language"].value() == "ko"


@pytest.mark.parametrize(
    "name", ["home", "account_login", "account_signup", "account_reset_password"]
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_entrance_pages_hold_no_inline_code(client, name, language):
    response = client.get(reverse(name), headers={"accept-language": language})
    page = response.content.decode()
    assert response.status_code == 200
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)


def test_the_language_of_the_sign_up_follows_to_the_next_device(client):
    account = {"email": "sol@example.com", "password1": "a-long-passphrase-7"}
    client.post(
        reverse("account_signup"),
        {**account, "password2": account["password1"]},
        headers={"accept-language": "ko"},
    )
    next_device = Client()
    next_device.post(
        reverse("account_login"), {"login": account["email"], "password": account["password1"]}
    )
    assert '<html lang="ko"' in next_device.get(reverse("home")).content.decode()
