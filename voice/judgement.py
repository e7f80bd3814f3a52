"""Whether the candidate has finished, judged in one pause by how it sounded and what was said."""

import asyncio
import logging

from voice.completeness import combined, completeness
from voice.endpointing import Endpointer
from voice.engines import Transcript, TurnModel
from voice.errors import EngineError
from voice.transcription import Transcription

log = logging.getLogger(__name__)

SECONDS_HEARD = 8.0
"""How much of the utterance's end the turn model hears."""
SECOND_LOOK = 0.45
"""Seconds after which the turn model is asked again when it did not say 'finished'."""


class Judgement:
    """Gives the endpointer its evidence for the present pause, as it comes in."""

    def __init__(
        self, turn_model: TurnModel, endpointer: Endpointer, transcription: Transcription
    ) -> None:
        self._turn_model = turn_model
        self._endpointer = endpointer
        self._transcription = transcription
        self._heard: float | None = None
        self._read: float | None = None

    async def listen(self) -> None:
        """Ask the turn model; cancel it when the pause is over."""
        try:
            for _ in range(2):
                audio = self._transcription.recent(SECONDS_HEARD)
                self._heard = await self._turn_model.finished(audio)
                self._weigh()
                if self._heard >= 0.5:
                    return
                await asyncio.sleep(SECOND_LOOK)
        except EngineError as error:
            log.warning("end of turn judged by silence alone: %s", error)

    def read(self, words: Transcript) -> None:
        """The words before the pause have become known."""
        self._read = completeness(words.text, words.language)
        self._weigh()

    def _weigh(self) -> None:
        if self._heard is not None:
            self._endpointer.evidence(combined(self._heard, self._read))
