"""Which expected points an answer names, and where; pure.

It looks for the guide's own keywords: a transparent first reading that needs no model, steers
the probes while the candidate still speaks, and is marked as what it is in the record.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from interviews.conversation.questions import ExpectedPoint

CONTEXT = 60
"""Letters of the answer on each side of a keyword that a quote shows."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One expected point and the words that show it, verbatim from the answer."""

    key: str
    quote: str


def findings(points: Sequence[ExpectedPoint], text: str) -> list[Finding]:
    """The points that ``text`` names, in the guide's order. Keywords of every language count:
    candidates mix them."""
    found = []
    for point in points:
        for keywords in point.keywords.values():
            if match := _first(keywords, text):
                found.append(Finding(point.key, _quote(text, match)))
                break
    return found


def missing(points: Sequence[ExpectedPoint], text: str) -> list[str]:
    """Keys of the points that ``text`` does not name."""
    found = {finding.key for finding in findings(points, text)}
    return [point.key for point in points if point.key not in found]


def _first(keywords: Sequence[str], text: str) -> re.Match[str] | None:
    matches = [match for keyword in keywords if (match := _pattern(keyword).search(text))]
    return min(matches, key=lambda match: match.start(), default=None)


def _pattern(keyword: str) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(word) for word in keyword.split())
    return re.compile(rf"(?<![a-z]){spaced}", re.IGNORECASE)


def _quote(text: str, match: re.Match[str]) -> str:
    start = text.rfind(" ", 0, max(0, match.start() - CONTEXT)) + 1
    end = text.find(" ", min(len(text), match.end() + CONTEXT))
    return text[start : end if end >= 0 else len(text)].strip()
