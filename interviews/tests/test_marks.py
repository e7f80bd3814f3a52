"""Where what the guard found stands in a transcript, and who sees it there."""

import io
import json
import zipfile
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.urls import reverse

from interviews.alerts import raise_alert
from interviews.api.live import snapshot
from interviews.live.watching import group
from interviews.mailbox import Mailbox
from interviews.models import Interview
from interviews.reports.export import archive
from interviews.tests.cast import interview, mina, rhea, signed_in
from voice.engines import Verdict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk() -> Interview:
    """A threat at 1:23, after a harmless word."""
    made = interview(mina())
    made.start()
    for sequence, start, text in ((1, 1_000, "Good morning."), (2, 83_500, "I know where you…")):
        made.utterances.create(
            sequence=sequence, speaker="candidate", text_said=text, text_heard=text,
            start_ms=start, end_ms=start + 900,
        )  # fmt: skip
    said = made.utterances.get(sequence=2)
    made.alerts.create(
        utterance=said, level=2, categories=["threat", "project_heron"], confidence=0.876
    )
    return made


def shown(reader: Any, url: str) -> Any:
    return signed_in(reader).get(url)


def test_reviewers_see_the_mark_with_time_and_confidence(talk: Interview) -> None:
    talk.end("finished")
    page = shown(rhea(), reverse("interviews:results", args=[talk.pk])).content.decode()
    assert page.count("utterance-alert") == 1
    for part in ("Alert, level 2", "threat, project_heron", "1:23", "88 % sure"):
        assert part in page[page.index("utterance-alert") :][:400]


def test_the_candidate_sees_no_mark_anywhere(talk: Interview) -> None:
    talk.end("finished")
    candidate = talk.candidate
    page = shown(candidate, reverse("interviews:results", args=[talk.pk]))
    assert "utterance-alert" not in page.content.decode()
    url = reverse("api:interview-transcript", args=[talk.pk])
    assert all("alert" not in row for row in shown(candidate, url).json())
    for kind in ("txt", "srt", "vtt"):
        text = shown(candidate, f"{url}?format={kind}").content.decode()
        assert "I know where" in text and "threat" not in text


def test_the_api_and_the_text_mark_it_for_reviewers(talk: Interview) -> None:
    url, reviewer = reverse("api:interview-transcript", args=[talk.pk]), rhea()
    first, second = shown(reviewer, url).json()
    assert "alert" not in first
    assert second["alert"] == {
        "level": 2,
        "categories": ["threat", "project_heron"],
        "confidence": 0.876,
    }
    text = shown(reviewer, f"{url}?format=txt").content.decode()
    assert "I know where you… [! 2: threat, project_heron, 88 %]\n" in text
    assert "Good morning.\n" in text


def test_the_export_marks_it(talk: Interview) -> None:
    packed = zipfile.ZipFile(io.BytesIO(archive(Interview.objects.all(), talk.candidate)))
    first, second = json.loads(packed.read(f"{talk.pk}.json"))["transcript"]
    assert first["alert"] is None
    assert (second["alert"]["level"], second["alert"]["confidence"]) == (2, 0.876)


def test_who_comes_later_sees_earlier_alerts_too(talk: Interview) -> None:
    told = snapshot(talk.pk)
    assert told is not None
    first, second = told["utterances"]
    assert first["alert"] == 0
    assert (second["alert"], second["confidence"], second["start_ms"]) == (2, 0.88, 83_500)
    page = shown(rhea(), reverse("interviews:watch", args=[talk.pk])).content.decode()
    assert "danger to self" in page


async def test_an_alert_is_told_live_with_its_time(talk: Interview) -> None:
    said = await sync_to_async(talk.utterances.get)(sequence=1)
    async with Mailbox() as mailbox:
        await get_channel_layer().group_add(group(talk.pk), mailbox.channel)
        await raise_alert(said.pk, Verdict(1, ("profanity",), 0.9))
        told = (await mailbox.next(5))["told"]
    assert (told["level"], told["confidence"], told["start_ms"]) == (1, 0.9, 1_000)
