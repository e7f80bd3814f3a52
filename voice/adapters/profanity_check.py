"""English abuse by the linear model inside ``alt-profanity-check`` (requirements-guard.txt).

It knows one class, "offensive", and neither threats nor danger: beside the phrase lists, never in
their place. https://github.com/dimitrismistriotis/alt-profanity-check
"""

import asyncio
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from voice.engines import Verdict

PACKAGE = "alt-profanity-check"


class ProfanityCheck:
    """``least``: the probability from which on a text is ``level`` and ``category``.
    ``languages`` other than these are not judged; empty: all are."""

    def __init__(
        self,
        *,
        least: float = 0.5,
        level: int = 1,
        category: str = "profanity",
        languages: Sequence[str] = ("en",),
    ) -> None:
        """Raises ``ImportError`` where the package is not installed."""
        if find_spec("profanity_check") is None:
            raise ImportError(f"{PACKAGE} is not there: pip install -r requirements-guard.txt")
        if level not in (1, 2, 3):
            raise ValueError("a level is 1, 2 or 3")
        self._least = least
        self._level = level
        self._category = category
        self._languages = frozenset(languages)

    async def judge(self, text: str, language: str) -> Verdict:
        """Its confidence is the model's probability."""
        if not text.strip() or (self._languages and language not in self._languages):
            return Verdict()
        share = await asyncio.to_thread(_probability, text)
        if share < self._least:
            return Verdict()
        return Verdict(self._level, (self._category,), share)

    async def warm(self) -> None:
        """Some seconds: the model is unpickled when the package is imported."""
        await asyncio.to_thread(_probability, "warm")

    async def close(self) -> None:
        """Nothing to free: the model is the package's own."""


def _probability(text: str) -> float:
    predict: Callable[[list[str]], Any] = import_module("profanity_check").predict_prob
    return float(predict([text])[0])
