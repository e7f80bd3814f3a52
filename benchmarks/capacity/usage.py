"""Processor time and memory of a process and of those that it started, from ``/proc``."""

import os
from dataclasses import dataclass
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Usage:
    """``cpu`` in seconds since they began; ``memory`` in MiB, shared pages by their shares."""

    cpu: float
    memory: float


def usage(pid: int) -> Usage:
    """Of what runs now; a process that has just ended counts nothing."""
    family = [pid, *descendants(pid)]
    return Usage(sum(map(_cpu, family)), sum(map(_memory, family)))


def descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            fields = _stat(int(folder.name))
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _stat(pid: int) -> list[str]:
    """The fields of ``stat`` from the state on; a name may hold anything but comes before them."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    try:
        fields = _stat(pid)
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * TICK


def _memory(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
