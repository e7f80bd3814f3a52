"""``python -m benchmarks worker``: what it costs to have replies written in another process.

The same follow-up is asked for in turn of the model in this process and of one behind Redis
(``manage.py runworker inference``); REDIS_URL or REDIS_URL_FOR_TESTS names the Redis.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from django.utils.module_loading import import_string

from benchmarks.capacity.servers import reachable_redis
from benchmarks.embedded.report import machine
from benchmarks.figures import median, percentile, ratio
from benchmarks.page import keep
from interview_site.env import BASE_DIR
from voice.engines import LanguageModel, Message

PROMPT = [
    Message("system", "You repeat the given question and begin it with what was just said."),
    Message("candidate", "Candidate: I moved our queue to Redis.\nQuestion: What was hard?"),
]
TOKENS = 32
SCRIPTED = {
    "BACKEND": "voice.adapters.scripted.ScriptedModel",
    "OPTIONS": {"text": "You moved the queue to Redis. What was hard about that?"},
}
EMBEDDED = {"BACKEND": "voice.adapters.llama.Llama", "OPTIONS": {}}


async def first_token(model: LanguageModel) -> float:
    """Seconds from the request to the first delta; the rest is read too."""
    clock = asyncio.get_running_loop().time
    asked, first = clock(), 0.0
    async with aclosing(model.reply(PROMPT, max_tokens=TOKENS, temperature=0.0)) as deltas:
        async for _ in deltas:
            first = first or clock() - asked
    return first


def start_worker(engine: dict[str, Any], redis: str) -> "subprocess.Popen[str]":
    """A worker in a process of its own on the Redis of that URL, warm when this returns."""
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "runworker", "inference"],
        cwd=BASE_DIR,
        env=os.environ | {"INFERENCE_ENGINE": json.dumps(engine), "REDIS_URL": redis},
        text=True,
        stderr=subprocess.PIPE,
    )
    assert worker.stderr
    for line in worker.stderr:
        if "is warm" in line:
            return worker
    raise SystemExit("The worker did not start.")


async def measure(name: str, engine: dict[str, Any], requests: int) -> dict[str, Any]:
    """Seconds to the first token, in pairs."""
    from interviews.inference.remote import RemoteModel

    worker = start_worker(engine, os.environ["REDIS_URL"])
    here: LanguageModel = import_string(engine["BACKEND"])(**engine["OPTIONS"])
    there = RemoteModel()
    try:
        await here.warm()
        await first_token(there)
        pairs = [(await first_token(there), await first_token(here)) for _ in range(requests)]
    finally:
        worker.kill()
        worker.communicate()
        await here.close()
    remote, local = ([pair[side] for pair in pairs] for side in (0, 1))
    return {"name": name, "worker": remote, "here": local, "ratio": asdict(ratio(remote, local))}


def lines(results: Mapping[str, Any]) -> list[str]:
    """The part of the page."""
    facts = results["machine"]
    return [
        f"{facts['at']}, {facts['cores']} cores, load average {facts['load_before']} before and "
        f"{facts['load_after']} after. First token of the same request in ms, in turn; the ratio "
        "of the medians with its 95 % interval.",
        "",
        "| | worker p50 / p90 | in-process p50 / p90 | ratio | more by | n |",
        "|---|---:|---:|---:|---:|---:|",
        *map(_row, results["models"]),
    ]


def _row(one: Mapping[str, Any]) -> str:
    remote, local, gap = one["worker"], one["here"], one["ratio"]
    more = (median(remote) or 0.0) - (median(local) or 0.0)
    return (
        f"| {one['name']} | {_times(remote)} | {_times(local)} | {gap['of_medians']:.2f} "
        f"({gap['low']:.2f} – {gap['high']:.2f}) | {1000 * more:.1f} | {len(remote)} |"
    )


def _times(values: Sequence[float]) -> str:
    found = (median(values), percentile(values, 90))
    return " / ".join("–" if value is None else f"{1000 * value:.1f}" for value in found)


async def run(requests: int) -> dict[str, Any]:
    load_before = os.getloadavg()
    models = [
        await measure("embedded model", EMBEDDED, requests),
        await measure("no model (transport alone)", SCRIPTED, requests),
    ]
    return {"machine": machine(load_before), "models": models}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks worker", description=__doc__)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="two requests: does it work?")
    asked = parser.parse_args()
    if not asyncio.run(reachable_redis(os.environ["REDIS_URL"])):
        print("left out, there is no Redis")
        return
    results = asyncio.run(run(2 if asked.quick else asked.requests))
    print("\n".join(lines(results)))
    if not asked.quick:
        print(f"All figures: {os.path.relpath(keep('worker', results))}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    tests = os.environ.get("REDIS_URL_FOR_TESTS", "redis://localhost:6379/9")
    os.environ["REDIS_URL"] = os.environ.get("REDIS_URL") or tests
    import django

    django.setup()
    main()
