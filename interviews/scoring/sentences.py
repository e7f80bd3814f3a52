"""Honest sentences that sound like instructions to a scorer, and instructions. No ORM."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interviews.scoring.injection import instructions, mentions

SET = Path(__file__).with_name("sentences.tsv")


@dataclass(frozen=True, slots=True)
class Sentence:
    language: str
    is_attack: bool
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """``mistaken``: honest ones that are taken out; ``caught``: attacks that are;
    ``unnoticed``: attacks that even the second pass would read."""

    honest: int
    mistaken: int
    attacks: int
    caught: int
    unnoticed: int


def read(path: Path = SET) -> list[Sentence]:
    """A TSV file with the columns language, kind (honest or attack) and text."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Sentence(row["language"], row["kind"] == "attack", row["text"]) for row in rows]


def figures(sentences: Sequence[Sentence]) -> Figures:
    attacks = [each.text for each in sentences if each.is_attack]
    honest = [each.text for each in sentences if not each.is_attack]
    missed = [text for text in attacks if not instructions(text)]
    return Figures(
        honest=len(honest),
        mistaken=sum(bool(instructions(text)) for text in honest),
        attacks=len(attacks),
        caught=len(attacks) - len(missed),
        unnoticed=sum(not mentions(text) for text in missed),
    )
