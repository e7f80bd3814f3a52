"""What a socket says by itself is in the language of the page that opened it."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import ApiToken, User
from interviews.live import audio_consumer
from interviews.live.consumer import drain
from interviews.models import Interview
from interviews.tests.audio_client import streaming
from interviews.tests.live_client import LiveClient
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedSynthesizer, scripted_engines

pytestmark = pytest.mark.django_db(transaction=True)
KOREAN = "다시 로그인해 주세요."
ENGLISH = "Please sign in again."


@pytest.fixture
def _scripted(monkeypatch: Any) -> None:
    engines = scripted_engines(synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002))
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)


async def refused(*headers: tuple[bytes, bytes]) -> str:
    """The words in which somebody without an account is turned away."""
    client = await LiveClient(uuid.uuid4(), headers=list(headers)).open()
    message = await client.expect("error")
    await client.close()
    return str(message["message"])


async def test_the_browsers_language_counts() -> None:
    assert await refused((b"accept-language", b"ko-KR,ko;q=0.9,en;q=0.8")) == KOREAN


async def test_the_language_chosen_on_the_page_counts_more() -> None:
    chosen = (b"cookie", b"django_language=en")
    assert await refused((b"accept-language", b"ko-KR"), chosen) == ENGLISH


async def test_one_socket_leaves_the_next_its_own() -> None:
    assert await refused((b"cookie", b"django_language=ko")) == KOREAN
    assert await refused() == ENGLISH


@pytest.mark.usefixtures("_scripted")
async def test_what_others_cause_is_said_in_the_users_language() -> None:
    interview, token = await made()
    await User.objects.filter(pk=interview.candidate_id).aupdate(language="ko")
    first = await LiveClient(interview.id, token).open()
    await first.init()
    second = await LiveClient(interview.id, token).open()
    await second.init()
    told = await first.expect("error", fatal=True)
    assert told["message"] == "다른 창에서 면접을 열었습니다."
    await first.close()
    await second.close()


@pytest.mark.usefixtures("_scripted")
async def test_a_server_that_stops_says_so_in_the_users_language(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.consumer._draining", False)
    interview, token = await made()
    await User.objects.filter(pk=interview.candidate_id).aupdate(language="ko")
    client = await LiveClient(interview.id, token).open()
    await client.init()
    await drain()
    told = await client.expect("error", fatal=True)
    assert told["message"] == "서버를 다시 시작합니다. 연결은 자동으로 복구됩니다."
    await client.close()


async def test_a_server_that_stops_says_so_to_programs_in_their_users_language(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr("interviews.live.audio_consumer._draining", False)
    engines = scripted_engines()
    monkeypatch.setattr("interviews.live.audio_consumer.engines", lambda profile: engines)
    async with streaming(await sync_to_async(token_in)("ko")) as client:
        await client.flush()
        await client.receive()
        await audio_consumer.drain()
        told = await client.receive()
    assert told["message"] == "서버를 다시 시작합니다. 다시 연결해 주세요."


def token_in(language: str) -> str:
    """Of somebody who reads ``language``."""
    user = User.objects.create_user("program@example.com", language=language)
    return ApiToken.objects.issue(user)[1]


async def told(language: str, *headers: tuple[bytes, bytes]) -> str:
    """What the candidate of an interview in ``language`` is told on asking for time."""
    interview, token = await made()
    await Interview.objects.filter(pk=interview.pk).aupdate(language=language)
    client = await LiveClient(interview.id, token, headers=list(headers)).open()
    await client.init()
    await client.send("take_time")
    notice = await client.expect("notice")
    await client.close()
    return str(notice["message"])


@pytest.mark.usefixtures("_scripted")
async def test_a_client_that_names_no_language_reads_that_of_the_interview() -> None:
    assert (await told("ko")).startswith("천천히")
    assert (await told("en")).startswith("Take your time")
    assert (await told("auto")).startswith("Take your time")


@pytest.mark.usefixtures("_scripted")
async def test_the_language_that_is_asked_for_counts_more_than_the_interviews() -> None:
    assert (await told("ko", (b"accept-language", b"en"))).startswith("Take your time")
    assert (await told("ko", (b"cookie", b"django_language=en"))).startswith("Take your time")
    assert (await told("en", (b"cookie", b"django_language=ko"))).startswith("천천히")
