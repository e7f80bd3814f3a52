"""How well a moderator does on labelled utterances. No ORM."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice.engines import Moderator

SET = Path(__file__).with_name("guard_set.tsv")
LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Labelled:
    """An utterance and the level that people give it."""

    language: str
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table; ``level`` 0 is "harmful at all, whatever the level"."""

    language: str
    level: int
    found: int
    right: int
    labelled: int

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.labelled if self.labelled else None


def read(path: Path = SET) -> list[Labelled]:
    """A TSV file with the columns language, level (0 is harmless) and text.

    Raises ``ValueError`` naming the line that is none.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [_labelled(row, rows.line_num) for row in rows]


def _labelled(row: dict[str, str], line: int) -> Labelled:
    try:
        labelled = Labelled(row["language"], int(row["level"]), row["text"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"line {line} is not language, level, text") from None
    if not labelled.text or labelled.level not in (0, *LEVELS):
        raise ValueError(f"line {line} has no text, or a level that there is not")
    return labelled


async def judged(moderator: Moderator, labelled: Iterable[Labelled]) -> list[int]:
    """The level that ``moderator`` gives each."""
    return [(await moderator.judge(each.text, each.language)).level for each in labelled]


def figures(labelled: Sequence[Labelled], levels: Sequence[int]) -> Iterator[Figure]:
    """For each language each level, then harm at all."""
    pairs = list(zip(labelled, levels, strict=True))
    for language in sorted({each.language for each in labelled}):
        mine = [(each.level, level) for each, level in pairs if each.language == language]
        for level in LEVELS:
            yield _figure(language, level, [(right == level, got == level) for right, got in mine])
        yield _figure(language, 0, [(right > 0, got > 0) for right, got in mine])


def _figure(language: str, level: int, pairs: Sequence[tuple[bool, bool]]) -> Figure:
    return Figure(
        language,
        level,
        found=sum(got for _, got in pairs),
        right=sum(labelled and got for labelled, got in pairs),
        labelled=sum(labelled for labelled, _ in pairs),
    )
