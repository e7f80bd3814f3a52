"""A run's figures as Markdown and charts; times in milliseconds."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.charts import Range, points, ranges, shares
from benchmarks.harness.summary import ratios

PAUSES = ("conjunction", "filler", "clause", "list", "restart", "sentence", "speech")
Systems = Mapping[str, Mapping[str, Any]]


def lines(results: Mapping[str, Any]) -> list[str]:
    systems: Systems = results["systems"]
    facts = results["machine"]
    return [
        f"{facts['at']}, {facts['cores']} cores, load average {facts['load_before']} before and "
        f"{facts['load_after']} after, {facts['at_once']} conversations at once; the microphone's "
        f"frames left at most {_latest(systems)} ms late in 99 of 100 cases.",
        "",
        *(f"![{name}](benchmarks/{name}.svg)" for name in charts(results)),
        "",
        *_replies(systems),
        "",
        *_ratios(systems),
        "",
        *_manners(systems),
        "",
        *_pauses(systems),
        *(
            f"\n{name} broke off: {failure}"
            for name, s in systems.items()
            for failure in s["failures"]
        ),
    ]  # fmt: skip


def charts(results: Mapping[str, Any]) -> dict[str, str]:
    systems: Systems = {
        name: s for name, s in results["systems"].items() if s["reply"]["n"]
    }  # fmt: skip
    if not systems:
        return {}
    replies = [
        Range(name, *(1000 * s["reply"][p] for p in ("p50", "p50", "p95")))
        for name, s in systems.items()
    ]
    trade = {
        name: (1000 * s["reply"]["p50"], 100 * _part(s["cut_off"])) for name, s in systems.items()
    }
    groups = [kind for kind in PAUSES if kind != "speech"]
    cuts = {
        name: [
            100 * found["cut"] / found["of"]
            if (found := s["cut_off_by_pause"].get(kind)) and found["of"]
            else 0.0
            for kind in groups
        ]
        for name, s in systems.items()
    }
    return {
        "replies": ranges(
            "End of speech to the reply", "median and 95th percentile, shorter is better", replies
        ),
        "trade": points(
            "How soon, and how many were cut off",
            "median wait across, answers that were cut off up: the lower left is best",
            trade,
        ),
        "cut-offs": shares(
            "Cut off in a pause", "share of the pauses of each kind", groups, cuts
        ),
    }  # fmt: skip


def _replies(systems: Systems) -> Iterator[str]:
    yield (
        "| end of speech to the reply | p50 | p90 | p95 | p99 | p95 / p50 | cut off | missed "
        "| stale |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, s in systems.items():
        reply = s["reply"]
        times = " | ".join(_ms(reply[p]) for p in ("p50", "p90", "p95", "p99"))
        tail = f"{reply['p95'] / reply['p50']:.2f}" if reply["p50"] else "–"
        shown = " | ".join(_share(s[key]) for key in ("cut_off", "missed", "stale"))
        yield f"| {_bold(name)} | {times} | {tail} | {shown} |"
    yield ""
    for name, s in systems.items():
        if s["acknowledgement"]["n"]:
            yield (
                f"{name} began {s['acknowledgement']['n']} replies with words of thanks, "
                f"{_ms(s['acknowledgement']['p50'])} ms after the answer in the median; they do "
                "not count above."
            )


def _ratios(systems: Systems) -> Iterator[str]:
    yield "| ratio of the medians (95 % interval) | " + " | ".join(
        other for other in systems if not other.startswith("ours")
    ) + " |"  # fmt: skip
    yield "|---|" + "---:|" * sum(not other.startswith("ours") for other in systems)
    for name in systems:
        if not name.startswith("ours"):
            continue
        found = ratios(systems, name)
        cells = []
        for other in systems:
            if other.startswith("ours"):
                continue
            r = found.get(other)
            cells.append(
                f"{r['of_medians']:.2f} ({r['low']:.2f} – {r['high']:.2f}), {r['answers']} answers"
                if r
                else "–"
            )
        yield f"| {_bold(name)} | {' | '.join(cells)} |"


def _manners(systems: Systems) -> Iterator[str]:
    yield (
        "| | barge-in heard → clear p50 / p90 | missed | both at once p50 | missed | false stops "
        "| echo utterances | noise utterances | unprovoked stops | out of order |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, s in systems.items():
        echo, noise = s["echo_utterances"], s["noise_utterances"]
        cells = [
            f"{_ms(s['barge_in']['p50'])} / {_ms(s['barge_in']['p90'])}",
            _share(s["barge_in_missed"]),
            _ms(s["together"]["p50"]),
            _share(s["together_missed"]),
            _share(s["false_stops"]),
            f"{echo['count']} in {echo['conversations']} conversations",
            f"{noise['count']} in {noise['conversations']}",
            str(echo["unprovoked_stops"] + noise["unprovoked_stops"]),
            str(s["disordered"]),
        ]
        yield f"| {_bold(name)} | {' | '.join(cells)} |"


def _pauses(systems: Systems) -> Iterator[str]:
    yield "| cut off in a pause | " + " | ".join(PAUSES) + " |"
    yield "|---|" + "---:|" * len(PAUSES)
    for name, s in systems.items():
        cells = []
        for kind in PAUSES:
            found = s["cut_off_by_pause"].get(kind, {"cut": 0, "of": 0})
            cells.append(f"{found['cut']} of {found['of']}" if found["of"] else str(found["cut"]))
        yield f"| {_bold(name)} | {' | '.join(cells)} |"


def _latest(systems: Systems) -> str:
    late = [s["harness_lateness"]["p99"] for s in systems.values()]
    return _ms(max((value for value in late if value is not None), default=None))


def _share(share: Mapping[str, Any]) -> str:
    if not share["of"]:
        return "–"
    return f"{100 * _part(share):.1f} % ({share['count']} of {share['of']})"


def _part(share: Mapping[str, Any]) -> float:
    return float(share["count"] / share["of"]) if share["of"] else 0.0


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f}"


def _bold(name: str) -> str:
    return f"**{name}**" if name.startswith("ours") else name
