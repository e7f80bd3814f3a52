"""Admins add phrases to the guard and except others from it; every process knows at once."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from interviews.models import GuardPhrases
from interviews.moderation import moderator, moderators
from interviews.phrase_lists import EditedPhrases
from voice.engines import Verdict
from voice.panel import Panel

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "admin:interviews_guardphrases_add"
LIST = "admin:interviews_guardphrases_changelist"
TRY = "admin:interviews_guardphrases_try"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: Any) -> None:
    """No second to wait for between a change and its effect."""
    monkeypatch.setattr("interviews.phrase_lists.RELOAD", 0.0)


@pytest.fixture
def site(client: Client, admin: Any) -> Client:
    client.force_login(admin)
    return client


def row(**changes: Any) -> dict[str, Any]:
    given = {
        "language": "en", "level": 2, "category": "secret", "phrases": "Project Heron",
        "allowed": "", "active": "on",
    }  # fmt: skip
    return {**given, **changes}


async def test_rows_add_to_the_shipped_lists_and_take_effect_without_a_restart() -> None:
    # Two of them are two processes: they share nothing but the database.
    one, other = EditedPhrases(), EditedPhrases()
    for each in (one, other):
        assert await each.judge("We call it Project Heron.", "en") == Verdict()
    added = await GuardPhrases.objects.acreate(
        language="en", level=2, category="secret", phrases="project heron\n왜가리 사업"
    )
    for each in (one, other):
        assert (await each.judge("We call it Project Heron.", "en")).categories == ("secret",)
        assert (await each.judge("그건 왜 가 리 사업입니다", "ko")).level == 2
        assert (await each.judge("pr0ject her0n", "en")).level == 2
        assert (await each.judge("I want to die.", "en")).level == 3
    added.phrases = "project crane"
    await added.asave()
    assert await one.judge("We call it Project Heron.", "en") == Verdict()
    await added.adelete()
    assert await other.judge("We call it Project Crane.", "en") == Verdict()


async def test_rows_silence_what_the_shipped_lists_find() -> None:
    lists = EditedPhrases()
    text = "We sold bullshit detectors."
    assert (await lists.judge(text, "en")).level == 1
    silence = await GuardPhrases.objects.acreate(
        language="en", level=0, allowed="bullshit detector*"
    )
    assert await lists.judge(text, "en") == Verdict()
    assert (await lists.judge("That was bullshit.", "en")).level == 1
    silence.active = False
    await silence.asave()
    assert (await lists.judge(text, "en")).level == 1


async def test_without_the_shipped_lists_only_the_rows_count() -> None:
    lists = EditedPhrases(shipped=False)
    assert await lists.judge("I want to die.", "en") == Verdict()
    await GuardPhrases.objects.acreate(language="ko", level=1, category="x", phrases="무지개떡")
    assert (await lists.judge("무지개떡을", "ko")).level == 1


async def test_rows_are_read_again_once_a_while_and_not_for_every_word(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.phrase_lists.RELOAD", 3600.0)
    lists = EditedPhrases()
    await lists.judge("", "en")
    await GuardPhrases.objects.acreate(language="en", level=1, category="x", phrases="heron")
    assert await lists.judge("heron", "en") == Verdict()
    lists._read_at -= 3600
    assert (await lists.judge("heron", "en")).level == 1


async def test_a_database_that_is_away_leaves_what_was_read_last(monkeypatch: Any) -> None:
    await GuardPhrases.objects.acreate(language="en", level=1, category="x", phrases="heron")
    known, new = EditedPhrases(), EditedPhrases()
    await known.judge("", "en")

    def away(self: Any) -> Any:
        raise OperationalError("the server has gone away")

    monkeypatch.setattr(type(GuardPhrases.objects.all()), "document", away)
    monkeypatch.setattr(type(GuardPhrases.objects), "document", away)
    assert (await known.judge("heron", "en")).level == 1
    assert (await new.judge("I want to die.", "en")).level == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phrases": "a"}, "phrases"),
        ({"phrases": "kill//hurt him"}, "phrases"),
        ({"phrases": "... hurt"}, "phrases"),
        ({"phrases": "one ... two ... three ... four"}, "phrases"),
        ({"phrases": "* *"}, "phrases"),
        ({"phrases": "x" * 101}, "phrases"),
        ({"phrases": "\n".join(f"phrase number {n}" for n in range(201))}, "phrases"),
        ({"phrases": ""}, "phrases"),
        ({"phrases": "", "allowed": "fine words"}, "phrases"),
        ({"category": ""}, "category"),
        ({"level": 0}, "level"),
        ({"level": 0, "phrases": ""}, "allowed"),
        ({"level": 4}, "level"),
        ({"allowed": "o"}, "allowed"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_would_find_everything_or_nothing_is_refused(
    site: Client, changes: dict[str, Any], field: str
) -> None:
    page = site.post(reverse(ADD), row(**changes))
    assert page.status_code == 200
    assert field in page.context["adminform"].errors
    assert not GuardPhrases.objects.exists()


def test_phrases_are_kept_in_the_form_in_which_texts_are_searched(site: Client) -> None:
    sent = row(phrases="  Project   HERON\r\n\r\nproject heron\r\nＣＡＦÉ … secret ")
    assert site.post(reverse(ADD), sent).status_code == 302
    assert GuardPhrases.objects.get().phrases == "project heron\ncafe ... secret"
    page = site.get(reverse(LIST)).content.decode()
    assert "project heron" in page
    GuardPhrases.objects.get().full_clean()
    with pytest.raises(ValidationError):
        GuardPhrases(language="en", level=1, category="x", phrases="/").full_clean()


def test_a_sentence_is_tried_on_what_is_configured(site: Client) -> None:
    assert reverse(TRY) in site.get(reverse(LIST)).content.decode()
    site.post(reverse(ADD), row())
    sentences = "Project Heron is late.\n\n여기가 시발점입니다.\nI want to die."
    page = site.post(reverse(TRY), {"sentences": sentences})
    rows = page.context["rows"]
    assert [one["sentence"] for one in rows] == [
        "Project Heron is late.",
        "여기가 시발점입니다.",
        "I want to die.",
    ]
    assert [one["verdicts"][-1].level for one in rows] == [2, 0, 3]
    assert "self_harm" in page.content.decode()
    assert site.post(reverse(TRY), {"sentences": ""}).status_code == 422
    assert site.post(reverse(TRY), {"sentences": "x\n" * 21}).status_code == 422


def test_only_who_may_see_the_phrases_may_try_them(client: Client, reviewer: Any) -> None:
    client.force_login(reviewer)
    assert client.get(reverse(TRY)).status_code == 302
    reviewer.is_staff = True
    reviewer.save()
    assert client.get(reverse(TRY)).status_code == 403


@pytest.fixture
def panel(settings: Any) -> Any:
    """Phrase lists and, beside them, a list of one's own that cannot be read."""
    phrases = {"BACKEND": "interviews.phrase_lists.EditedPhrases"}
    broken = {"BACKEND": "voice.adapters.phrases.Phrases", "OPTIONS": {"files": ["/absent.toml"]}}
    settings.MODERATOR = {"phrases": phrases, "own": broken}
    moderator.cache_clear()
    yield
    moderator.cache_clear()


@pytest.mark.usefixtures("panel")
async def test_several_moderators_are_a_panel(caplog: pytest.LogCaptureFixture) -> None:
    assert isinstance(moderator(), Panel)
    assert list(moderators()) == ["phrases", "own", "combined"]
    await moderator().warm()
    assert (await moderator().judge("I want to die.", "en")).level == 3
    assert "moderator own left out: phrase list absent.toml: unavailable" in caplog.text


@pytest.mark.usefixtures("panel")
def test_the_page_says_which_moderator_fails(site: Client) -> None:
    page = site.post(reverse(TRY), {"sentences": "I want to die."})
    phrases, own, combined = page.context["rows"][0]["verdicts"]
    assert phrases.level == combined.level == 3
    assert own == "phrase list absent.toml: unavailable"
    assert "absent.toml" in page.content.decode()
