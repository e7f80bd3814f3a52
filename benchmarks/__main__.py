"""``python -m benchmarks [part] [options]``: every part, or one of them; ``--quick``: does it work?

- ``conversations``: the set with every system, about forty minutes
- ``embedded``: the product on its embedded engines, about six minutes
- ``capacity``: how many calls this machine holds, about eight minutes
- ``endpointing``: how patience trades cut-offs for waiting, without any server
- ``profiles``: two interviews on each engine profile, and our own share, about 25 minutes
- ``worker``: a language model in this process and behind Redis, about a minute
- ``costs``: what ten minutes would cost with each hosted profile, about eight minutes
- ``page``: write the tables and charts of the kept results into docs/
"""

import runpy
import subprocess
import sys

PARTS = ("conversations", "embedded", "profiles", "worker", "capacity")
MODULES = {
    "conversations": "benchmarks.harness",
    "embedded": "benchmarks.embedded",
    "capacity": "benchmarks.capacity",
    "endpointing": "benchmarks.endpointing",
    "profiles": "benchmarks.profiles",
    "worker": "benchmarks.worker",
    "costs": "benchmarks.costs",
    "page": "benchmarks.page",
}
QUICK = {
    "conversations": ["--quick"],
    "embedded": ["--quick"],
    "profiles": ["--quick"],
    "worker": ["--quick"],
    "capacity": ["--only", "one", "--callers", "4", "--seconds", "20", "--idle", "5"],
}


def main(arguments: list[str]) -> None:
    if arguments and arguments[0] in MODULES:
        sys.argv = [f"python -m benchmarks {arguments[0]}", *arguments[1:]]
        runpy.run_module(MODULES[arguments[0]], run_name="__main__", alter_sys=False)
        return
    if arguments not in ([], ["--quick"]):
        sys.exit(__doc__)
    for part in PARTS:
        # Each in a process of its own: none inherits the other's memory and threads.
        print(f"\n# {part}", flush=True)
        options = QUICK[part] if arguments else []
        subprocess.run([sys.executable, "-m", "benchmarks", part, *options], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
