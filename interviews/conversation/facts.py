"""What a follow-up may rest on, and what it did rest on; pure."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from interviews.conversation.phrasing import content

Finder = Callable[[str, str], Awaitable[Sequence["Fact"]]]
"""Facts that have to do with a text in a language, the nearest first."""

SPOKEN_LETTERS = 110
"""A longer passage is not read out."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A passage of a document: ``text`` stands at ``start`` to ``end`` of it.

    ``source`` is resume, job or company; ``document`` the id of a company document, None for the
    interview's own; ``title`` its title. ``likeness`` is 0 to 1; ``close``: it is not only near,
    but about the same matter.
    """

    source: str
    start: int
    end: int
    text: str
    language: str
    document: int | None = None
    title: str = ""
    likeness: float = 0.0
    close: bool = False

    @property
    def spoken(self) -> str:
        return " ".join(self.text.split()).rstrip(" .;,")


@dataclass(frozen=True, slots=True)
class Ground:
    """What one follow-up rests on: ``text`` stands at ``start`` to ``end`` of an utterance of the
    candidate (``source`` answer) or of a document."""

    source: str
    start: int
    end: int
    text: str
    utterance: str | None = None
    document: int | None = None
    title: str = ""


def of_fact(fact: Fact) -> Ground:
    return Ground(
        fact.source, fact.start, fact.end, fact.text, document=fact.document, title=fact.title
    )


def grounds(
    text: str, *, aim: str, answer: str, utterance: str, facts: Sequence[Fact]
) -> list[Ground]:
    """What ``text`` takes up beyond ``aim``: the sentence of the answer that it is nearest to, and
    the facts of which it has words that the answer does not have."""
    words = content(text) - content(aim)
    found: list[Ground] = []
    said = content(answer)
    sentences = [match for match in re.finditer(r"[^.!?\n。]+[.!?。]*", answer) if match[0].strip()]
    nearest = max(sentences, key=lambda one: len(words & content(one[0])), default=None)
    if nearest and words & content(nearest[0]):
        start = nearest.start() + len(nearest[0]) - len(nearest[0].lstrip())
        end = nearest.end() - len(nearest[0]) + len(nearest[0].rstrip())
        found.append(Ground("answer", start, end, answer[start:end], utterance=utterance))
    for fact in facts:
        if len((words - said) & content(fact.text)) >= 2:
            found.append(of_fact(fact))
    return found
