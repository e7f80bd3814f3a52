"""A moderator that knows phrases: the shipped lists of each language, or files of one's own."""

import tomllib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from voice.engines import Verdict
from voice.errors import EngineError
from voice.phrases import PhraseList

LISTS = Path(__file__).with_name("phrase_lists")


class Phrases:
    """``files``: TOML files of ``voice.phrases.PhraseList.from_document``, besides the shipped
    lists unless ``shipped`` is false. Every list is applied to every text: people mix languages.
    """

    def __init__(self, *, files: Sequence[str] = (), shipped: bool = True) -> None:
        self._files = [Path(file) for file in files]
        if shipped:
            self._files += sorted(LISTS.glob("*.toml"))

    async def judge(self, text: str, language: str) -> Verdict:
        """Raises ``EngineError`` (``unavailable``) where a file cannot be read as a list."""
        return self.list.judge(text)

    async def warm(self) -> None:
        self.list.judge("")

    async def close(self) -> None:
        """Nothing to free."""

    @cached_property
    def list(self) -> PhraseList:
        """All lists as one. Raises ``EngineError`` (``unavailable``)."""
        whole = PhraseList(())
        for file in self._files:
            try:
                whole += PhraseList.from_document(tomllib.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise EngineError(f"phrase list {file.name}", "unavailable") from error
        return whole
