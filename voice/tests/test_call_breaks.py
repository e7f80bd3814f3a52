"""A call that is cancelled or breaks leaves nothing behind and begins nothing more."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from voice.adapters.scripted import ScriptedModel, ScriptedSynthesizer, scripted_engines
from voice.adapters.scripted_live import ScriptedLive
from voice.agent import Reply
from voice.call import Call
from voice.events import Event, Sound
from voice.failover import FailoverLive
from voice.tests.cast import LOUD, QUIET, MemoryRecord, ScriptedAgent, clauses

pytestmark = pytest.mark.virtual_time


class Gone(Exception):
    """The other end of the connection."""


async def microphone(call: Call, sample: bytes, seconds: float) -> None:
    for _ in range(round(seconds / 0.02)):
        call.hear(sample * 320)
        await asyncio.sleep(0.02)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("breaks", [False, True])
@pytest.mark.parametrize("while_it", ["speaks", "listens", "thinks"])
async def test_a_call_that_ends_badly_leaves_nothing_behind(breaks: bool, while_it: str) -> None:
    loop = asyncio.get_running_loop()
    trouble: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: trouble.append(context))
    script, model = ScriptedLive(), ScriptedModel(per_token=0.5)
    voice, record = ScriptedSynthesizer(), MemoryRecord()
    live = FailoverLive("live_recognizer", {"scripted": script})
    engines = replace(scripted_engines(model=model, synthesizer=voice), live_recognizer=live)
    sent: list[Event] = []
    broken = False

    async def deliver(event: Event) -> None:
        sent.append(event)
        if broken:
            raise Gone

    call = Call(engines, ScriptedAgent(), record, deliver, clock=loop.time)
    running = asyncio.create_task(call.run())
    await call.begun.wait()
    call.say(Reply(clauses("A first sentence that takes its time."), "en"))
    call.say(Reply(clauses("A second one that is owed."), "en"))
    await until(lambda: any(isinstance(event, Sound) for event in sent))
    if while_it != "speaks":
        await microphone(call, LOUD, 2.0)
    if while_it == "thinks":
        await microphone(call, QUIET, 1.0)
    if breaks:
        broken = True
        call.interrupt()
        await microphone(call, LOUD, 1.0)
        await microphone(call, QUIET, 3.0)
    else:
        running.cancel()
    await asyncio.wait([running])
    assert running.cancelled() or running.exception() is not None
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert all(dictation.closed for dictation in script.made)
    assert voice.open_streams == model.open_streams == 0
    begun = [row for row in record.rows if row[0] == "interviewer begins"]
    assert len(record.speeches) == len(begun)
    assert trouble == []
