"""One server under many callers and under fewer: the most that it serves in time, by bisection."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.capacity.crowd import Crowd, Ledger
from benchmarks.capacity.servers import Running
from benchmarks.capacity.shares import (
    Engines,
    Level,
    longest_asked,
    next_level,
    own_shares,
    per_call_minute,
    spread,
)
from benchmarks.capacity.usage import TICK, usage
from benchmarks.figures import percentile

SETTLING = 12.0
"""Seconds after the last caller has come or gone, in which greetings are heard and answered."""
ARRIVING = 8.0
IDLE_CALLERS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Levels to choose from, each measured for ``seconds``. ``asked`` is the longest silence that
    is asked for after each answer; empty: two callers alone tell within ``idle`` seconds.
    """

    callers: Sequence[int]
    seconds: float
    idle: float
    asked: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Moment:
    at: float
    server: float
    providers: float
    load: float
    machine: float
    turns: int
    cut_off: int
    missed: int
    lost: int
    late: int


async def measure(
    running: Running,
    providers: int,
    engines: Engines,
    plan: Plan,
    say: Callable[[Level], None] = lambda level: None,
) -> list[Level]:
    """The levels that tell the largest that holds; ``providers`` is their process."""
    empty = usage(running.pid).memory
    crowd = Crowd("127.0.0.1", running.port, running.dialect)
    levels: list[Level] = []
    try:
        if not plan.asked:
            await crowd.grow(IDLE_CALLERS, 1.0)
            await asyncio.sleep(plan.idle)
            plan.asked.update(longest_asked(crowd.ledger.turns))
        while (callers := next_level(plan.callers, levels)) is not None:
            crowd.shrink(callers)
            await crowd.grow(callers, ARRIVING)
            await asyncio.sleep(SETTLING)
            before = _moment(running, providers, crowd.ledger)
            await asyncio.sleep(plan.seconds)
            after = _moment(running, providers, crowd.ledger)
            memory = usage(running.pid).memory - empty
            level = _level(callers, before, after, memory, crowd.ledger, engines, plan.asked)
            levels.append(level)
            say(level)
    finally:
        await crowd.close()
    return levels


def _level(
    callers: int,
    before: _Moment,
    after: _Moment,
    memory: float,
    ledger: Ledger,
    engines: Engines,
    idle: dict[int, float],
) -> Level:
    turns = ledger.turns[before.turns : after.turns]
    seconds = after.at - before.at
    cores = os.cpu_count() or 1

    def busy(kind: str) -> float:
        spent: float = getattr(after, kind) - getattr(before, kind)
        return spent / seconds / cores

    return Level(
        callers=callers,
        seconds=seconds,
        turns=len(turns),
        voice_to_voice=spread([turn.voice_to_voice for turn in turns]),
        own=spread(own_shares(turns, engines, idle)),
        cut_off=after.cut_off - before.cut_off,
        missed=after.missed - before.missed,
        lost=after.lost - before.lost,
        cpu=per_call_minute(after.server - before.server, callers, seconds),
        memory=memory / callers,
        late_p99=percentile(ledger.late[before.late : after.late], 99) or 0.0,
        busy={kind: busy(kind) for kind in ("server", "providers", "load", "machine")},
    )


def _moment(running: Running, providers: int, ledger: Ledger) -> _Moment:
    times = os.times()
    return _Moment(
        at=asyncio.get_running_loop().time(),
        server=usage(running.pid).cpu,
        providers=usage(providers).cpu,
        load=times.user + times.system,
        machine=_machine(),
        turns=len(ledger.turns),
        cut_off=len(ledger.cut_off),
        missed=len(ledger.missed),
        lost=len(ledger.lost),
        late=len(ledger.late),
    )


def _machine() -> float:
    """Seconds that all cores together have been busy, whoever with."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _wait, irq, softirq, steal = map(
            int, file.readline().split()[1:9]
        )
    return (user + nice + system + irq + softirq + steal) * TICK
