"""Writes what was said to the database: implements ``voice.agent.Record``.

An answer must never be lost to a database that is busy or away for a moment: a write is tried
again, and what could not be written is written with the next thing that can be.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction

from interviews.conversation.interpreter import Interpretation
from interviews.conversation.moves import Move
from interviews.live.protocol import latency, milliseconds
from interviews.models import Interview, Utterance
from voice.agent import Answer, Speech

log = logging.getLogger(__name__)

RETRIES = (0.1, 0.5, 2.0)
"""Seconds to wait before each further try of a write."""
WRITTEN = (
    "speaker", "text_said", "text_heard", "language", "source", "confidence", "start_ms", "end_ms",
    "audio_start_ms", "interrupted", "audio_lost", "question", "grounds", "translates", "latency",
)  # fmt: skip
"""What of an utterance is written anew when more of it is known."""


class Recorder:
    """The record of one live interview."""

    def __init__(
        self,
        interview_id: uuid.UUID,
        connection: uuid.UUID,
        *,
        last_sequence: int,
        state: Callable[[], Mapping[str, Any]],
        lacks_sound: Callable[[str], bool] = lambda utterance: False,
    ) -> None:
        """``state`` gives the interview's own fields (clock, progress, last event), which are
        stored together with every utterance so that a crash loses none of them, as long as
        ``connection`` holds the interview: words that are filed late are still filed."""
        self._interview_id = interview_id
        self._connection = connection
        self._state = state
        self._lacks_sound = lacks_sound
        self._sequences: dict[str, int] = {}
        self._last_sequence = last_sequence
        self._unwritten: dict[str, dict[str, Any]] = {}
        self._turn = asyncio.Lock()

    async def candidate_said(self, answer: Answer) -> None:
        await self._write(
            answer.utterance,
            speaker=Utterance.Speaker.CANDIDATE,
            text_said=answer.text,
            text_heard=answer.text,
            language=answer.language,
            source=answer.source,
            confidence=answer.confidence,
            start_ms=milliseconds(answer.start),
            end_ms=milliseconds(answer.end),
            audio_start_ms=milliseconds(answer.start) if answer.source == "voice" else None,
            interrupted=False,
            audio_lost=self._lacks_sound(answer.utterance),
        )

    async def interviewer_speaks(self, speech: Speech) -> None:
        # What is being said is written again when it is over: no reason to stop saying it.
        with suppress(DatabaseError):
            await self._write(
                speech.utterance, **self._spoken(speech), end_ms=milliseconds(speech.start)
            )

    async def interviewer_spoke(self, speech: Speech) -> None:
        await self._write(
            speech.utterance,
            **self._spoken(speech),
            end_ms=milliseconds(max(speech.start, speech.end)),
        )

    async def save_state(self) -> None:
        """Store the interview's own fields without an utterance, or with the next one."""
        with suppress(DatabaseError):
            await self._write(None)

    def _spoken(self, speech: Speech) -> dict[str, Any]:
        move = speech.purpose
        return {
            "speaker": Utterance.Speaker.INTERVIEWER,
            "text_said": speech.said,
            "text_heard": speech.heard,
            "language": speech.language,
            "source": "voice",
            "confidence": None,
            "start_ms": milliseconds(speech.start),
            "audio_start_ms": milliseconds(speech.start),
            "interrupted": speech.interrupted,
            "question": (move.question or "") if isinstance(move, Move) else "",
            "grounds": [asdict(one) for one in move.grounds] if isinstance(move, Move) else [],
            "translates_id": uuid.UUID(move.of) if isinstance(move, Interpretation) else None,
            "latency": latency(speech.latency),
        }

    async def _write(self, utterance: str | None, **fields: Any) -> None:
        if utterance is not None:
            if utterance not in self._sequences:
                self._last_sequence += 1
                self._sequences[utterance] = self._last_sequence
            self._unwritten[utterance] = fields
        async with self._turn:
            for wait in (*RETRIES, None):
                rows = dict(self._unwritten)
                try:
                    await self._store(rows, dict(self._state()))
                except DatabaseError as error:
                    if wait is None:
                        log.exception("the database does not take the record")
                        raise
                    if isinstance(error, IntegrityError):
                        await self._renumber()
                        continue
                    log.warning("the database is not there, trying again in %.1f s", wait)
                    await asyncio.sleep(wait)
                else:
                    for key, row in rows.items():
                        if self._unwritten.get(key) is row:
                            del self._unwritten[key]
                    return

    @database_sync_to_async
    def _renumber(self) -> None:
        """Another connection has filed its last words since this one began: ours go behind."""
        filed = Utterance.objects.filter(interview_id=self._interview_id)
        sequences = {str(pk): sequence for pk, sequence in filed.values_list("id", "sequence")}
        last = max(sequences.values(), default=0)
        for utterance in self._unwritten:
            if utterance not in sequences:
                last += 1
                self._sequences[utterance] = last
        self._last_sequence = max(last, self._last_sequence)

    @database_sync_to_async
    def _store(self, rows: Mapping[str, Mapping[str, Any]], state: Mapping[str, Any]) -> None:
        with transaction.atomic():
            # One statement for all: the reply to an answer waits until it is stored.
            Utterance.objects.bulk_create(
                [
                    Utterance(
                        id=key,
                        interview_id=self._interview_id,
                        sequence=self._sequences[key],
                        **fields,
                    )
                    for key, fields in rows.items()
                ],
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=WRITTEN,
            )
            held = Interview.objects.filter(id=self._interview_id, connection=self._connection)
            held.update(**state)
