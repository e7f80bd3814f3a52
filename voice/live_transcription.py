"""The words of one utterance, written down while it is spoken.

Its audio is kept all the same: what a live recognizer does not give in time, another one reads.
"""

import asyncio
import logging

from voice.audio import RATE, WIDTH
from voice.dictations import Dictations
from voice.engines import Dictation, Recognizer, Transcript
from voice.errors import EngineError
from voice.transcription import BYTES_PER_SECOND, Transcription

log = logging.getLogger(__name__)

LASTS = 0.2
"""Seconds of silence after which the words before it are asked for. Sooner, a flicker of the voice
would split an answer in pieces of which a recognizer makes wrong words; and the reply to them is
ready before the silence that ends an answer is over."""
PRE_ROLL = round(0.3 * RATE) * WIDTH
"""Bytes before the first voice after a pause that a recognizer hears: onsets are found late."""
ONSET = 2
"""Voiced windows in a row that begin a segment: for a click a recognizer invents a word."""
CONNECTING = 0.3
"""Seconds that the last words may wait for a connection that is being made."""
UNSETTLED = 0.5
"""Confidence (0–1) in words that may still change."""


class LiveTranscription(Transcription):
    """One utterance on a call's ``Dictations``; read by ``recognizer`` once that has failed it."""

    def __init__(
        self,
        dictations: Dictations,
        recognizer: Recognizer,
        *,
        language: str | None = None,
        expected_language: str | None = None,
        terms: str = "",
    ) -> None:
        super().__init__(
            recognizer, language=language, expected_language=expected_language, terms=terms
        )
        self._dictations = dictations
        self._dictation: Dictation | None = None
        self._fed_until = 0
        self._failed = False
        self._commits: list[tuple[asyncio.Task[Transcript], int]] = []
        self._committed_until = 0
        self._voiced_windows = 0
        dictations.warm()

    @property
    def live(self) -> bool:
        """Whether the words come by themselves; if not, they have to be read."""
        return not self._failed and (self._dictation is not None or self._dictations.opening)

    @property
    def so_far(self) -> Transcript:
        """The words as far as they are known. Free, and may still change."""
        if self._failed or self._dictation is None:
            return self._joined()
        if not (words := self._dictation.words.strip()):
            return self._joined()
        language = self._language or self._joined().language
        return self._joined(Transcript(words, language, UNSETTLED))

    def add(self, window: bytes, probability: float, *, voiced: bool) -> None:
        self._voiced_windows = self._voiced_windows + 1 if voiced else 0
        open_segment = self._voiced_until > self._committed_until
        speech = voiced and (open_segment or self._voiced_windows >= ONSET)
        super().add(window, probability, voiced=speech)
        if self._failed:
            return
        self._feed()
        if self._dictation and self._committed_until < self._voiced_until and self._ripe:
            self._commit()

    async def partial(self) -> Transcript:
        return self.so_far if self.live else await super().partial()

    async def settled(self) -> Transcript:
        if not self._failed and self._kept_until < self._voiced_until:
            if self._dictation is None:
                await self._dictations.opened(CONNECTING)
                self._feed()
            if self._dictation is None:
                self._failed = True
        while not self._failed and self._kept_until < self._voiced_until:
            if self._committed_until < self._voiced_until:
                await self._ripens()
                if self._kept_until >= self._voiced_until:
                    break  # What came in meanwhile was committed, and its words are there.
            if self._dictation is None:
                # It was lost while the pause lasted.
                self._failed = True
                break
            if not self._commits or self._committed_until < self._voiced_until:
                self._commit()
            await asyncio.wait([self._commits[0][0]])
            # The task's own callback, which takes its words, comes before this goes on.
            await asyncio.sleep(0)
        return await super().settled() if self._failed else self._joined()

    def close(self) -> None:
        super().close()
        for task, _ in self._commits:
            task.cancel()
        self._dictations.release(self)

    @property
    def _ripe(self) -> bool:
        """Whether what is open may be read: the pause lasts."""
        return len(self._audio) - self._voiced_until >= LASTS * BYTES_PER_SECOND

    async def _ripens(self) -> None:
        """Wait until it is; without audio that comes in, as long as that would take."""
        limit = asyncio.get_running_loop().time() + LASTS
        while not self._ripe and asyncio.get_running_loop().time() < limit:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    # -- the connection -------------------------------------------------------------------

    def _feed(self) -> None:
        dictation = self._dictations.hold(self)
        if dictation is not self._dictation:
            # A new connection has heard nothing yet.
            self._dictation, self._fed_until = dictation, self._kept_until
            self._committed_until = self._kept_until
        if dictation is None:
            return
        end = len(self._audio)
        if self._voiced_until <= self._committed_until:
            # Silence after a commit is no beginning of a segment, whose words would be invented.
            self._fed_until = max(self._fed_until, end - PRE_ROLL)
            return
        dictation.hear(bytes(self._audio[self._fed_until : end]))
        self._fed_until = end

    def _commit(self) -> None:
        assert self._dictation is not None
        begin, end = self._committed_until, len(self._audio)
        self._committed_until = end
        task = asyncio.create_task(self._dictation.commit())
        self._commits.append((task, end))
        seconds = (end - begin) / BYTES_PER_SECOND
        task.add_done_callback(lambda done: self._written(done, end, seconds))

    def _written(self, task: "asyncio.Task[Transcript]", end: int, seconds: float) -> None:
        self._commits = [commit for commit in self._commits if commit[0] is not task]
        if self._failed or task.cancelled():
            return
        if error := task.exception():
            bug = None if isinstance(error, EngineError) else error
            log.warning(
                "another recognizer reads what live transcription did not give: %s",
                error,
                exc_info=bug,
            )
            self._failed = True
            return
        self._kept.append((task.result(), seconds))
        self._kept_until = end
