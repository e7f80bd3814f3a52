"""A candidate whose answer is long in being stored is told so: silence would look like the end."""

import asyncio
from collections.abc import Callable

from voice.agent import Answer, Record, Speech

SLOW = 3.0
"""Seconds after which a wait needs an explanation."""


class Filing:
    """Files all that was said in ``record``. ``tell`` is called once in each stretch of time in
    which answers wait, as soon as one has waited for ``SLOW`` seconds."""

    def __init__(self, record: Record, tell: Callable[[], None]) -> None:
        self._record = record
        self._tell = tell
        self._told = False

    async def candidate_said(self, answer: Answer) -> None:
        late = asyncio.get_running_loop().call_later(SLOW, self._late)
        try:
            await self._record.candidate_said(answer)
            self._told = False
        finally:
            late.cancel()

    async def interviewer_speaks(self, speech: Speech) -> None:
        await self._record.interviewer_speaks(speech)

    async def interviewer_spoke(self, speech: Speech) -> None:
        await self._record.interviewer_spoke(speech)

    def _late(self) -> None:
        if not self._told:
            self._told = True
            self._tell()
