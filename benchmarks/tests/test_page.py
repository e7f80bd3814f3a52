"""The page keeps everything but the part that is written anew; charts are well-formed."""

from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import page
from benchmarks.figures import ratio
from benchmarks.harness import tables
from benchmarks.harness.record import Arrival, Made, Record
from benchmarks.harness.summary import summary


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(page, "CHARTS", tmp_path / "charts")
    monkeypatch.setattr(page, "RESULTS", tmp_path / "results")
    page.PAGE.write_text(f"# A\n\n<!-- results: one -->\nold\n{page.END}\n\nafter\n")
    return tmp_path


def results() -> dict[str, Any]:
    def system(name: str, wait: float) -> dict[str, Any]:
        made = Made("answer", "c/1", "It worked.", 1.0, 3.0)
        arrivals = [
            Arrival(3.1, "transcript", "u", "it worked"),
            Arrival(3.0 + wait, "audio", "r", "", 1.0),
        ]
        return summary([Record("c", "en", name, made=[made], arrivals=arrivals, lateness=[0.0])])

    return {
        "machine": {"at": "now", "cores": 2, "load_before": 0, "load_after": 1, "at_once": 4},
        "systems": {"ours-live": system("ours-live", 0.6), "simple": system("simple", 1.5)},
    }


def test_only_its_part_is_written(docs: Path) -> None:
    page.write("one", ["new"], {"chart": "<svg/>"})
    text = page.PAGE.read_text()
    assert "new" in text
    assert "old" not in text
    assert text.startswith("# A\n") and text.endswith("\n\nafter\n")
    assert (docs / "charts" / "chart.svg").read_text() == "<svg/>"
    page.write("one", ["newer"], {})
    assert "newer" in page.PAGE.read_text()


def test_a_part_that_is_not_there_is_an_error(docs: Path) -> None:
    with pytest.raises(ValueError, match="no part for two"):
        page.write("two", [], {})


def test_the_tables_name_both_figures_and_the_ratio() -> None:
    text = "\n".join(tables.lines(results()))
    assert "| **ours-live** | 600 | 600 | 600 | 600 | 1.00 | 0.0 % (0 of 1) |" in text
    assert "0.40 (0.40 – 0.40), 1 answers" in text


def test_charts_are_xml() -> None:
    drawn = tables.charts(results())
    assert set(drawn) == {"replies", "trade", "cut-offs"}
    for chart in drawn.values():
        assert ElementTree.fromstring(chart).tag.endswith("svg")


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("conversations", page.PAGE),
        ("profiles", page.PAGE),
        ("capacity", page.PAGE),
        ("worker", page.WORKERS),
        ("machines", page.COSTS),
    ],
)
def test_the_real_page_has_the_part(name: str, where: Path) -> None:
    text = where.read_text(encoding="utf-8")
    _, found, rest = text.partition(f"<!-- results: {name} -->")
    assert found and page.END in rest


def test_what_was_not_run_is_left_out(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page.main()
    assert "conversations: no run is kept" in capsys.readouterr().out
    assert "old" in page.PAGE.read_text()


@pytest.mark.parametrize("text", ["{", "[]", '{"machine": {}}', '{"machine": 3, "systems": []}'])
def test_a_malformed_result_is_named_and_the_others_are_written(
    docs: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    parts = ("conversations", "capacity", "profiles")
    page.PAGE.write_text("".join(f"<!-- results: {n} -->\nold {n}\n{page.END}\n" for n in parts))
    page.RESULTS.mkdir()
    (page.RESULTS / "capacity.json").write_text(text)
    page.keep("conversations", results())
    with pytest.raises(SystemExit, match="Run them again: capacity"):
        page.main()
    assert "capacity: left as it is" in capsys.readouterr().out
    written = page.PAGE.read_text()
    assert "old capacity" in written and "old conversations" not in written


def test_the_workers_figures_stand_on_a_page_of_their_own(
    docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "WORKERS", docs / "workers.md")
    page.WORKERS.write_text(f"<!-- results: worker -->\n{page.END}\n")
    facts = {"at": "now", "cores": 2, "load_before": 0, "load_after": 1}
    here = [0.10, 0.20, 0.30]
    there = [time + 0.004 for time in here]
    model = {"name": "a model", "worker": there, "here": here, "ratio": asdict(ratio(there, here))}
    page.keep("worker", {"machine": facts, "models": [model]})
    page.main()
    text = page.WORKERS.read_text()
    assert "| a model | 204.0 / 284.0 | 200.0 / 280.0 | 1.02 (" in text
    assert ") | 4.0 | 3 |" in text
    assert "worker" not in page.PAGE.read_text()
