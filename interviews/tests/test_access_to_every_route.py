"""Every route there is, asked for another candidate's interview by people whom it is none of."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils import timezone

from accounts.models import User
from interviews.models import Interview, Utterance
from interviews.recordings.files import RecordingFiles
from interviews.tests.cast import config, interview, mina, omar, person, rhea, signed_in

WORDS = "my-words-are-nobody-elses"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
KEPT_OUT = (401, 403, 404, 405)


def routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route as it is written, and its pattern."""
    for pattern in patterns or get_resolver().url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern


def address(route: str, pattern: URLPattern, of: Interview) -> str:
    """The address that ``route`` has for this interview."""
    if isinstance(pattern.pattern, RegexPattern):
        before, _, written = route.partition("^") if "^" in route else route.partition("(?P<url>")
        values = {"confirm": "confirm-email/a-b/", "password": "password/reset/key/1-a/"}
        return f"/{before}{values.get(written.partition('-')[0].partition('/')[0], 'interviews/')}"
    for written, value in {
        "<uuid:pk>": of.pk,
        "<str:pk>": of.pk,
        "<int:pk>": of.config.guide_id if of.config else 0,
        "<id>": of.candidate_id,
        "<path:object_id>": of.pk,
        "<path:content_type_id>": 1,
        "<slug:competency>": "data",
        "<str:slug>": "test",
        "<path:path>": f"interviews/{of.pk}/whole.ogg",
    }.items():
        route = route.replace(written, str(value))
    assert not set("<>^$(") & set(route), f"{route}: say what stands there"
    return f"/{route}"


ROUTES = sorted(dict(routes()).items(), key=lambda item: item[0])


@pytest.fixture
def theirs(db: None) -> Interview:
    """Mina's interview of a team: words of hers are in its transcript and all around it."""
    made = interview(mina(), config(title=WORDS, team="Hiring"), title=WORDS)
    made.start()
    made.utterances.create(
        sequence=1, speaker=Utterance.Speaker.CANDIDATE, text_said=WORDS, text_heard=WORDS
    )
    Interview.objects.filter(pk=made.pk).update(resume_text=WORDS, job_description=WORDS)
    made.refresh_from_db()
    made.end(Interview.EndReason.FINISHED, timezone.now() + timedelta(minutes=1))
    folder = RecordingFiles(made.pk).encoded.parent
    folder.mkdir(parents=True, exist_ok=True)
    RecordingFiles(made.pk).encoded.write_bytes(WORDS.encode())
    return made


def visitor(who: str) -> tuple[Client, User | None]:
    if who == "anonymous":
        return Client(), None
    user = {
        "another candidate": omar,
        "reviewer of another team": lambda: rhea("Sales"),
        "member of nothing": lambda: person("Nemo"),
    }[who]()
    return signed_in(user), user


VISITORS = ("anonymous", "another candidate", "reviewer of another team", "member of nothing")


@pytest.mark.parametrize("who", VISITORS)
def test_no_route_shows_or_changes_what_is_somebody_elses(who: str, theirs: Interview) -> None:
    before = Interview.objects.filter(pk=theirs.pk).values().get()
    client, user = visitor(who)
    for route, pattern in ROUTES:
        path = address(route, pattern, theirs)
        for method in METHODS:
            answer = client.generic(method, path, "{}", content_type="application/json")
            if user and "logout" in path:
                client.force_login(user)
            body = b"".join(answer) if answer.streaming else answer.content
            assert WORDS.encode() not in body, f"{who}: {method} {path}"
            assert answer.status_code < 500 or path.endswith("ready/"), f"{who}: {method} {path}"
            if str(theirs.pk) in path:
                kept_out = answer.status_code in KEPT_OUT or "login" in answer.get("Location", "")
                assert kept_out, f"{who}: {method} {path} gives {answer.status_code}"
    assert Interview.objects.filter(pk=theirs.pk).values().get() == before
    assert theirs.utterances.count() == 1
