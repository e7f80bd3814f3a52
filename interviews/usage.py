"""Keeps what an interview uses up: gathered while it goes on, filed with each turn."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from channels.db import database_sync_to_async
from django.db import DatabaseError, OperationalError

from interviews.models import Usage, Utterance
from interviews.models.usage import UNITS
from interviews.pricing import cost
from voice.events import CandidateWords, Event, SoundStarted, TurnCompleted
from voice.metering import Use, metered

log = logging.getLogger(__name__)

_TOKENS_AND_SOUND = UNITS[1:]


class Ledger:
    """``add`` is the meter. What is used between two turns belongs to the one that it ends with:
    drafts that were thrown away and lines that were prepared cost as well."""

    def __init__(self, interview_id: uuid.UUID) -> None:
        self._interview_id = interview_id
        self._rows: dict[tuple[str, str, str], Usage] = {}
        self._unfiled: list[Usage] = []
        """What the database did not take; it is filed with the next."""
        self._heard: str | None = None
        self._spoken: str | None = None

    def add(self, use: Use) -> None:
        row = self._rows.setdefault(
            (use.role, use.engine, use.model),
            Usage(
                interview_id=self._interview_id,
                role=use.role,
                engine=use.engine,
                model=use.model,
                cost=Decimal(0),
            ),
        )
        row.requests += 1
        for unit in _TOKENS_AND_SOUND:
            setattr(row, unit, getattr(row, unit) + getattr(use, unit))
        row.estimated = row.estimated or use.estimated
        price = cost(use)
        row.cost = None if price is None or row.cost is None else row.cost + price

    def take(self, event: Event) -> int | None:
        """Note whose words are being paid for; gives the turn that is complete, if one is."""
        match event:
            case CandidateWords(utterance=utterance, is_final=True):
                self._heard = utterance
            case SoundStarted(utterance=utterance):
                self._spoken = utterance
            case TurnCompleted(turn=turn):
                return turn
        return None

    async def file(self, turn: int | None = None) -> None:
        """Store what was gathered. Never raises: nobody waits for the account."""
        rows, self._rows = list(self._rows.values()), {}
        unfiled, self._unfiled = self._unfiled, []
        for row in rows:
            row.turn = turn
            about = self._heard if row.role == Usage.Role.RECOGNIZER else self._spoken
            row.utterance_id = uuid.UUID(about) if about else None
        rows = unfiled + rows
        if rows and not await database_sync_to_async(_store)(rows):
            self._unfiled = rows + self._unfiled


def _store(rows: list[Usage]) -> bool:
    """False: the database is not there, and may take them later."""
    named = {row.utterance_id for row in rows if row.utterance_id}
    try:
        there = set(Utterance.objects.filter(pk__in=named).values_list("pk", flat=True))
        for row in rows:
            if row.utterance_id not in there:
                row.utterance_id = None
        Usage.objects.bulk_create(rows)
    except DatabaseError as error:
        log.exception("what was used could not be stored: %s", ", ".join(map(str, rows)))
        return not isinstance(error, OperationalError)
    return True


@contextmanager
def counted(interview_id: uuid.UUID) -> Iterator[None]:
    """What is used in the block, outside of a call, is stored at its end."""
    ledger = Ledger(interview_id)
    try:
        with metered(ledger.add):
            yield
    finally:
        if ledger._rows:
            _store(list(ledger._rows.values()))
