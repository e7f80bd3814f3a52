"""All conversations with all systems: several at once, system after system in turn."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.conversations.manifest import Conversation, conversations
from benchmarks.harness.conversation import hold
from benchmarks.harness.record import Record
from benchmarks.peers.pipecat_client import Pipecat
from benchmarks.providers.latencies import Latencies
from benchmarks.providers.server import in_a_process
from benchmarks.systems import Providers, System
from benchmarks.systems.ours import Ours
from benchmarks.systems.sequential import Sequential
from benchmarks.systems.simple import Simple

EAR = "benchmarks.conversations.ear:ear"
AT_ONCE = 2 * (os.cpu_count() or 2)
"""Conversations that are held at the same time: two a core, so that no core is busy all the time
even with the costliest of the systems (some 3 processor seconds a minute of a call)."""

SYSTEMS: dict[str, Callable[[Providers], System]] = {
    "ours-live": lambda providers: Ours(providers, "live"),
    "ours-upload": lambda providers: Ours(providers, "upload"),
    "simple": Simple,
    "sequential": Sequential,
    "pipecat-upload": lambda providers: Pipecat(providers, "upload"),
    "pipecat-live": lambda providers: Pipecat(providers, "live"),
}


async def run(
    names: Sequence[str],
    chosen: Sequence[Conversation],
    at_once: int,
    latencies: Latencies,
    progress: Callable[[str], None],
) -> dict[str, list[Record]]:
    """By system, a record of each conversation.

    Each batch is held with every system in turn, so that whatever else the machine does falls
    on all alike.
    """
    records: dict[str, list[Record]] = {name: [] for name in names}
    batches = [chosen[at : at + at_once] for at in range(0, len(chosen), at_once)]
    async with _running(names, latencies) as systems:
        for number, batch in enumerate(batches, 1):
            for system in systems:
                held = await asyncio.gather(*(hold(system, one) for one in batch))
                records[system.name] += held
                broken = [f"{one.conversation}: {one.failure}" for one in held if one.failure]
                progress(f"{system.name} {number}/{len(batches)} {'; '.join(broken)}".strip())
    return records


@asynccontextmanager
async def _running(names: Sequence[str], latencies: Latencies) -> AsyncIterator[list[System]]:
    # What is not there yet is spoken before anything is measured.
    for conversation in conversations().conversations:
        await asyncio.to_thread(_spoken, conversation)
    async with AsyncExitStack() as stack:
        providers, _ = await stack.enter_async_context(in_a_process(EAR, latencies))
        systems = [SYSTEMS[name](providers) for name in names]
        for system in systems:
            stack.push_async_callback(system.stop)
            await system.start()
        yield systems


def _spoken(conversation: Conversation) -> None:
    from benchmarks.conversations import rooms, speech

    for number, answer in enumerate(conversation.answers):
        speech.answer(conversation, number)
        for sound in answer.backchannels:
            rooms.sound(sound.sound, conversation)
