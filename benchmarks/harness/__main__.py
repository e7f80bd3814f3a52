"""``python -m benchmarks conversations``: the set of conversations with every system."""

import argparse
import asyncio
import os
from typing import Any

from benchmarks import page
from benchmarks.conversations.manifest import Conversation, conversations
from benchmarks.embedded.report import machine
from benchmarks.harness import tables
from benchmarks.harness.record import Record
from benchmarks.harness.run import AT_ONCE, SYSTEMS, run
from benchmarks.harness.summary import summary
from benchmarks.harness.trace import trace
from benchmarks.peers.pipecat_client import PYTHON
from benchmarks.providers.latencies import add_options, given

NAME = "conversations"
USUAL = ("ours-live", "ours-upload", "simple", "sequential", "pipecat-upload")
Measured = tuple[dict[str, Any], dict[str, list[Record]]]
QUICK = ("en-michael", "ko-kumo")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks conversations", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="four answers: does it work?")
    parser.add_argument(
        "--systems", nargs="+", choices=SYSTEMS, metavar="NAME", default=[*USUAL],
        help=f"of {', '.join(SYSTEMS)} (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--only", nargs="+", metavar="ID", help="these conversations of the set")
    parser.add_argument(
        "--at-once", type=int, default=AT_ONCE, metavar="N",
        help="conversations held at the same time (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--keep", default=NAME, metavar="NAME", help="results/NAME.json (default: %(default)s)"
    )
    add_options(parser)
    options = parser.parse_args()
    names = list(options.systems)
    if not PYTHON.exists():
        names = [name for name in names if not name.startswith("pipecat")]
        print("Pipecat is left out: run make peers")
    results, records = asyncio.run(measure(options, names))
    path = page.keep(options.keep, results)
    traces = (trace(record) for found in records.values() for record in found)
    path.with_suffix(".txt").write_text("\n".join(traces), encoding="utf-8")
    print("\n" + "\n".join(tables.lines(results)) + f"\n\nAll figures: {os.path.relpath(path)}")


async def measure(options: argparse.Namespace, names: list[str]) -> Measured:
    load_before = os.getloadavg()
    latencies = given(options)
    records = await run(
        names, chosen(options), options.at_once, latencies, lambda line: print(line, flush=True)
    )
    results = {
        "machine": machine(load_before) | {"at_once": options.at_once},
        "latencies": latencies.arguments(),
        "systems": {name: summary(records[name]) for name in names},
    }
    return results, records


def chosen(options: argparse.Namespace) -> list[Conversation]:
    """The conversations asked for. Exits if one is not in the set."""
    known = {one.id: one for one in conversations().conversations}
    ids = options.only or (QUICK if options.quick else known)
    if unknown := set(ids) - known.keys():
        raise SystemExit(f"not in the set: {', '.join(sorted(unknown))}")
    found = [known[id_] for id_ in ids]
    if options.quick:
        return [one.model_copy(update={"answers": one.answers[:2]}) for one in found]
    return found


if __name__ == "__main__":
    main()
