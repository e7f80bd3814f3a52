"""Korean abuse by the word lists of the package ``korcen`` (requirements-guard.txt).

It searches texts with their spaces taken out, so that words which only meet ("필요시 발송") count
as well: beside the phrase lists, where more marks are better than fewer.
https://github.com/Tanat05/korcen
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from voice.engines import Verdict

PACKAGE = "korcen"
GROUPS: Mapping[str, tuple[int, str]] = {
    "general": (1, "profanity"),
    "minor": (1, "profanity"),
    "special": (1, "profanity"),
    "sexual": (2, "harassment"),
    "parent": (2, "harassment"),
    "belittle": (2, "discrimination"),
    "race": (2, "discrimination"),
}
"""What the package's lists mean. Its ``politics`` is none of them: an opinion is no harm."""
OTHERS = frozenset(("politics", "english", "japanese", "chinese"))
"""Lists that it has besides."""


class Korcen:
    """``groups``: ``{list: [level, category]}`` in place of ``GROUPS``. The lists give no
    probability: ``confidence`` is what all their verdicts have. ``languages`` other than these are
    not judged; empty: all are."""

    def __init__(
        self,
        *,
        groups: Mapping[str, Sequence[Any]] = GROUPS,
        confidence: float = 0.5,
        languages: Sequence[str] = ("ko",),
    ) -> None:
        """Raises ``ImportError`` where the package is not installed."""
        if find_spec("korcen") is None:
            raise ImportError(f"{PACKAGE} is not there: pip install -r requirements-guard.txt")
        self._groups = {name: (int(row[0]), str(row[1])) for name, row in groups.items()}
        if not all(level in (1, 2, 3) for level, _ in self._groups.values()):
            raise ValueError("a group's level is 1, 2 or 3")
        if unknown := self._groups.keys() - GROUPS.keys() - OTHERS:
            raise ValueError(f"korcen has no list {', '.join(sorted(unknown))}")
        self._confidence = confidence
        self._languages = frozenset(languages)

    async def judge(self, text: str, language: str) -> Verdict:
        if not text.strip() or (self._languages and language not in self._languages):
            return Verdict()
        return await asyncio.to_thread(self._judged, text)

    async def warm(self) -> None:
        await asyncio.to_thread(self._judged, "준비")

    async def close(self) -> None:
        """Nothing to free."""

    def _judged(self, text: str) -> Verdict:
        lists = _lists()
        met = sorted(
            {row for name, row in self._groups.items() if getattr(lists, name)(text)},
            key=lambda row: (-row[0], row[1]),
        )
        if not met:
            return Verdict()
        return Verdict(met[0][0], tuple(dict.fromkeys(row[1] for row in met)), self._confidence)


@cache
def _lists() -> ModuleType:
    lists = import_module("korcen.korcen")
    # It wraps the whole process's standard output when it is imported.
    import_module("colorama").deinit()
    return lists
