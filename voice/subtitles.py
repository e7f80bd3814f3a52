"""What the candidate says, shown while it is being said."""

import asyncio
import logging

from voice.agent import Answer
from voice.engines import Transcript
from voice.errors import EngineError
from voice.events import CandidateWords
from voice.listener import Utterance
from voice.outbox import Outbox

log = logging.getLogger(__name__)

EVERY = 0.5
"""Seconds between the beginnings of two readings of what is being said."""
SHOWN_EVERY = 0.1
"""Seconds between two partial subtitles that come by themselves."""
FALLING_SILENT = 0.05
"""With this much silence a pause may be beginning, whose reading must find the recognizer free."""


class Subtitles:
    """Partial subtitles of the open utterance, and the final one, after which there is none."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._reading: asyncio.Task[None] | None = None
        self._read_at = 0.0
        self._final = ""
        self._shown = ""

    def follow(self, utterance: Utterance, silence: float) -> None:
        """Show what has come in, or read the utterance again if it is time to; call it with
        every piece of audio."""
        now = asyncio.get_running_loop().time()
        if utterance.transcription.live:
            words = utterance.transcription.so_far
            if words.text != self._shown and now - self._read_at >= SHOWN_EVERY:
                self._read_at, self._shown = now, words.text
                self.partial(utterance, words)
            return
        busy = self._reading is not None and not self._reading.done()
        if busy or silence > FALLING_SILENT or now - self._read_at < EVERY:
            return
        if not utterance.transcription.reading:
            self._read_at = now
            self._reading = asyncio.create_task(self._read(utterance))

    def partial(self, utterance: Utterance, words: Transcript) -> None:
        if words.text and utterance.id != self._final:
            self._outbox.put(
                CandidateWords(utterance.id, words.text, False, words.language, "voice")
            )

    def retract(self, utterance: Utterance) -> None:
        """What was shown of the utterance was nothing to be shown."""
        self._final = utterance.id
        self._outbox.put(CandidateWords(utterance.id, "", False, "en", "voice"))

    def final(self, answer: Answer) -> None:
        self._final = answer.utterance
        self._outbox.put(
            CandidateWords(answer.utterance, answer.text, True, answer.language, answer.source)
        )

    def close(self) -> None:
        if self._reading:
            self._reading.cancel()

    async def _read(self, utterance: Utterance) -> None:
        try:
            self.partial(utterance, await utterance.transcription.partial())
        except EngineError as error:
            log.warning("no partial subtitle: %s", error)
