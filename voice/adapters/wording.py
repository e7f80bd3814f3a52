"""Words that a recognizer is told to expect, and what the script of those it gives tells. Pure."""

import re
from collections.abc import Sequence

from voice.hangul import is_hangul

_WORD = re.compile(r"[^\W_][\w.+#'-]*")
_COMMON = frozenset(
    "about after have from into that their them then there these they this what when where which "
    "with would your role question tell please could should does did were been".split()
)
MOST_KEYWORDS = 50
LONGEST_KEYWORD = 20
"""Keywords, and letters of one: more are refused by ElevenLabs, and help nobody."""


def keywords(terms: str) -> list[str]:
    """The words of ``terms`` that a recognizer may need help with, each once."""
    found: dict[str, str] = {}
    for match in _WORD.finditer(terms):
        word = match[0].strip(".'-")
        short = len(word) < (2 if any(map(is_hangul, word)) else 4) and word.islower()
        if word and not short and word.lower() not in _COMMON and len(word) <= LONGEST_KEYWORD:
            found.setdefault(word.lower(), word)
    return list(found.values())[:MOST_KEYWORDS]


def language_of(text: str, languages: Sequence[str]) -> str:
    """The language that the script tells, among ``languages``."""
    language = "ko" if any(map(is_hangul, text)) else "en"
    return language if language in languages else languages[0]


def is_foreign(text: str) -> bool:
    """Whether most letters are neither Latin nor Hangul: a model that lost its way."""
    letters = [letter for letter in text if letter.isalpha()]
    known = sum(is_hangul(letter) or letter <= "\u024f" for letter in letters)
    return bool(letters) and known * 2 < len(letters)
