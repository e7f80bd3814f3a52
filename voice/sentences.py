"""LLM deltas -> speakable clauses, in Korean and English; pure.

The first clause is cut at the earliest boundary that can be spoken, because the reply's latency
ends with it; later ones are whole sentences, because prosody gains from length. Of a text that is
still being written, the first may also be a phrase (``voice.early_break``).
"""

import re
from collections.abc import AsyncGenerator, AsyncIterable, Iterator

from voice.early_break import early_break

FIRST_MINIMUM = 12
"""Shortest first clause that may end at a comma, in weight (a Hangul syllable weighs three)."""
LONGEST = 220
"""A clause without any boundary is cut at a space here, in weight."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|Mr|Mrs|Ms|Dr|Prof|Inc|Ltd|No|St|approx)|\b[A-Z])\.$"
)
_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’)\]]*(?=\s)|[。！？]+[\"'”’)\]]*")
_CLAUSE_END = re.compile(r"[,;:，；：—–]+(?=\s)|\s[-—–](?=\s)")


def weight(text: str) -> int:
    """Length of ``text`` as speech: a Latin letter 1, a Hangul syllable 3."""
    return sum(3 if "가" <= letter <= "힣" else 1 for letter in text)


def split(text: str) -> list[str]:
    """Clauses of a finished text; joined by spaces they are the text."""
    buffer = _Buffer()
    return [*buffer.add(text), *buffer.rest()]


async def clauses(deltas: AsyncIterable[str], *, early: bool = False) -> AsyncGenerator[str]:
    """Clauses of a text that is still being written, each as soon as it is whole; ``early``: the
    first one as soon as a phrase of it is."""
    buffer = _Buffer(early=early)
    async for delta in deltas:
        for clause in buffer.add(delta):
            yield clause
    for clause in buffer.rest():
        yield clause


class _Buffer:
    def __init__(self, *, early: bool = False) -> None:
        self._early = early
        self._text = ""
        self._first = True

    def add(self, delta: str) -> Iterator[str]:
        self._text += delta
        while (end := self._boundary()) is not None:
            clause, self._text = self._text[:end].strip(), self._text[end:].lstrip()
            if clause:
                self._first = False
                yield clause

    def rest(self) -> Iterator[str]:
        if clause := self._text.strip():
            yield clause
        self._text = ""

    def _boundary(self) -> int | None:
        for match in _SENTENCE_END.finditer(self._text):
            if not _ABBREVIATION.search(self._text[: match.end()]):
                sentence = match.end()
                break
        else:
            sentence = None
        if self._first:
            for match in _CLAUSE_END.finditer(self._text, 0, sentence or len(self._text)):
                if weight(self._text[: match.end()]) >= FIRST_MINIMUM:
                    return match.end()
            if self._early and (end := early_break(self._text[:sentence])):
                return end
        if sentence is not None:
            return sentence
        if weight(self._text) > LONGEST:
            end = LONGEST // 3
            while weight(self._text[:end]) < LONGEST:
                end += 1
            space = self._text.rfind(" ", 0, end)
            return space if space > 0 else end
        return None
