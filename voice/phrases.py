"""Lists of phrases that a guard looks for, and the innocent ones that look like them. Pure.

A phrase is a row of words: ``kill/hurt`` stands for either word, a ``*`` at a word's end (or
start) for any ending (or beginning), ``...`` for up to three words. Letters may be repeated or
masked by asterisks. Korean words may be written apart or together, and the last one of a phrase
takes any ending, because particles and verb endings are written onto it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from voice.engines import Verdict
from voice.hangul import is_hangul, split
from voice.moderation import plain, readings

_KOREAN = re.compile("[가-힣ㄱ-ㅣ]")
_GAP = r"(?:[\s,'-]+[\w'*]+){0,3}?[\s,'-]+"
_KOREAN_GAP = r"[^\s.?!]*(?:\s+[^\s.?!]+){0,3}?\s*"
_UNCOVERED_SHARE = 0.9
"""How much of a phrase's confidence is left where the phrase had to be uncovered first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said about a text in which ``pattern`` is found."""

    pattern: re.Pattern[str]
    level: int
    category: str
    confidence: float


class PhraseList:
    """``entries`` to look for, ``allowed`` patterns within which nothing counts, and the ``words``
    of the phrases, by which a text of single letters is read."""

    def __init__(
        self,
        entries: Iterable[Entry],
        allowed: Iterable[re.Pattern[str]] = (),
        words: Iterable[str] = (),
    ) -> None:
        self._entries = tuple(entries)
        self._allowed = tuple(allowed)
        self._words = frozenset(words)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "PhraseList":
        """``{"entries": [{"level", "category", "confidence", "phrases", "patterns"}], "allowed"}``,
        the last three keys of an entry and ``allowed`` optional; ``patterns`` are regular
        expressions over the plain text."""
        entries = [
            Entry(pattern, group["level"], group["category"], group.get("confidence", 0.9))
            for group in document["entries"]
            for pattern in (
                *map(compiled, group.get("phrases", ())),
                *map(re.compile, group.get("patterns", ())),
            )
        ]
        phrases = (phrase for group in document["entries"] for phrase in group.get("phrases", ()))
        words = (word for phrase in phrases for word in re.findall("[a-z]+", phrase))
        return cls(entries, map(innocent, document.get("allowed", ())), words)

    def __add__(self, other: "PhraseList") -> "PhraseList":
        return PhraseList(
            self._entries + other._entries,
            self._allowed + other._allowed,
            self._words | other._words,
        )

    def judge(self, text: str) -> Verdict:
        """The highest level found, with the categories of everything found, gravest first."""
        shown = plain(text)
        found = {entry: entry.confidence for entry in self._found(shown)}
        for hidden in readings(shown, self._words):
            for entry in self._found(hidden):
                found.setdefault(entry, _UNCOVERED_SHARE * entry.confidence)
        if not found:
            return Verdict()
        ordered = sorted(found, key=lambda entry: (-entry.level, entry.category))
        level = ordered[0].level
        return Verdict(
            level,
            tuple(dict.fromkeys(entry.category for entry in ordered)),
            max(confidence for entry, confidence in found.items() if entry.level == level),
        )

    def _found(self, text: str) -> Iterable[Entry]:
        spans = [match.span() for allowed in self._allowed for match in allowed.finditer(text)]
        for entry in self._entries:
            for match in entry.pattern.finditer(text):
                # Where the grave word is: a phrase may begin long before it.
                if not any(first < match.end() <= last for first, last in spans):
                    yield entry
                    break


def compiled(phrase: str) -> re.Pattern[str]:
    """The regular expression of one phrase, for plain text."""
    korean = _KOREAN.search(phrase) is not None
    parts: list[str] = []
    gap = ""
    for word in phrase.split():
        if word == "...":
            gap = _KOREAN_GAP if korean else _GAP
            continue
        if parts:
            parts.append(gap or (r"\s*" if korean else r"[\s,'-]+"))
        parts.append("(?:" + "|".join(map(_word, word.split("/"))) + ")")
        gap = ""
    return re.compile("".join([_start(phrase), *parts]))


def innocent(phrase: str) -> re.Pattern[str]:
    """The same up to the end of the last word, so that it covers whatever is found within."""
    return re.compile(compiled(phrase).pattern + "[가-힣]*")


def _start(phrase: str) -> str:
    if phrase.startswith("*"):
        return ""
    return "(?<![가-힣])(?<![a-z0-9])"


def _word(word: str) -> str:
    letters = word.strip("*")
    if _KOREAN.search(letters):
        return _abbreviated(letters)
    first, *rest = [(letter, len(list(group))) for letter, group in groupby(letters)]
    spelled = _repeated(*first, masked=False)
    spelled += "".join(
        _repeated(letter, count, masked=index < len(rest))
        for index, (letter, count) in enumerate(rest, 1)
    )
    return spelled + ("[a-z]*" if word.endswith("*") else "(?![a-z0-9])")


def _abbreviated(letters: str) -> str:
    """Korean letters of which some may be given by their first consonant only: 병ㅅ, 개ㅅㄲ."""
    if len(letters) > 1 and all(map(is_hangul, letters)):
        either = "".join(f"[{letter}{split(letter).onset}]" for letter in letters)
        return rf"(?=[ㄱ-ㅎ]{{0,{len(letters) - 1}}}[가-힣]){either}"
    return "".join(f"{re.escape(c)}+" if "ㄱ" <= c <= "ㅣ" else re.escape(c) for c in letters)


def _repeated(letter: str, count: int, *, masked: bool) -> str:
    if not letter.isalpha():
        return re.escape(letter) * count
    return (f"[{letter}*]" if masked else letter) + ("+" if count == 1 else f"{{{count},}}")
