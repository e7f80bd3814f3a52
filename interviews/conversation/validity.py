"""Whether what was recognized of an answer may be judged at all; pure.

It asks whether we have the candidate's words, never how they sound: a flaw is ours, costs the
candidate nothing, and live it is met with an offer to repeat.
"""

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

LEAST_CONFIDENCE = 0.4
"""Of a recognizer, 0-1; below it more words are wrong than a judgement bears."""
FEWEST_WORDS = 6.0
EOJEOL = 1.5
"""English words that a Korean one, which carries its particles with it, stands for."""
ECHOED = 0.6
"""Share of an answer's runs of four words that the interviewer had just said."""
RUN = 4
LOOPED = 0.5
"""Share of an answer that is one run of words again and again, as recognizers do in noise."""
LOOPS = 3
OTHER_SCRIPT = 0.6
"""Share of letters in the other language's script: candidates may mix, but not answer in it."""
FEWEST_LETTERS = 12


class Flaw(StrEnum):
    """Why an answer cannot be assessed."""

    LOST = "lost"
    LOW_CONFIDENCE = "low_confidence"
    ECHO = "echo"
    GARBLED = "garbled"
    WRONG_LANGUAGE = "wrong_language"
    TOO_SHORT = "too_short"


OFFERED_AGAIN = frozenset(set(Flaw) - {Flaw.TOO_SHORT})
"""Flaws for which the interviewer asks to hear it again; a short answer is followed up anyway."""


def size(text: str) -> float:
    """Words of ``text``, Korean ones counted as what they would be in English."""
    return sum(EOJEOL if re.search("[가-힣]", word) else 1.0 for word in text.split())


def flaw(
    text: str,
    *,
    expected_language: str,
    confidence: float | None = None,
    before: str = "",
    lost: bool = False,
) -> Flaw | None:
    """The gravest flaw of an answer. ``expected_language`` "auto" takes both; ``confidence`` None:
    typed; ``before`` is what the interviewer had just said, ``lost`` that sound went missing."""
    words = _words(text)
    if lost:
        return Flaw.LOST
    if confidence is not None and confidence < LEAST_CONFIDENCE:
        return Flaw.LOW_CONFIDENCE
    if _is_echo(words, _words(before)):
        return Flaw.ECHO
    if _is_loop(words):
        return Flaw.GARBLED
    if _is_other_language(text, expected_language):
        return Flaw.WRONG_LANGUAGE
    if size(text) < FEWEST_WORDS:
        return Flaw.TOO_SHORT
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)]


def _is_echo(words: Sequence[str], before: Sequence[str]) -> bool:
    runs, said = _runs(words), set(_runs(before))
    return bool(runs) and sum(run in said for run in runs) / len(runs) >= ECHOED


def _is_loop(words: Sequence[str]) -> bool:
    runs = Counter(_runs(words))
    if len(words) < 3 * RUN or not runs:
        return False
    often = max(runs.values())
    return often >= LOOPS and often * RUN / len(words) >= LOOPED


def _is_other_language(text: str, expected: str) -> bool:
    hangul = len(re.findall("[가-힣]", text))
    # A syllable block stands for two or three letters.
    korean, latin = 2.5 * hangul, float(len(re.findall("[A-Za-z]", text)))
    others = sum(char.isalpha() for char in text) - hangul - latin
    whole = korean + latin + others
    if whole < FEWEST_LETTERS:
        return False
    own = {"en": latin, "ko": korean}.get(expected, korean + latin)
    return 1 - own / whole >= (0.85 if expected == "ko" else OTHER_SCRIPT)
