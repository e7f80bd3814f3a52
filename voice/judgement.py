"""Whether the candidate has finished, judged in one pause by how it sounded and what was said."""

import asyncio
import logging

from voice.completeness import Reading, reading
from voice.endpointing import Endpointer
from voice.engines import Transcript, TurnModel
from voice.errors import EngineError
from voice.evidence import finished
from voice.transcription import Transcription

log = logging.getLogger(__name__)

SECONDS_HEARD = 8.0
"""How much of the utterance's end the turn model hears."""
LOOKS = (0.14, 0.34)
"""Seconds before each question to the turn model. It judges better with a quarter of a second of
silence at the end than with less, and a pause that is over by then costs nothing; with more than
a second it calls everything finished, so it is not asked again."""
TOLD = (Reading.FILLER, Reading.OPEN)
"""Words that tell so much that the melody is not asked for: that is half of all pauses."""
SURE = 0.68
"""No second question above this, nor below its complement."""


class Judgement:
    """Gives the endpointer its evidence for the present pause, as it comes in."""

    def __init__(
        self, turn_model: TurnModel, endpointer: Endpointer, transcription: Transcription
    ) -> None:
        self._turn_model = turn_model
        self._endpointer = endpointer
        self._transcription = transcription
        self._heard: float | None = None
        self._read: Reading | None = None

    async def listen(self) -> None:
        """Ask the turn model; cancel it when the pause is over."""
        try:
            for wait in LOOKS:
                await asyncio.sleep(wait)
                if self._read in TOLD or (self._heard is not None and self._sure):
                    return
                audio = self._transcription.recent(SECONDS_HEARD)
                self._heard = await self._turn_model.finished(audio)
                self._weigh()
        except EngineError as error:
            log.warning("end of turn judged without its sound: %s", error)
        except Exception:
            # It runs in the call's own scope, and silence ends an answer without any evidence.
            log.exception("end of turn judged without its sound")

    def read(self, words: Transcript) -> None:
        """The words before the pause have become known."""
        self._read = reading(words.text, words.language)
        self._weigh()

    @property
    def _sure(self) -> bool:
        probability = finished(self._heard, self._read)
        return self._read is not None and not 1 - SURE < probability < SURE

    def _weigh(self) -> None:
        hesitant = self._read is Reading.FILLER
        self._endpointer.evidence(finished(self._heard, self._read), hesitant=hesitant)
