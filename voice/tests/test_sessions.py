"""What one call has learnt of a speech-to-speech engine, the others know."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from voice.adapters.openai_realtime import OpenAIRealtime
from voice.engines import Brief
from voice.sessions import AGAIN, LONGEST_AGAIN, LOOK, Sessions, state
from voice.tests.virtual_time import run
from voice.tests.wire.fault import Fault
from voice.tests.wire.openai_realtime import Realtime
from voice.tests.wire.server import Wire, serve


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")


@asynccontextmanager
async def engine_at(provider: Realtime) -> AsyncGenerator[tuple[OpenAIRealtime, Wire]]:
    async with serve(provider) as wire:
        engine = OpenAIRealtime(base_url=wire.url)
        yield engine, wire
        await engine.close()


@asynccontextmanager
async def calls(engine: OpenAIRealtime, count: int) -> AsyncGenerator[list[Sessions]]:
    """As many calls, which look after their sessions."""
    made = [Sessions(engine, lambda: Brief("Wait.")) for _ in range(count)]
    tasks = [asyncio.create_task(sessions.run()) for sessions in made]
    try:
        yield made
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def test_an_engine_that_failed_in_one_call_is_left_alone_by_the_others() -> None:
    async def scene() -> None:
        provider = Realtime(Fault.BROKEN)
        async with engine_at(provider) as (engine, wire):
            async with calls(engine, 1) as (first,):
                assert await first.opened() is None
            tried = len(wire.requests)
            assert tried == 1 and state(engine) == "unavailable"
            provider.fault = None
            async with calls(engine, 3) as others:
                assert [await sessions.opened() for sessions in others] == [None] * 3
                assert len(wire.requests) == tried
                await asyncio.sleep(AGAIN + 1)
                assert all(sessions.current for sessions in others)
            assert state(engine) == "ok"

    run(scene())


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [(Fault.UNAUTHORISED, LONGEST_AGAIN), (Fault.RATE_LIMITED_FOR_A_MINUTE, 60.0)],
)
def test_it_is_left_alone_for_as_long_as_the_failure_asks_for(fault: Fault, seconds: float) -> None:
    async def scene() -> None:
        async with engine_at(Realtime(fault)) as (engine, wire), calls(engine, 3):
            await asyncio.sleep(1.0)
            tried = len(wire.requests)
            assert tried <= 3
            await asyncio.sleep(seconds - 5)
            assert len(wire.requests) == tried
            await asyncio.sleep(10)
            assert len(wire.requests) > tried

    run(scene())


def test_calls_that_lose_their_sessions_together_are_one_failure() -> None:
    async def scene() -> None:
        provider = Realtime()
        provider.session_seconds = 1.0
        async with engine_at(provider) as (engine, wire), calls(engine, 4):
            await asyncio.sleep(0.5)
            opened = len(wire.requests)
            await asyncio.sleep(0.5 + AGAIN + 0.6)
            assert len(wire.requests) == 2 * opened

    run(scene())


def test_a_successor_that_breaks_before_its_turn_is_hung_up() -> None:
    async def scene() -> None:
        provider = Realtime()
        async with engine_at(provider) as (engine, _), calls(engine, 1) as (sessions,):
            assert (serving := await sessions.opened())
            sessions.busy = lambda: True
            serving.ageing.set()
            await asyncio.sleep(2 * LOOK)
            await provider.sessions[1]._socket.send_text(b"{")
            await asyncio.sleep(2 * LOOK + 0.5)
            assert sessions.current is serving
            assert provider.sessions[1].closed.is_set()

    run(scene())


def test_who_waits_to_take_over_does_so_when_the_session_is_lost() -> None:
    async def scene() -> None:
        provider = Realtime()
        provider.session_seconds = 2.0
        async with serve(provider) as wire:
            engine = OpenAIRealtime(base_url=wire.url, session_seconds=1.0)
            async with calls(engine, 1) as (one,):
                one.busy = lambda: True
                await asyncio.sleep(1.5)
                before = one.current
                assert before and len(provider.sessions) == 2
                await asyncio.sleep(0.6)
                assert before.failure and one.current and one.current is not before
                assert len(provider.sessions) == 2
                assert state(engine) == "ok"
            await engine.close()

    run(scene())
