"""The figures of a run, as they are kept and shown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.figures import percentile, ratio, share
from benchmarks.harness.measures import Judged, Turn, judged
from benchmarks.harness.record import Record


def summary(records: Sequence[Record]) -> dict[str, Any]:
    """One system's figures, in seconds, with every turn."""
    each = [judged(record) for record in records]
    turns = [turn for one in each for turn in one.turns]
    listening = [sound for one in each for sound in one.listening]
    barge_ins = [turn for turn in turns if turn.manner == "barge_in"]
    together = [turn for turn in turns if turn.manner == "together"]
    lateness = [late for record in records for late in record.lateness]
    echoes = [j for record, j in zip(records, each, strict=True) if record.echo]
    quiet = [j for record, j in zip(records, each, strict=True) if not record.echo]
    return {
        "conversations": len(records),
        "failures": [f"{r.conversation}: {r.failure}" for r in records if r.failure],
        "turns": len(turns),
        "reply": spread(turns),
        "reply_by_language": {
            language: spread([turn for turn in turns if turn.language == language])
            for language in ("en", "ko")
        },
        "acknowledgement": _spread([t.acknowledgement for t in turns]),
        "cut_off": asdict(share(sum(bool(turn.cut_off) for turn in turns), len(turns))),
        "cut_off_by_pause": _by_pause(each),
        "early_final": asdict(share(sum(turn.early_final for turn in turns), len(turns))),
        "missed": asdict(share(sum(turn.missed for turn in turns), len(turns))),
        "stale": asdict(share(sum(turn.stale for turn in turns), len(turns))),
        "false_stops": asdict(share(sum(s.stopped for s in listening), len(listening))),
        "false_stops_by_sound": _by_sound(each),
        "barge_in": _spread([turn.clear for turn in barge_ins]),
        "barge_in_missed": asdict(
            share(sum(turn.clear is None for turn in barge_ins), len(barge_ins))
        ),
        "together": _spread([turn.clear for turn in together]),
        "together_missed": asdict(
            share(sum(turn.clear is None for turn in together), len(together))
        ),
        "echo_utterances": _phantoms(echoes),
        "noise_utterances": _phantoms(quiet),
        "disordered": sum(one.disordered for one in each),
        "partial_gap": _spread([gap for turn in turns for gap in turn.partial_gaps]),
        "harness_lateness": _spread(lateness),
        "each": [asdict(turn) for turn in turns],
        "listening": [asdict(sound) for sound in listening],
    }


def spread(turns: Sequence[Turn]) -> dict[str, float | None]:
    return _spread([turn.reply for turn in turns])


def ratios(systems: Mapping[str, Mapping[str, Any]], ours: str) -> dict[str, Any]:
    """``ours`` over each other system, over the answers to which both replied."""
    mine = {turn["name"]: turn["reply"] for turn in systems[ours]["each"]}
    found = {}
    for name, other in systems.items():
        pairs = [
            (mine[turn["name"]], turn["reply"])
            for turn in other["each"]
            if turn["reply"] is not None and mine.get(turn["name"]) is not None
        ]
        if name != ours and pairs:
            first, second = zip(*pairs, strict=True)
            found[name] = asdict(ratio(first, second)) | {"answers": len(pairs)}
    return found


def _by_pause(each: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    made: Counter[str] = Counter()
    cut: Counter[str] = Counter()
    for one in each:
        made.update(one.pauses)
        cut.update(turn.cut_off for turn in one.turns if turn.cut_off)
    return {kind: {"cut": cut[kind], "of": made[kind]} for kind in sorted(made | cut)}


def _by_sound(each: Sequence[Judged]) -> dict[str, dict[str, int]]:
    made: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    for one in each:
        made.update(sound.sound for sound in one.listening)
        stopped.update(sound.sound for sound in one.listening if sound.stopped)
    return {sound: {"stopped": stopped[sound], "of": made[sound]} for sound in sorted(made)}


def _phantoms(each: Sequence[Judged]) -> dict[str, Any]:
    return {
        "count": sum(len(one.phantoms) for one in each),
        "texts": [text for one in each for text in one.phantoms],
        "unprovoked_stops": sum(one.unprovoked for one in each),
        "conversations": len(each),
    }


def _spread(values: Sequence[float | None]) -> dict[str, float | None]:
    known = [value for value in values if value is not None]
    return {
        **{f"p{p}": percentile(known, p) for p in (50, 90, 95, 99)},
        "longest": max(known, default=None),
        "n": len(known),
    }
