"""How an answer was delivered: length, pace, fillers. Feedback for the candidate; pure.

It never enters a score: a score judges what was said.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

_FILLERS = {
    "en": re.compile(
        r"\b(?:u+m+|u+h+|e+r+m*|hmm+|you know|i mean|sort of|kind of)\b", re.IGNORECASE
    ),
    "ko": re.compile(r"(?<![가-힣])(?:음+|어+|그+|저+|저기|뭐|이제|약간|그냥)(?=[\s,.…]|$)"),
}
SHORTEST_MEASURED = 1.0
"""Seconds below which a pace says nothing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """``words`` are space-separated (eojeol in Korean); ``words_per_minute`` None: too short."""

    seconds: float
    words: int
    words_per_minute: float | None
    fillers: dict[str, int] = field(default_factory=dict)


def measure(text: str, language: str, seconds: float | None) -> Delivery:
    """``seconds`` None: the answer was typed."""
    words = len(text.split())
    pattern = _FILLERS.get(language)
    fillers = Counter(match.group().lower() for match in pattern.finditer(text)) if pattern else {}
    pace = None
    if seconds is not None and seconds >= SHORTEST_MEASURED:
        pace = round(60 * words / seconds, 1)
    return Delivery(round(seconds or 0.0, 1), words, pace, dict(fillers))
