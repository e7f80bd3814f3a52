"""The pages show the results of the last runs: a part of one for each of them.

A part stands between ``<!-- results: name -->`` and ``<!-- end of results -->``; writing it
leaves everything else as it is.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from interview_site.env import BASE_DIR

PAGE = BASE_DIR / "docs" / "benchmarks.md"
COSTS = BASE_DIR / "docs" / "costs.md"
WORKERS = BASE_DIR / "docs" / "inference.md"
CHARTS = BASE_DIR / "docs" / "benchmarks"
RESULTS = Path(__file__).with_name("results")
END = "<!-- end of results -->"

Lines = Callable[[Mapping[str, Any]], list[str]]
Charts = Callable[[Mapping[str, Any]], Mapping[str, str]]


class Malformed(Exception):
    """A kept result is not what a run writes."""


def write(name: str, lines: list[str], charts: Mapping[str, str], page: Path | None = None) -> None:
    """Replace the part ``name`` of ``page``, and write its charts. Raises ``ValueError`` if there
    is none."""
    page = page or PAGE
    text = page.read_text(encoding="utf-8")
    begin = f"<!-- results: {name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        raise ValueError(f"{page.name} has no part for {name}")
    part = "\n".join([begin, "", *lines, "", END])
    page.write_text(before + part + after, encoding="utf-8")
    CHARTS.mkdir(exist_ok=True)
    for chart, drawn in charts.items():
        (CHARTS / f"{chart}.svg").write_text(drawn, encoding="utf-8")


def keep(name: str, results: Mapping[str, Any]) -> Path:
    """``results/name.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def kept(name: str) -> dict[str, Any]:
    """Raises ``FileNotFoundError`` before the first run, ``Malformed`` if it is no JSON object."""
    text = (RESULTS / f"{name}.json").read_text(encoding="utf-8")
    try:
        results = json.loads(text)
    except ValueError as error:
        raise Malformed(f"no JSON: {error}") from None
    if not isinstance(results, dict):
        raise Malformed("no JSON object")
    return results


def main() -> None:
    """Every part whose results are kept; ends with an error if one of them cannot be read."""
    from benchmarks import worker
    from benchmarks.capacity import report
    from benchmarks.harness import tables
    from benchmarks.profiles import report as profiles

    # Part, kept results, and what is made of them.
    parts: list[tuple[str, str, Lines, Charts, Path]] = [
        ("conversations", "conversations", tables.lines, tables.charts, PAGE),
        ("profiles", "profiles", profiles.lines, profiles.charts, PAGE),
        ("machines", "profiles", profiles.machines, lambda _: {}, COSTS),
        ("capacity", "capacity", report.lines, report.charts, PAGE),
        ("worker", "worker", worker.lines, lambda _: {}, WORKERS),
    ]
    malformed = []
    for part, name, lines, charts, page in parts:
        try:
            results = kept(name)
            text, drawn = _part(lines, charts, results)
        except FileNotFoundError:
            print(f"{name}: no run is kept")
            continue
        except Malformed as error:
            print(f"{part}: left as it is, results/{name}.json is malformed: {error}")
            malformed.append(name)
            continue
        write(part, text, drawn, page)
        print(f"{page.name}: {part}")
    if malformed:
        sys.exit(f"Run them again: {', '.join(dict.fromkeys(malformed))}")


def _part(lines: Lines, charts: Charts, results: Mapping[str, Any]) -> tuple[list[str], Any]:
    try:
        return lines(results), charts(results)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # Of an older run, or one that was broken off.
        raise Malformed(f"{type(error).__name__}: {error}") from error


if __name__ == "__main__":
    main()
