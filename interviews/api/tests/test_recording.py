"""A recording over the API: who hears it, in parts, and what is said when there is none."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import AsyncRequestFactory
from django.utils import timezone

from accounts.models import ApiToken
from interviews.api.ranges import file_response
from interviews.models import Interview
from interviews.recordings.files import RecordingFiles, recorded_interviews
from interviews.tests.cast import omar, person, rhea, signed_in
from interviews.tests.recordings import agreed, decoded, folder, over, places, spans

pytestmark = pytest.mark.django_db


def url(interview: Interview) -> str:
    return f"/api/v1/interviews/{interview.pk}/recording/"


@pytest.fixture
def heard() -> Interview:
    """The candidate from second 1 to 2, the interviewer from 1.5 to 4: encoded."""
    made = over(candidate=(1.0, 2.0), interviewer=(1.5, 4.0))
    RecordingFiles(made.pk).encode()
    return made


def test_both_sides_are_in_one_file_at_their_times(heard):
    path = RecordingFiles(heard.pk).encoded
    assert spans(*decoded(path)) == places((1.0, 4.0))
    assert [entry.name for entry in folder(heard).iterdir()] == [path.name]


def test_the_whole_file(heard):
    answer = signed_in(heard.candidate).get(url(heard))
    sound = answer.getvalue()
    assert answer.status_code == 200
    assert sound == RecordingFiles(heard.pk).encoded.read_bytes()
    assert sound.startswith(b"OggS")
    assert answer["Content-Type"] == "audio/ogg"
    assert answer["Content-Length"] == str(len(sound))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"] == f'inline; filename="interview-{heard.pk}.ogg"'


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=0-1", slice(0, 2)),
        ("bytes=100-299", slice(100, 300)),
        ("bytes=200-", slice(200, None)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=100-99999999", slice(100, None)),
    ],
)
def test_a_part_of_it(heard, asked, part):
    whole = RecordingFiles(heard.pk).encoded.read_bytes()
    answer = signed_in(heard.candidate).get(url(heard), headers={"range": asked})
    assert answer.status_code == 206
    assert answer.getvalue() == whole[part]
    first, last, _step = part.indices(len(whole))
    assert answer["Content-Range"] == f"bytes {first}-{last - 1}/{len(whole)}"
    assert answer["Content-Length"] == str(last - first)


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-3", "seconds=0-1", "nonsense"])
def test_what_is_no_single_range_gives_the_whole(heard, asked):
    answer = signed_in(heard.candidate).get(url(heard), headers={"range": asked})
    assert answer.status_code == 200
    assert answer.getvalue() == RecordingFiles(heard.pk).encoded.read_bytes()


def test_a_range_behind_its_end_is_refused(heard):
    size = RecordingFiles(heard.pk).encoded.stat().st_size
    answer = signed_in(heard.candidate).get(url(heard), headers={"range": f"bytes={size}-"})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{size}"


def test_a_range_of_another_file_gives_the_whole(heard):
    headers = {"range": "bytes=0-9", "if-range": '"another"'}
    answer = signed_in(heard.candidate).get(url(heard), headers=headers)
    assert answer.status_code == 200
    headers["if-range"] = answer["ETag"]
    assert signed_in(heard.candidate).get(url(heard), headers=headers).status_code == 206


def test_its_head_alone(heard):
    answer = signed_in(heard.candidate).head(url(heard))
    assert answer["Content-Length"] == str(RecordingFiles(heard.pk).encoded.stat().st_size)
    assert answer.content == b""


def test_a_client_that_accepts_only_sound_is_served(heard):
    answer = signed_in(heard.candidate).get(url(heard), headers={"accept": "audio/ogg"})
    assert answer.status_code == 200


def test_a_token_opens_it(heard, api):
    _token, plain = ApiToken.objects.issue(heard.candidate)
    assert api.get(url(heard), headers={"authorization": f"Bearer {plain}"}).status_code == 200


def test_only_who_may_see_the_interview_hears_it(heard, api):
    assert signed_in(rhea()).get(url(heard)).status_code == 200
    assert signed_in(omar()).get(url(heard)).status_code == 404
    heard.config.groups.create(name="another team")
    assert signed_in(person("Rob", "reviewer")).get(url(heard)).status_code == 404
    assert api.get(url(heard)).status_code == 401


def test_there_is_none_before_the_end(api):
    made = agreed()
    RecordingFiles(made.pk).create()
    assert signed_in(made.candidate).get(url(made)).status_code == 404


def test_without_the_option_there_is_none(heard):
    Interview.objects.filter(pk=heard.pk).update(consented_at=None)
    answer = signed_in(heard.candidate).get(url(heard))
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_while_it_is_being_made_it_says_so(monkeypatch):
    made = over(candidate=(0.0, 1.0))
    monkeypatch.setattr(RecordingFiles, "encode_soon", lambda files: None)
    client = signed_in(made.candidate)
    answer = client.get(url(made))
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer["Retry-After"] == "5"
    assert "The recording is being made." in client.get(made.get_results_url()).content.decode()
    RecordingFiles(made.pk).encode()
    assert client.get(url(made)).status_code == 200


def test_the_results_page_plays_it(heard):
    heard.utterances.create(
        sequence=1, speaker="candidate", text_said="I did.", text_heard="I did.",
        start_ms=1000, end_ms=2000, audio_start_ms=1000,
    )  # fmt: skip
    page = signed_in(heard.candidate).get(heard.get_results_url()).content.decode()
    assert f'src="{url(heard)}"' in page
    assert 'data-seek="1.0"' in page


def test_the_results_page_says_that_there_is_none(heard):
    RecordingFiles(heard.pk).delete()
    page = signed_in(heard.candidate).get(heard.get_results_url()).content.decode()
    assert "No recording exists of this interview." in page
    assert "data-seek" not in page


async def test_an_asgi_server_streams_it(tmp_path):
    file = tmp_path / "sound"
    await asyncio.to_thread(file.write_bytes, bytes(range(256)) * 1000)
    request = AsyncRequestFactory().get("/", headers={"range": "bytes=100-199999"})
    answer: Any = file_response(request, file, {"Content-Type": "audio/ogg"})
    blocks = [block async for block in answer]
    assert answer.status_code == 206
    assert b"".join(blocks) == (bytes(range(256)) * 1000)[100:200_000]
    assert len(blocks) > 1


def test_old_recordings_and_those_of_deleted_interviews_are_deleted(heard, capsys):
    call_command("delete_recordings", "--older-than", "30")
    assert recorded_interviews() == {heard.pk}
    month_ago = timezone.now() - timedelta(days=31)
    Interview.objects.filter(pk=heard.pk).update(ended_at=month_ago)
    call_command("delete_recordings", "--older-than", "30")
    assert recorded_interviews() == set()
    RecordingFiles(heard.pk).create()
    heard.delete()
    call_command("delete_recordings", "--older-than", "30")
    assert recorded_interviews() == set()
    assert "Deleted 1 recordings, kept 0." in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("delete_recordings", "--older-than", "-1")


def test_only_the_interviews_of_recordings_are_looked_at(heard, monkeypatch):
    monkeypatch.setattr("interviews.management.commands.delete_recordings.ASKED_AT_ONCE", 2)
    for _ in range(3):
        interview = Interview.objects.create(candidate=heard.candidate, snapshot=heard.snapshot)
        RecordingFiles(interview.pk).create()
    recorded = recorded_interviews()
    for _ in range(4):
        Interview.objects.create(candidate=heard.candidate, snapshot=heard.snapshot)
    asked = []

    def note(execute, sql, params, many, context):
        asked.append({getattr(one, "hex", one) for one in params} & {one.hex for one in every})
        return execute(sql, params, many, context)

    every = set(Interview.objects.values_list("pk", flat=True))
    with connection.execute_wrapper(note):
        call_command("delete_recordings", "--older-than", "30")
    assert [len(some) for some in asked] == [2, 2]
    assert set().union(*asked) == {one.hex for one in recorded}
    assert recorded_interviews() == recorded
