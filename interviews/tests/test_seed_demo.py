"""The demonstration's data: complete, made once, never over what an operator changed."""

import io

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db.models import Model

from accounts.models import User
from avatars.models import Avatar, Persona
from interviews.demo import ACCOUNTS, content
from interviews.models import InterviewConfig, InterviewGuide, Question

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def seed(*options: str) -> str:
    out = io.StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def everything() -> dict[str, list]:
    models: tuple[type[Model], ...] = (
        *(User, EmailAddress, Avatar, Persona),
        *(InterviewGuide, Question, InterviewConfig),
    )
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in models
    }


def test_everybody_can_sign_in(client):
    seed()
    for role, email, password in ACCOUNTS:
        assert client.login(email=email, password=password), email
        assert User.objects.get(email=email).has_role(role)
        assert EmailAddress.objects.get(email=email).verified


def test_all_of_the_content_is_there():
    seed()
    assert Persona.objects.count() == Avatar.objects.count() == 6
    assert InterviewGuide.objects.count() == len(content.guides())
    assert InterviewConfig.objects.count() == len(content.configs())


def test_the_candidate_may_take_every_interview_and_the_shortest_come_first():
    seed()
    configs = InterviewConfig.objects.open_to(User.objects.get(email=ACCOUNTS[0][1]))
    assert [config.duration_minutes for config in configs][:3] == [5, 5, 15]
    assert len(configs) == len(content.configs())


def test_every_interview_can_be_snapshot():
    seed()
    for config in InterviewConfig.objects.all():
        snapshot = config.snapshot()
        assert snapshot["guide"]["questions"][0]["kind"] == "opening"
        assert snapshot["persona"]["avatar"]["url"].endswith(".glb")


def test_twice_changes_nothing():
    seed()
    before = everything()
    assert "everything was there" in seed()
    assert everything() == before


def test_what_an_operator_changed_stays():
    seed()
    Persona.objects.filter(slug="claire").update(greeting_en="Welcome to Acme, {candidate}.")
    Question.objects.filter(slug="incident").delete()
    seed()
    assert Persona.objects.get(slug="claire").greeting_en.startswith("Welcome to Acme")
    assert not Question.objects.filter(slug="incident").exists()


def test_refresh_brings_the_shipped_text_back_but_no_password():
    seed()
    Persona.objects.filter(slug="claire").update(greeting_en="Welcome to Acme, {candidate}.")
    Question.objects.filter(slug="incident").delete()
    user = User.objects.get(email=ACCOUNTS[2][1])
    user.set_password("an operator's own")
    user.save()
    seed("--refresh")
    assert "AI interviewer" in Persona.objects.get(slug="claire").greeting_en
    assert Question.objects.filter(slug="incident").count() == 1
    user.refresh_from_db()
    assert user.check_password("an operator's own")


@pytest.mark.parametrize("host", ["interviews.example.com", "*", "myserver", "192.168.0.7"])
def test_no_published_password_where_others_can_reach_the_site(settings, host):
    settings.ALLOWED_HOSTS = ["localhost", host]
    with pytest.raises(CommandError, match="published passwords"):
        seed()
    assert not User.objects.exists() and not Persona.objects.exists()


def test_content_without_accounts_may_go_anywhere(settings):
    settings.ALLOWED_HOSTS = ["interviews.example.com"]
    seed("--no-accounts")
    assert InterviewConfig.objects.exists() and not User.objects.exists()


def test_force_makes_the_accounts_all_the_same(settings):
    settings.ALLOWED_HOSTS = ["interviews.example.com"]
    seed("--force")
    assert User.objects.count() == len(ACCOUNTS)


def test_a_broken_file_is_named_and_nothing_is_kept(tmp_path, monkeypatch):
    for path in content.FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "guide_sales.yaml").write_text("slug: sales\n")
    monkeypatch.setattr(content, "FOLDER", tmp_path)
    with pytest.raises(CommandError, match=r"guide_sales\.yaml"):
        seed()
    assert not Persona.objects.exists()
