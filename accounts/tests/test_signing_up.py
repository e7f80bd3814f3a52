import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import CANDIDATE, User
from conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_who_signs_up_is_a_candidate(client):
    form = {"email": "New@Example.org", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse("account_signup"), form)

    assert response.status_code == 302
    user = User.objects.get(email="new@example.org")
    assert user.has_role(CANDIDATE) and not user.is_staff and not user.is_admin


def test_signing_in_by_email(client, candidate):
    form = {"login": candidate.email.upper(), "password": PASSWORD}
    assert client.post(reverse("account_login"), form).status_code == 302
    assert client.session["_auth_user_id"] == str(candidate.pk)


def test_a_korean_is_greeted_in_korean(client, candidate):
    form = {"login": candidate.email, "password": PASSWORD}
    client.post(reverse("account_login"), form, headers={"accept-language": "ko"})
    shown = client.get(reverse("home"), headers={"accept-language": "ko"}).content.decode()
    assert f"{candidate.name}님으로 로그인했습니다." in shown


def test_guessing_passwords_is_stopped(client, candidate):
    form = {"login": candidate.email, "password": "wrong"}
    answers = [client.post(reverse("account_login"), form) for _guess in range(6)]
    assert "Too many" in answers[-1].content.decode()


def test_a_forgotten_password_is_mailed_about(client, candidate, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": candidate.email})
    assert [mail.to for mail in mailoutbox] == [[candidate.email]]


def test_one_account_an_address_in_any_case(candidate):
    with pytest.raises(IntegrityError):
        User(email=candidate.email.upper()).save()
