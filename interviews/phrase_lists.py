"""The guard's phrases: the shipped lists, and what admins add to them or except from them.

The rows are read again at most once a ``RELOAD``, so that every process knows of a change within
that time, without a restart and without a message that could be lost.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.db import Error

from interviews.models import GuardPhrases
from voice.adapters.phrases import Phrases
from voice.engines import Verdict
from voice.phrases import PhraseList

log = logging.getLogger(__name__)

RELOAD = 1.0
"""Seconds for which the rows that were read are taken to be those that there are."""


class EditedPhrases:
    """``files`` and ``shipped`` as ``voice.adapters.phrases.Phrases`` has them.

    While the database cannot be read, the rows that were read last stay in force.
    """

    def __init__(self, *, files: Sequence[str] = (), shipped: bool = True) -> None:
        self._shipped = Phrases(files=files, shipped=shipped)
        self._document: dict[str, Any] = {}
        self._list: PhraseList | None = None
        self._read_at = -RELOAD

    async def judge(self, text: str, language: str) -> Verdict:
        """Raises ``EngineError`` (``unavailable``) where a file cannot be read as a list."""
        return (await self._current()).judge(text)

    async def warm(self) -> None:
        await self._shipped.warm()

    async def close(self) -> None:
        """Nothing to free."""

    async def _current(self) -> PhraseList:
        now = time.monotonic()
        if self._list is None or now - self._read_at >= RELOAD:
            self._read_at = now
            try:
                document = await database_sync_to_async(GuardPhrases.objects.document)()
            except Error:
                log.exception("the guard's phrases could not be read: those read last stand")
                document = self._document
            if self._list is None or document != self._document:
                # Some hundred patterns to compile: not on the loop that calls run on.
                self._list = await asyncio.to_thread(self._joined, document)
                self._document = document
        return self._list

    def _joined(self, document: dict[str, Any]) -> PhraseList:
        whole = self._shipped.list
        return whole + PhraseList.from_document(document) if document else whole
