"""``python -m benchmarks profiles``: whole interviews on each profile; about 25 minutes.

The profile ``worker`` needs a Redis (``REDIS_URL_FOR_TESTS``) and is left out without one.
"""

import argparse
import asyncio
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.answers import SpokenAnswer
from benchmarks.api import Api
from benchmarks.capacity.answers import LevelEar, answers
from benchmarks.capacity.servers import reachable_redis
from benchmarks.capacity.usage import usage
from benchmarks.embedded.report import machine
from benchmarks.page import keep
from benchmarks.profiles import report, speaking
from benchmarks.profiles.interview import Held, hold
from benchmarks.profiles.lag import lags
from benchmarks.profiles.ledger import Ledger
from benchmarks.profiles.profiles import PAUSE, PROFILES, Profile, hosted, standby
from benchmarks.profiles.shares import Heard, Plan, Share, made, share
from benchmarks.providers import voice
from benchmarks.providers.latencies import Latencies, add_options, given
from benchmarks.server import serving
from benchmarks.worker import EMBEDDED, start_worker
from interview_site.env import embedded_engines, worker


def sentences() -> list[SpokenAnswer]:
    """The answers as a recognizer writes them: with a full stop, which tells that they are over."""
    return [
        replace(answer, text=f"{answer.text[:1].upper()}{answer.text[1:]}.") for answer in answers()
    ]


async def run(options: argparse.Namespace) -> dict[str, Any]:
    load_before = os.getloadavg()
    latencies: Latencies = given(options)
    redis = await reachable_redis(options.redis)
    said = sentences()[: options.answers]
    lag = dict(zip((answer.name for answer in said), await lags(said), strict=True))
    await asyncio.to_thread(voice.carrier)
    found = []
    print("\n".join(report.table([])), flush=True)
    for profile in PROFILES:
        if profile.name not in options.only:
            continue
        if profile.name == "worker" and not redis:
            print("worker: left out, there is no Redis", flush=True)
            continue
        ledger = Ledger()
        held, finished, cpu = await _interviews(
            options.interviews, profile, latencies, ledger, said, redis
        )
        whole = [each for each in held if not each.turn.cut_off]
        shares = [_share(profile, each, lag[each.turn.answer.name], ledger) for each in whole]
        figures = report.summary(profile, shares, len(held) - len(whole), finished, cpu)
        print(report.row(figures), flush=True)
        for gap, seconds in figures["gaps"].items():
            if seconds is not None:
                print(f"    {gap}: {1000 * seconds:.0f} ms", flush=True)
        found.append(figures)
    return {
        "machine": machine(load_before),
        "latencies": asdict(latencies),
        "speaking": {"words": speaking.WORDS, "first_sound": speaking.FIRST_SOUND},
        "profiles": found,
    }


async def _interviews(
    number: int,
    profile: Profile,
    latencies: Latencies,
    ledger: Ledger,
    said: Sequence[SpokenAnswer],
    redis: str,
) -> tuple[list[Held], bool, dict[str, float]]:
    """The turns of all, whether each came to its end, and the means of what they cost."""
    each = [await _held(profile, latencies, ledger, said, redis) for _ in range(number)]
    turns = [turn for held, _, _ in each for turn in held]
    cpu = {kind: sum(cost[kind] for _, _, cost in each) / number for kind in each[0][2]}
    return turns, all(finished for _, finished, _ in each), cpu


async def _held(
    profile: Profile,
    latencies: Latencies,
    ledger: Ledger,
    said: Sequence[SpokenAnswer],
    redis: str,
) -> tuple[list[Held], bool, dict[str, float]]:
    """One interview on a server of its own; also the processor seconds of each kind of process
    that a minute of it cost."""
    pids: dict[str, int] = {}
    async with AsyncExitStack() as stack:
        engines: dict[str, Any]
        variables: dict[str, str] = {}
        match profile.name:
            case "embedded":
                engines = {"embedded": embedded_engines()}
            case "worker":
                variables["REDIS_URL"] = redis
                process = await asyncio.to_thread(start_worker, EMBEDDED, redis)
                stack.callback(process.communicate)
                stack.callback(process.kill)
                pids["worker"] = process.pid
                engines = {"embedded": standby(), "worker": worker()}
            case name:
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="profiles-")))
                ear = LevelEar(sentences())
                made_of, variables = await stack.enter_async_context(
                    hosted(name, ear, latencies, ledger, folder)
                )
                engines = {"embedded": standby(), name: made_of}
        seed = ("-m", "benchmarks.profiles.seed", profile.name)
        server = await stack.enter_async_context(serving(engines=engines, seed=seed, **variables))
        api = Api(server)
        stack.push_async_callback(api.close)
        pids["server"] = server.pid
        clock = asyncio.get_running_loop().time
        began, before = clock(), {kind: usage(pid).cpu for kind, pid in pids.items()}
        held, finished = await hold(api, profile.name, said)
        minutes = (clock() - began) / 60
        cpu = {kind: (usage(pid).cpu - before[kind]) / minutes for kind, pid in pids.items()}
        return held, finished, cpu


def _share(profile: Profile, held: Held, lag: float, ledger: Ledger) -> Share:
    stages = held.turn.stages
    turn = Heard(held.ended, held.first_sound, lag, stages["endpoint"] or 0.0, held.turn.reply)
    if profile.plan:
        return share(turn, ledger.works, profile.plan)
    # Its first sound was prepared: what the model writes comes behind it.
    words = stages["stt"] or 0.0
    return made(turn, Plan(PAUSE, PAUSE), PAUSE + words, words, 0.0, 0.0)


def main() -> None:
    names = [profile.name for profile in PROFILES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks profiles", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="an answer each: does it work?")
    parser.add_argument("--answers", type=int, default=len(answers()), help="in each interview")
    parser.add_argument("--interviews", type=int, default=2, help="on each profile")
    parser.add_argument("--only", nargs="*", choices=names, default=names, help="nothing is kept")
    parser.add_argument(
        "--redis",
        metavar="URL",
        default=os.environ.get("REDIS_URL_FOR_TESTS", "redis://localhost:6379/9"),
    )
    add_options(parser)
    options = parser.parse_args()
    if options.quick:
        options.answers = options.interviews = 1
    results = asyncio.run(run(options))
    # The page shows all of them side by side, of one run.
    if not options.quick and set(options.only) == set(names):
        print(f"All figures: {os.path.relpath(keep('profiles', results))}")


if __name__ == "__main__":
    main()
