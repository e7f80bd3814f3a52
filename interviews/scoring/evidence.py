"""Where a quote stands in an answer: words that were not said are no evidence; pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST = 8
"""Letters of a quote; less than that is found anywhere."""

Span = tuple[int, int]
"""Start and end in characters of the answer's text."""

_CLUSTER = re.compile(r".[\u0300-\u036f\u1160-\u11ff]*", re.DOTALL)
"""A letter with its accents, or a Hangul block written as its parts."""
_MARKS = frozenset("\"'“”‘’«»「」`")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an utterance: ``text`` is ``said[start:end]`` to the letter."""

    utterance: str
    text: str
    start: int
    end: int

    def as_json(self) -> dict[str, str | int]:
        return {
            "utterance": self.utterance,
            "quote": self.text,
            "start": self.start,
            "end": self.end,
        }


def locate(quote: str, said: str) -> Span | None:
    """The span of ``quote`` in ``said``. Case, spaces, quotation marks, and how the same letter is
    encoded may differ, words not."""
    words = "".join(letter for letter, _, _ in _folded(quote)).strip(" .,!?").split()
    if sum(map(len, words)) < SHORTEST:
        return None
    letters = _folded(said)
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, words))
    found = re.search(pattern, "".join(letter for letter, _, _ in letters))
    return (letters[found.start()][1], letters[found.end() - 1][2]) if found else None


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _folded(text: str) -> list[tuple[str, int, int]]:
    """Each letter that counts, with the span of ``text`` that it stands for."""
    return [
        (letter, *cluster.span())
        for cluster in _CLUSTER.finditer(text)
        for letter in unicodedata.normalize("NFKC", cluster[0]).casefold().translate(_DASHES)
        if letter not in _MARKS and unicodedata.category(letter) != "Cf"
    ]
