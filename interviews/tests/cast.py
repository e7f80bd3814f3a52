"""The people and interviews of the page tests."""

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import CANDIDATE, REVIEWER, User
from avatars.models import Avatar, Persona
from interviews.models import Interview, InterviewConfig, InterviewGuide
from interviews.tests.snapshots import snapshot


def person(name: str, *groups: str, language: str = "") -> User:
    """Somebody who signs in as ``<name>@example.com``, in the given groups."""
    user = User(email=f"{name.lower()}@example.com", name=name, language=language)
    user.set_unusable_password()
    user.save()
    for group in groups:
        user.join(group)
    return user


def mina() -> User:
    return person("Mina", CANDIDATE)


def omar() -> User:
    return person("Omar", CANDIDATE)


def rhea(*teams: str) -> User:
    return person("Rhea", REVIEWER, *teams)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def config(title: str = "Engineer", team: str = "", **fields) -> InterviewConfig:
    avatar, _ = Avatar.objects.get_or_create(
        slug="sora", defaults={"name": "Sora", "static_path": "avatars/seoyeon.glb"}
    )
    persona, _ = Persona.objects.get_or_create(
        slug="sora",
        defaults={
            "name_en": "Sora",
            "name_ko": "소라",
            "avatar": avatar,
            **dict.fromkeys(("greeting_en", "greeting_ko", "closing_en", "closing_ko"), "…"),
        },
    )
    guide, _ = InterviewGuide.objects.get_or_create(
        slug="test", defaults={"title_en": "Test", "title_ko": "시험"}
    )
    guide.approve()
    fields = {"role": "engineer", "language": "en", "persona": persona, "guide": guide} | fields
    made = InterviewConfig.objects.create(title=title, **fields)
    if team:
        made.groups.add(Group.objects.get_or_create(name=team)[0])
    return made


def interview(candidate: User, of: InterviewConfig | None = None, **changes) -> Interview:
    """An interview of ``candidate``; ``changes`` are its snapshot's."""
    return Interview.objects.create(
        candidate=candidate, config=of or config(), snapshot=snapshot(**changes), language="en"
    )
