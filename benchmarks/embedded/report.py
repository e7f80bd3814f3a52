"""The figures of a run: as a page to read, and as JSON to compare."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.embedded.sequential import SILENCE, SequentialTurn
from benchmarks.embedded.turns import STAGES, MeasuredTurn
from benchmarks.figures import median, percentile, ratio

Pair = tuple[MeasuredTurn, SequentialTurn]
RESULTS = Path(__file__).parent.with_name("results")


def summary(pairs: Sequence[Pair]) -> dict[str, Any]:
    """All figures of one language's turns, in seconds."""
    ours = [turn for turn, _ in pairs]
    theirs = [turn for _, turn in pairs]
    gaps = [gap for turn in ours for gap in turn.subtitle_gaps]
    firsts = [turn.first_subtitle for turn in ours if turn.first_subtitle is not None]
    return {
        "turns": len(pairs),
        "streaming": {
            "voice_to_voice": _spread([turn.voice_to_voice for turn in ours]),
            "phrased": _spread([turn.voice_to_voice for turn in ours if turn.phrased]),
            "fixed": _spread([turn.voice_to_voice for turn in ours if not turn.phrased]),
            "stages": {
                stage: _spread([v for turn in ours if (v := turn.stages[stage]) is not None])
                for stage in STAGES
            },
        },
        "sequential": {
            "voice_to_voice": _spread([turn.voice_to_voice for turn in theirs]),
            "stages": {
                "silence": _spread([SILENCE for _ in theirs]),
                "stt": _spread([turn.stt for turn in theirs]),
                "llm": _spread([turn.llm for turn in theirs if turn.llm is not None]),
                "tts": _spread([turn.tts for turn in theirs]),
            },
        },
        "ratio": asdict(
            ratio([t.voice_to_voice for t in ours], [t.voice_to_voice for t in theirs])
        ),
        "cut_off": sum(turn.cut_off for turn in ours),
        "early_final": sum(turn.early_final for turn in ours),
        "subtitles": {"first": _spread(firsts), "gap": _spread(gaps)},
        "each": [_each(*pair) for pair in pairs],
    }


def machine(load_before: Sequence[float]) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "load_before": round(load_before[0], 2),
        "load_after": round(os.getloadavg()[0], 2),
    }


def write(results: dict[str, Any]) -> Path:
    """``results/embedded.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "embedded.json"
    path.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    return path


def page(results: dict[str, Any]) -> str:
    """The results as Markdown, times in milliseconds."""
    facts = results["machine"]
    lines = [
        f"{facts['at']}, {facts['cores']} cores, load average "
        f"{facts['load_before']} before and {facts['load_after']} after"
    ]
    for language, figures in results["languages"].items():
        lines += ["", f"## {language}: {figures['turns']} turns", "", *_table(figures)]
    return "\n".join(lines)


def _table(figures: dict[str, Any]) -> Iterable[str]:
    streaming, sequential = figures["streaming"], figures["sequential"]
    yield "| | median ms | p90 ms | longest ms | n |"
    yield "|---|---:|---:|---:|---:|"
    yield _row("**streaming, voice to voice**", streaming["voice_to_voice"])
    yield _row("of it: reply phrased by the model", streaming["phrased"])
    yield _row("of it: reply in the guide's words", streaming["fixed"])
    for stage, spread in streaming["stages"].items():
        yield _row(f"streaming, {stage.replace('_', ' ')} (server)", spread)
    yield _row("**sequential, voice to voice**", sequential["voice_to_voice"])
    for stage, spread in sequential["stages"].items():
        yield _row(f"sequential, {stage}", spread)
    yield _row("first partial subtitle after speech began", figures["subtitles"]["first"])
    yield _row("partial subtitle to the next", figures["subtitles"]["gap"])
    found = figures["ratio"]
    yield ""
    yield (
        f"Streaming / sequential: {found['of_medians']:.2f} "
        f"(95 % interval {found['low']:.2f} to {found['high']:.2f}), "
        f"median of the pairs {found['median_of_pairs']:.2f}. "
        f"Cut off: {figures['cut_off']} of {figures['turns']}; "
        f"transcript final too early: {figures['early_final']}."
    )


def _row(name: str, spread: dict[str, float | None]) -> str:
    cells = (_ms(spread[key]) for key in ("median", "p90", "longest"))
    return f"| {name} | {' | '.join(cells)} | {spread['n']} |"


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f}"


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    return {
        "median": median(values),
        "p90": percentile(values, 90),
        "longest": max(values, default=None),
        "n": len(values),
    }


def _each(turn: MeasuredTurn, sequential: SequentialTurn) -> dict[str, Any]:
    shown = asdict(turn)
    answer = shown.pop("answer")
    shown["answer"] = {"name": answer["name"], "text": answer["text"]}
    shown["answer"]["seconds"] = turn.answer.audio.seconds
    return shown | {"sequential": asdict(sequential)}
