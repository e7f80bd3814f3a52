"""The cast that every test may call on."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.models import CANDIDATE, REVIEWER, User
from avatars.models import Avatar, Persona
from interviews.models import Interview, InterviewConfig, InterviewGuide
from voice.tests.virtual_time import VirtualTimeLoop

# A busy machine may take its time over an example. The examples are the same in every run: what
# fails, fails because of what was changed.
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")

PASSWORD = "correct horse battery staple"


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("virtual_time"):
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.new_event_loop}


@pytest.fixture(autouse=True)
def plain_surroundings(settings, tmp_path) -> Iterator[None]:
    """Fast password hashes, uploads that vanish, static files by their own names, no throttles."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()
    yield


def make_user(email: str, role: str, **fields) -> User:
    user = User.objects.create_user(email, PASSWORD, **fields)
    user.join(role)
    return user


@pytest.fixture
def candidate(db) -> User:
    return make_user("candidate@example.org", CANDIDATE, name="Jimin Park")


@pytest.fixture
def other_candidate(db) -> User:
    return make_user("other@example.org", CANDIDATE, name="Alex Doe")


@pytest.fixture
def reviewer(db) -> User:
    return make_user("reviewer@example.org", REVIEWER, name="Robin Reviewer")


@pytest.fixture
def admin(db) -> User:
    return User.objects.create_superuser("admin@example.org", PASSWORD, name="Ada Admin")


@pytest.fixture
def persona(db) -> Persona:
    avatar = Avatar.objects.create(slug="james", name="James", static_path="avatars/james.glb")
    return Persona.objects.create(
        slug="james",
        name_en="James",
        name_ko="제임스",
        avatar=avatar,
        greeting_en="Hello {candidate}, I am {interviewer}.",
        greeting_ko="안녕하세요 {candidate} 님, {interviewer}입니다.",
        closing_en="Thank you, {candidate}.",
        closing_ko="감사합니다, {candidate} 님.",
    )


@pytest.fixture
def guide(db) -> InterviewGuide:
    guide = InterviewGuide.objects.create(slug="backend", title_en="Backend", title_ko="백엔드")
    guide.approve()
    data = guide.competencies.create(slug="data", name_en="Data", name_ko="데이터")
    guide.questions.create(
        competency=data,
        slug="slow-query",
        text_en="How did you find a slow query?",
        text_ko="느린 쿼리를 어떻게 찾았나요?",
    )
    return guide


@pytest.fixture
def config(persona, guide) -> InterviewConfig:
    return InterviewConfig.objects.create(
        title="Backend engineer",
        role="backend engineer",
        language="en",
        duration_minutes=15,
        persona=persona,
        guide=guide,
    )


@pytest.fixture
def interview(config, candidate) -> Interview:
    return Interview.objects.create_from(config, candidate)


@pytest.fixture
def api() -> APIClient:
    return APIClient()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Leaves no session behind that would keep PostgreSQL from dropping the test database: the
    thread in which asynchronous tests ask the ORM keeps its connection to the end."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
