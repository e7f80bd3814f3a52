"""``python -m benchmarks.capacity``: how many calls this machine holds; about eight minutes.

PostgreSQL and Redis are those of ``make test`` (``DATABASE_URL_FOR_TESTS``,
``REDIS_URL_FOR_TESTS``). Without PostgreSQL it is done on SQLite; without Redis there is one
process only.
"""

import argparse
import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any

from benchmarks.capacity.measure import Plan, measure
from benchmarks.capacity.report import row, table
from benchmarks.capacity.servers import (
    OurSetup,
    Running,
    our_server,
    pipecat_server,
    reachable_database,
    reachable_redis,
)
from benchmarks.capacity.shares import Engines, Level, largest
from benchmarks.embedded.report import machine
from benchmarks.page import keep
from benchmarks.providers.latencies import Latencies, add_options, given
from benchmarks.providers.server import in_a_process
from benchmarks.systems import Providers

EAR = "benchmarks.capacity.answers:ear"
LIVE_PAUSE = 0.09
"""Seconds of silence after which a draft is begun on live words."""
PIPECAT_STOP, PIPECAT_AGAIN = 0.2, 3.0
"""Seconds of silence that Pipecat asks for after a finished and an unfinished thought."""

LEVELS = {
    "several": (16, 32, 48, 64, 80, 100, 120),
    "one": (24, 48, 64),
    "pipecat": (4, 8, 16),
}
"""What is chosen from by bisection: two or three of each are measured."""
Server = Callable[[Providers], AbstractAsyncContextManager[Running]]


async def run(options: argparse.Namespace) -> dict[str, Any]:
    latencies, load_before = given(options), os.getloadavg()
    options.redis = await reachable_redis(options.redis)
    options.database = await reachable_database(options.database)
    setups: dict[str, tuple[Server, Engines]] = {}
    ours = Engines(latencies, LIVE_PAUSE, latencies.transcript)
    if options.redis:
        setups["several"] = _ours(options, options.processes), ours
    setups["one"] = _ours(options, 1), ours
    setups["pipecat"] = (
        pipecat_server,
        Engines(latencies, PIPECAT_STOP, latencies.upload, PIPECAT_AGAIN),
    )
    found: dict[str, Any] = {}
    asked: dict[int, float] = {}
    for key in options.only or setups:
        if key not in setups:
            print(f"{key}: left out, there is no Redis")
            continue
        server, engines = setups[key]
        # Pipecat does not tell; ours asks for the same silence in however many processes.
        plan = Plan(
            options.callers or LEVELS[key],
            options.seconds,
            options.idle if key != "pipecat" else 0.0,
            {} if key == "pipecat" else asked,
        )
        try:
            name, levels = await _measured(server, engines, latencies, plan)
        except RuntimeError as error:
            print(f"{key}: left out, {error}", flush=True)
            continue
        held = largest(levels)
        found[key] = {
            "name": name,
            "held": held,
            "levels": [asdict(level) for level in sorted(levels, key=lambda one: one.callers)],
        }
    return {
        "machine": machine(load_before),
        "latencies": asdict(latencies),
        "servers": found,
    }


def _ours(options: argparse.Namespace, processes: int) -> Server:
    setup = OurSetup(processes, options.server, options.database, options.redis)
    most = max(options.callers or LEVELS["several" if processes > 1 else "one"])
    return lambda providers: our_server(setup, providers, most)


async def _measured(
    server: Server, engines: Engines, latencies: Latencies, plan: Plan
) -> tuple[str, list[Level]]:
    async with (
        in_a_process(EAR, latencies) as (providers, providers_pid),
        server(providers) as running,
    ):
        print(f"\n{running.name}\n{table()}", flush=True)
        levels = await measure(
            running, providers_pid, engines, plan, lambda level: print(row(level), flush=True)
        )
    return running.name, levels


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=tuple(LEVELS), help="some of the servers")
    parser.add_argument("--callers", type=int, nargs="*", metavar="N", help="to choose from")
    parser.add_argument("--seconds", type=float, default=30.0, help="for each level")
    parser.add_argument("--idle", type=float, default=40.0, help="alone before them")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="uvicorn")
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get("DATABASE_URL_FOR_TESTS", "postgres://localhost/postgres"),
        help="of a PostgreSQL server; empty: SQLite",
    )
    parser.add_argument(
        "--redis",
        metavar="URL",
        default=os.environ.get("REDIS_URL_FOR_TESTS", "redis://localhost:6379/9"),
    )
    add_options(parser)
    # However it is ended, the servers end with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    results = asyncio.run(run(parser.parse_args()))
    path = keep("capacity", results)
    for server in results["servers"].values():
        print(f"{server['name']}: {server['held'] or 'less than the first level'} calls")
    print(f"All figures: {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
