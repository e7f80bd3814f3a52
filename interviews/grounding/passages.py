"""A document in passages: one statement each, where it stands, in which language; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from interviews.conversation.protected import is_protected
from interviews.scoring.injection import instructions

LONGEST = 280
SHORTEST = 14
"""Letters of a passage; Hangul counts double. What is shorter is a heading or a name."""
MOST = 2000
"""Passages of one document: far more than anybody's résumé."""

_BULLET = re.compile(r"\s*(?:[-*•·‣▪◦○●■□▶–—]|\d{1,2}[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?。])\s+(?=\S)")
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|https?://|www\.|(?:\+?\d[\d\s().-]{7,}\d)|"
    r"\b(?:address|phone|mobile|e-?mail)\s*:|(?:주소|연락처|전화|휴대폰|이메일)\s*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """``text`` is the document's own from ``start`` to ``end``."""

    start: int
    end: int
    text: str
    language: str


def split(document: str) -> list[Span]:
    """Its passages in order. Those about protected attributes, how to reach somebody, and what a
    scorer or interviewer is told to do are left out for good: what is not there cannot be asked
    about, obeyed or read out."""
    found: list[Span] = []
    for start, end in _statements(document):
        text = document[start:end]
        if _size(text) < SHORTEST or _CONTACT.search(text) or is_protected(text):
            continue
        if instructions(text):
            continue
        found.append(Span(start, end, text, language_of(text)))
        if len(found) == MOST:
            break
    return found


def language_of(text: str) -> str:
    """``ko`` where a good part is Hangul: Korean texts hold English names, not the reverse."""
    hangul = len(re.findall(r"[가-힣]", text))
    return "ko" if hangul * 4 > len(re.findall(r"\w", text)) else "en"


def _statements(document: str) -> Iterator[tuple[int, int]]:
    for start, end in _paragraphs(document):
        if _size(document[start:end]) <= LONGEST:
            yield start, end
            continue
        begun = last = start
        for place in [*_SENTENCE.finditer(document, start, end), None]:
            here = place.start() if place else end
            if last > begun and _size(document[begun:here]) > LONGEST:
                yield begun, last
                begun = last + len(document[last:end]) - len(document[last:end].lstrip())
            last = here
        yield from _cut(document, begun, end)


def _cut(document: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What has no end of a sentence is cut between words."""
    while _size(document[start:end]) > LONGEST:
        space = document.rfind(" ", start, start + LONGEST // 2)
        cut = space if space > start else start + LONGEST // 2
        yield start, cut
        start = cut + len(document[cut:end]) - len(document[cut:end].lstrip())
    yield start, end


def _paragraphs(document: str) -> Iterator[tuple[int, int]]:
    """Lines, joined where a line only ends because the page was not wider."""
    begun: int | None = None
    end = 0
    for line in re.finditer(r"[^\n]+", document):
        text = line[0].strip()
        if not text:
            continue
        bullet = _BULLET.match(line[0])
        left = bullet.end() if bullet else len(line[0]) - len(line[0].lstrip())
        start, stop = line.start() + left, line.start() + len(line[0].rstrip())
        if begun is not None and not bullet and _goes_on(document[begun:end], text, line, end):
            end = stop
            continue
        if begun is not None:
            yield begun, end
        begun, end = start, stop
    if begun is not None:
        yield begun, end


def _goes_on(before: str, text: str, line: re.Match[str], end: int) -> bool:
    if line.start() - end > 1 or before.rstrip().endswith((".", "!", "?", ":", ";", "다", "요")):
        return False
    return text[0].islower() or (_size(before.rpartition("\n")[2]) > 60 and "가" <= text[0] <= "힣")


def _size(text: str) -> int:
    return sum(2 if "가" <= letter <= "힣" else 1 for letter in text)
