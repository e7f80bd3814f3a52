import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from interviews.conversation import wording
from interviews.guard_evaluation import Labelled, figures, judged, read
from interviews.moderation import moderator
from voice.tests.wire.fault import Fault
from voice.tests.wire.openai import Moderations
from voice.tests.wire.server import serve

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_set_is_large_enough_and_mostly_harmless() -> None:
    labelled = read()
    assert len(labelled) >= 120
    assert len({each.text for each in labelled}) == len(labelled)
    assert sum(each.level == 0 for each in labelled) > len(labelled) / 2
    counts = Counter((each.language, each.level) for each in labelled)
    assert all(counts[language, level] >= 10 for language in ("en", "ko") for level in range(4))


async def test_the_shipped_moderator_keeps_its_level() -> None:
    labelled = read()
    for figure in figures(labelled, await judged(moderator(), labelled)):
        assert figure.precision is not None
        assert figure.recall is not None
        assert figure.precision >= 0.9, figure
        assert figure.recall >= 0.75, figure


def test_precision_and_recall_are_counted_by_level_and_at_all() -> None:
    labelled = [Labelled("en", level, "…") for level in (0, 0, 1, 1, 2, 3)]
    rows = {row.level: row for row in figures(labelled, [0, 1, 1, 2, 0, 3])}
    assert (rows[1].precision, rows[1].recall) == (0.5, 0.5)
    assert (rows[2].precision, rows[2].recall) == (0, 0)
    assert (rows[3].precision, rows[3].recall) == (1, 1)
    assert (rows[0].precision, rows[0].recall) == (0.75, 0.75)


def test_what_was_never_found_has_no_precision() -> None:
    first, *_ = figures([Labelled("en", 0, "…")], [0])
    assert first.precision is None
    assert first.recall is None


def test_the_command_prints_a_row_for_each_language_and_level() -> None:
    out = StringIO()
    call_command("evaluate_guard", "--mistakes", stdout=out)
    rows = [line.split() for line in out.getvalue().splitlines()]
    table = [(row[0], row[1]) for row in rows if row and row[0] in ("en", "ko") and len(row) == 7]
    expected = [(language, level) for language in ("en", "ko") for level in ("1", "2", "3", "any")]
    assert table == expected
    assert "taken for" in out.getvalue()


@pytest.fixture(params=[None, Fault.UNAUTHORISED])
def hosted(request: Any, settings: Any) -> Iterator[Fault | None]:
    """Phrase lists and a hosted endpoint that takes everything for a threat, or refuses."""
    provider = Moderations(request.param)
    provider.scores = {"harassment/threatening": 0.5}
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    url: Future[str] = Future()

    async def run() -> None:
        async with serve(provider, remembers=False) as wire:
            url.set_result(wire.url)
            await stop.wait()

    thread = Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    settings.MODERATOR = {
        "phrases": {"BACKEND": "interviews.phrase_lists.EditedPhrases"},
        "hosted": {
            "BACKEND": "voice.adapters.openai_moderation.OpenAIModeration",
            "OPTIONS": {"model": "any", "base_url": url.result(60), "api_key_env": ""},
        },
    }
    moderator.cache_clear()
    yield request.param
    moderator.cache_clear()
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_each_moderator_alone_and_all_together(hosted: Fault | None, tmp_path: Path) -> None:
    path = tmp_path / "set.tsv"
    path.write_text(
        "language\tlevel\ttext\nen\t0\tfine\nen\t2\tNobody will find you.\nen\t3\tI want to die.\n"
    )
    out = StringIO()
    call_command("evaluate_guard", "--set", str(path), stdout=out)
    tables: dict[str, dict[str, list[str]]] = {}
    for line in out.getvalue().split("\n\n", 1)[1].splitlines():
        cells = line.split()
        if len(cells) == 1:
            tables[cells[0]] = {}
        elif cells and cells[0] == "en":
            tables[list(tables)[-1]][cells[1]] = cells[5:]
    assert list(tables) == ["phrases", "hosted", "combined"]
    # Of "harmful at all": precision and recall.
    assert tables["phrases"]["any"] == ["1.00", "0.50"]
    if hosted:
        assert "could not judge: openai moderation: unauthorised" in out.getvalue()
        assert tables["combined"] == tables["phrases"]
    else:
        assert tables["hosted"]["any"] == ["0.67", "1.00"]
        assert tables["combined"]["any"] == ["0.67", "1.00"]
        assert tables["combined"]["3"] == ["1.00", "1.00"]


def test_a_set_that_is_none_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "set.tsv"
    path.write_text("language\tlevel\ttext\nen\t0\tfine\nen\t7\ttoo much\n")
    with pytest.raises(CommandError, match="line 3"):
        call_command("evaluate_guard", "--set", str(path))
    with pytest.raises(CommandError):
        call_command("evaluate_guard", "--set", str(tmp_path / "absent.tsv"))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _texts(child)


async def test_nothing_that_the_shipped_guides_and_the_farewell_say_alarms_the_guard() -> None:
    files = (Path(__file__).parents[1] / "demo").glob("*.yaml")
    texts = [text for file in files for text in _texts(yaml.safe_load(file.read_text("utf-8")))]
    assert len(texts) > 1000
    for text in [*texts, *wording.DANGER.values(), *wording.DOUBT.values()]:
        assert (await moderator().judge(text, "en")).level == 0, text
