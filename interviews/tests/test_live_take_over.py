"""Several connections to one interview: exactly one stays, the newest, and nothing is lost."""

import asyncio
import uuid
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from interviews.live import connection
from interviews.live.admission import begin
from interviews.live.connection import arrival, holder, take_over
from interviews.models import Interview
from interviews.tests.live_client import SOON, LiveClient, connected
from interviews.tests.test_live_interview import made
from voice.adapters.scripted import ScriptedSynthesizer, scripted_engines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _engines(monkeypatch: Any) -> None:
    engines = scripted_engines(synthesizer=ScriptedSynthesizer(seconds_per_letter=0.002))
    monkeypatch.setattr("interviews.live.interview.engines", lambda profile: engines)


async def opened(interview: Any, token: str, count: int) -> list[LiveClient]:
    """So many clients, oldest first, that have all said ``init`` and wait for an answer."""
    clients = [await LiveClient(interview.id, token).open() for _ in range(count)]
    await asyncio.gather(*(client.send("init") for client in clients))
    return clients


async def only_one_stays(clients: list[LiveClient]) -> LiveClient:
    """All but one are closed, as taken over; gives the one."""
    closing = [asyncio.create_task(client.expect_close()) for client in clients]
    left = set(closing)
    while len(left) > 1:
        _, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
    left.pop().cancel()
    (one,) = [client for client in clients if client.close_code is None]
    for client in clients:
        if client is not one:
            assert client.close_code == 4409
            assert client.of("error")[-1]["fatal"]
    return one


@pytest.mark.parametrize("count", [2, 5])
async def test_the_newest_of_connections_that_come_at_once_stays(count: int) -> None:
    interview, token = await made()
    clients = await opened(interview, token, count)
    one = await only_one_stays(clients)
    assert one is clients[-1]
    await one.send("text_answer", text="Only I am here.")
    await one.expect("turn_complete")
    for client in clients:
        await client.close()


async def test_several_that_want_a_held_interview_leave_one_and_lose_nothing() -> None:
    interview, token = await made()
    first = await LiveClient(interview.id, token).open()
    await first.init()
    await first.send("text_answer", text="Said before.")
    await first.expect("turn_complete", turn=1)
    clients = [first, *await opened(interview, token, 3)]
    one = await only_one_stays(clients)
    assert one is clients[-1]
    assert "Said before." in str((await one.expect("connected"))["history"])
    await one.send("text_answer", text="Said after.")
    await one.expect("turn_complete", turn=2)
    for client in clients:
        await client.close()
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.connection) == ("paused", None)


async def test_an_older_connection_that_was_slow_to_begin_takes_nothing_over() -> None:
    interview, token = await made()
    slow = await LiveClient(interview.id, token).open()
    async with connected(interview.id, token) as quick:
        await slow.send("init")
        assert await slow.expect_close() == 4409
        await quick.send("text_answer", text="Still here.")
        await quick.expect("turn_complete", turn=1)
    await slow.close()


async def test_a_machine_whose_clock_is_behind_takes_over_what_it_found() -> None:
    interview, _ = await made()
    ahead = uuid.UUID(int=arrival().int + (3600 * 10**9 << 64))
    await Interview.objects.filter(id=interview.id).aupdate(connection=ahead)
    taking = asyncio.create_task(take_over(interview.id, mine := arrival(), ahead))
    await asyncio.sleep(0)
    await Interview.objects.filter(id=interview.id).aupdate(connection=None)
    assert await taking
    assert await holder(interview.id) == mine


async def test_of_two_that_take_from_one_holder_the_database_lets_only_one(
    monkeypatch: Any,
) -> None:
    """As over two processes: neither hears of the other but by the database."""
    monkeypatch.setattr(connection, "HAND_OVER_SECONDS", 0.3)
    interview, _ = await made()
    gone = arrival()
    await Interview.objects.filter(id=interview.id).aupdate(connection=gone)
    older, newer = arrival(), arrival()
    took = await asyncio.gather(
        take_over(interview.id, older, gone), take_over(interview.id, newer, gone)
    )
    assert took[1]
    assert await holder(interview.id) == newer


async def test_an_end_that_takes_long_to_file_is_no_other_window(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.consumer.HOLDING_SECONDS", 0.05)

    async def slow(_interview_id: object) -> None:
        await asyncio.sleep(1)

    monkeypatch.setattr("interviews.live.interview.assess_interview_soon", slow)
    interview, token = await made()
    async with connected(interview.id, token) as client:
        await client.send("end_interview")
        assert (await client.expect("interview_ended"))["reason"] == "candidate"
        assert await client.expect_close() == 1000
        assert not client.of("error")


async def test_who_was_not_told_of_the_end_finds_out(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.live.consumer.HOLDING_SECONDS", 0.2)
    interview, token = await made()

    async def lost(*_args: object) -> None:
        pass

    async with connected(interview.id, token) as client:
        monkeypatch.setattr(get_channel_layer(), "group_send", lost)
        await database_sync_to_async(interview.end)("abandoned")
        assert (await client.expect("interview_ended"))["reason"] == "abandoned"
        assert await client.expect_close() == 1000


async def test_who_was_not_told_of_a_newer_connection_finds_out(monkeypatch: Any) -> None:
    monkeypatch.setattr(connection, "HAND_OVER_SECONDS", 0.3)
    monkeypatch.setattr("interviews.live.consumer.HOLDING_SECONDS", 0.2)
    interview, token = await made()
    layer = get_channel_layer()

    async def lost(*_args: object) -> None:
        pass

    older = await LiveClient(interview.id, token).open()
    await older.init()
    monkeypatch.setattr(layer, "group_send", lost)
    async with connected(interview.id, token) as newer:
        assert await older.expect_close() == 4409
        await newer.send("text_answer", text="Only I am here.")
        await newer.expect("turn_complete")
    await older.close()


async def test_a_client_that_leaves_while_it_is_let_in_holds_nothing(monkeypatch: Any) -> None:
    interview, token = await made()
    beginning, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(interview_id: Any) -> Any:
        beginning.set()
        await go_on.wait()
        return await begin(interview_id)

    monkeypatch.setattr("interviews.live.consumer.begin", slowly)
    monkeypatch.setattr("interviews.live.consumer.INIT_SECONDS", 0.0)
    client = await LiveClient(interview.id, token).open()
    async with asyncio.timeout(SOON):
        await beginning.wait()
    closing = asyncio.create_task(client.close())
    await asyncio.sleep(0.1)
    go_on.set()
    await closing
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.connection) == ("paused", None)


async def test_who_cannot_be_let_in_holds_nothing(monkeypatch: Any) -> None:
    interview, token = await made()

    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken_for_now:
        broken_for_now.setattr("interviews.live.consumer.LiveInterview", broken)
        client = await LiveClient(interview.id, token).open()
        await client.send("init")
        assert await client.expect_close() == 1013
        await client.close()
    row = await Interview.objects.aget(id=interview.id)
    assert (row.status, row.connection) == ("paused", None)


async def test_what_was_missed_is_still_kept_for_the_connection_after_the_next() -> None:
    interview, token = await made()
    async with connected(interview.id, token) as first:
        await first.expect("state", value="listening")
        await first.send("text_answer", text="One.")
        await first.expect("turn_complete", turn=1)
    async with connected(interview.id, token, resume_after=1):
        pass
    async with connected(interview.id, token, resume_after=1) as third:
        assert await third.expect("turn_complete", turn=1)
