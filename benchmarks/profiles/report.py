"""The figures of all profiles, and their part of the page; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from benchmarks.charts import Range, ranges
from benchmarks.figures import median, percentile
from benchmarks.profiles.profiles import Profile
from benchmarks.profiles.shares import LIMIT, Share

GAPS = ("to the words", "to the reply", "to the voice", "to the candidate")
STAGES = ("lag", "silence", "words", "clause", "sound", "path")
_HEADS = (
    "profile", "answers", "voice to voice p50 / p90", "detector", "silence", "words",
    "first clause", "first sound", "critical path", "own share p50 / p90", "at most 30 ms",
)  # fmt: skip


def summary(
    profile: Profile,
    shares: Sequence[Share],
    cut: int,
    finished: bool,
    cpu: Mapping[str, float],
) -> dict[str, Any]:
    """All figures of one profile, in seconds; ``cut``: answers that were cut off, left out;
    ``cpu`` of each kind of process for a minute of the interview."""
    own = median([share.own for share in shares])
    return {
        "name": profile.name,
        "about": profile.about,
        "turns": len(shares),
        "cut_off": cut,
        "finished": finished,
        "cpu": dict(cpu),
        "delay": _spread([share.delay for share in shares]),
        "stages": {
            stage.name: median([getattr(share, stage.name) for share in shares])
            for stage in fields(Share)
            if stage.name in STAGES
        },
        "own": _spread([share.own for share in shares]),
        "gaps": {
            gap: median([share.gaps[gap] for share in shares if gap in share.gaps]) for gap in GAPS
        },
        "held": own is not None and own <= LIMIT,
        "each": [asdict(share) for share in shares],
    }


def lines(results: Mapping[str, Any]) -> list[str]:
    """The part of the page."""
    facts, at, speaking = results["machine"], results["latencies"], results["speaking"]
    return [
        f"{facts['at']}, {facts['cores']} cores, load average {facts['load_before']} before and "
        f"{facts['load_after']} after. Times in ms, the stages are medians. Local providers: words "
        f"{_ms(at['upload'])} after an upload and {_ms(at['transcript'])} after a live commit, "
        f"first token {_ms(at['first_token'])}, {at['tokens_per_second']:.0f} tokens a second, "
        f"first sound {_ms(at['first_sound'])} after its text; speech to speech: words "
        f"{_ms(speaking['words'])}, first sound {_ms(speaking['first_sound'])}.",
        "",
        *(f"![{name}](benchmarks/{name}.svg)" for name in charts(results)),
        "",
        *table(results["profiles"]),
        "",
        "Where ours lies; what the silence covers does not count above:",
        "",
        f"| | {' | '.join(GAPS)} |",
        f"|---|{'---:|' * len(GAPS)}",
        *(
            f"| {one['name']} | {' | '.join(_ms(one['gaps'][gap]) for gap in GAPS)} |"
            for one in results["profiles"]
        ),
        "",
        *(f"- *{one['name']}*: {one['about']}{_ended(one)}." for one in results["profiles"]),
    ]


def machines(results: Mapping[str, Any]) -> list[str]:
    """The part of the page on costs: what a machine does for each profile."""
    facts = results["machine"]
    return [
        f"{facts['at']}, {facts['cores']} cores, load average {facts['load_before']} before and "
        f"{facts['load_after']} after.",
        "",
        "| profile | server, CPU s a minute | worker, CPU s a minute | 10 minutes, CPU s |",
        "|---|---:|---:|---:|",
        *(_machine(one) for one in results["profiles"]),
    ]


def _machine(one: Mapping[str, Any]) -> str:
    cpu = one["cpu"]
    worker = f"{cpu['worker']:.1f}" if "worker" in cpu else "–"
    return f"| {one['name']} | {cpu['server']:.1f} | {worker} | {10 * sum(cpu.values()):.0f} |"


def table(profiles: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"| {' | '.join(_HEADS)} |"
    yield f"|---|{'---:|' * (len(_HEADS) - 1)}"
    for one in profiles:
        yield row(one)


def row(one: Mapping[str, Any]) -> str:
    cells = [
        one["name"],
        str(one["turns"]),
        _times(one["delay"]),
        *(_ms(one["stages"][stage]) for stage in STAGES),
        _times(one["own"]),
        "**held**" if one["held"] else "**not held**",
    ]
    return f"| {' | '.join(cells)} |"


def charts(results: Mapping[str, Any]) -> dict[str, str]:
    rows = []
    for one in results["profiles"]:
        p50, p90 = one["own"]["p50"], one["own"]["p90"]
        if p50 is not None:
            rows.append(Range(one["name"], *(max(0.0, 1000 * t) for t in (p50, p50, p90))))
    if not rows:
        return {}
    note = "median and 90th percentile in ms, shorter is better"
    return {"profiles": ranges("Our own share of the delay", note, rows)}


def _ended(one: Mapping[str, Any]) -> str:
    cut = f"; {one['cut_off']} answers were cut off and do not count" if one["cut_off"] else ""
    return f"; the interviewer said goodbye{cut}" if one["finished"] else cut


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    return {"p50": median(values), "p90": percentile(values, 90)}


def _times(found: Mapping[str, float | None]) -> str:
    return " / ".join(_ms(found[key]) for key in ("p50", "p90"))


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f}"
