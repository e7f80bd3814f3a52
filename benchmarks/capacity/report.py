"""Lines of a Markdown table, one a level; pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.capacity.shares import LIMIT, Level
from benchmarks.charts import Range, ranges

_HEADS = (
    "calls", "turns", "voice to voice p50 / p95", "own share p50 / p95 / p99", "cut off", "missed",
    "lost", "CPU s a call-minute", "MiB a call", "server", "providers", "load", "machine",
    "late p99",
)  # fmt: skip


def table() -> str:
    """The head; times in ms, the last but one columns in percent of all cores."""
    return f"| {' | '.join(_HEADS)} |\n|{'---:|' * len(_HEADS)}"


def row(level: Level) -> str:
    cells = [
        str(level.callers),
        str(level.turns),
        _times(level.voice_to_voice, "p50", "p95"),
        _times(level.own, "p50", "p95", "p99"),
        str(level.cut_off),
        str(level.missed),
        str(level.lost),
        f"{level.cpu:.2f}",
        f"{level.memory:.1f}",
        *(f"{level.busy[kind]:.0%}" for kind in ("server", "providers", "load", "machine")),
        f"{level.late_p99 * 1000:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def lines(results: Mapping[str, Any]) -> list[str]:
    """The part of the page."""
    facts = results["machine"]
    return [
        f"{facts['at']}, {facts['cores']} cores, load average {facts['load_before']} before and "
        f"{facts['load_after']} after. A level holds while the 95th percentile of the own share "
        f"stays below {LIMIT * 1000:.0f} ms. Times in ms; the share of all cores that was busy "
        "stands behind the memory.",
        "",
        *(f"![{name}](benchmarks/{name}.svg)" for name in charts(results)),
        "",
        *_summary(results["servers"]),
        *(
            line
            for server in results["servers"].values()
            for line in ("", f"**{server['name']}**", "", table(), *map(row, _levels(server)))
        ),
    ]


def charts(results: Mapping[str, Any]) -> dict[str, str]:
    """One: the own share of each server's last level that held, else of its first."""
    rows = []
    for server in results["servers"].values():
        if found := _last(server):
            p50, p95 = found.own["p50"], found.own["p95"]
            if p50 is not None and p95 is not None:
                name = f"{server['name'].partition(',')[0]}, {found.callers} calls"
                rows.append(Range(name, *(max(0.0, 1000 * t) for t in (p50, p50, p95))))
    if not rows:
        return {}
    note = "median and 95th percentile at the last level that held, shorter is better"
    return {"capacity": ranges("The server's own share of the delay", note, rows)}


def _summary(servers: Mapping[str, Any]) -> Iterator[str]:
    yield "| server | held | measured at | CPU s a call-minute | MiB a call | own share p95 |"
    yield "|---|---:|---:|---:|---:|---:|"
    for server in servers.values():
        if found := _last(server):
            held = server["held"] or f"fewer than {found.callers}"
            yield (
                f"| {server['name']} | {held} | {found.callers} | {found.cpu:.2f} "
                f"| {found.memory:.1f} | {_times(found.own, 'p95')} |"
            )


def _last(server: Mapping[str, Any]) -> Level | None:
    levels = _levels(server)
    held = [level for level in levels if level.callers == server["held"]]
    return next(iter(held or levels), None)


def _levels(server: Mapping[str, Any]) -> list[Level]:
    return [Level(**level) for level in server["levels"]]


def _times(found: dict[str, float | None], *keys: str) -> str:
    values = [found[key] for key in keys]
    return " / ".join("–" if value is None else f"{value * 1000:.0f}" for value in values)
