"""The words of one utterance as a speech-to-speech session understands them.

Its audio is kept all the same: what the session does not tell in time, the cascade's recognizer
reads.
"""

import logging

from voice.audio import RATE, WIDTH
from voice.engines import Recognizer, SpeechSession, Transcript
from voice.errors import EngineError
from voice.transcription import Transcription

log = logging.getLogger(__name__)

GOES_ON = 3
"""Voiced windows after which speech has gone on after a pause. A single one may be a noise, and
whatever is heard makes an engine break off the reply that is being drafted."""
NOISE = 8
"""Voiced windows, of 32 ms, up to which a sound without words is a noise. A knock or a cough is
that short; the shortest answer is hardly."""
PRE_ROLL = round(0.4 * RATE) * WIDTH
"""Bytes before that moment which belong to the speech: onsets are found late."""


class SessionTranscription(Transcription):
    """``hears`` False: the session hears the microphone by another way."""

    by_ear = True

    def __init__(
        self,
        session: SpeechSession,
        recognizer: Recognizer,
        *,
        hears: bool = True,
        language: str | None = None,
        expected_language: str | None = None,
        terms: str = "",
    ) -> None:
        super().__init__(
            recognizer, language=language, expected_language=expected_language, terms=terms
        )
        self._session = session
        self._hears = hears
        self._failed = False
        self._told: tuple[int, Transcript] | None = None
        self._fed_until = 0
        self._pausing = False
        """The words up to a pause have been asked for: silence is no speech that goes on."""
        self._voiced_windows = 0
        """Since that pause."""
        self._all_voiced = 0
        session.listen()

    @property
    def live(self) -> bool:
        """Whether the words come by themselves; if not, they have to be read."""
        return not self._failed and self._session.failure is None

    @property
    def so_far(self) -> Transcript:
        """The words as far as they are known. Free, and may still change."""
        return self._session.partial

    def add(self, window: bytes, probability: float, *, voiced: bool) -> None:
        super().add(window, probability, voiced=voiced)
        self._all_voiced += voiced
        if not self._hears or not self.live:
            return
        if self._pausing:
            self._voiced_windows += voiced
            if self._voiced_windows < GOES_ON:
                return
            self._pausing = False
            self._fed_until = max(self._fed_until, len(self._audio) - PRE_ROLL)
        self._session.hear(bytes(self._audio[self._fed_until :]))
        self._fed_until = len(self._audio)

    async def partial(self) -> Transcript:
        return self.so_far if self.live else await super().partial()

    async def settled(self) -> Transcript:
        voiced = self._voiced_until
        if self._told and self._told[0] >= voiced:
            return self._told[1]
        if self.live:
            self._pausing, self._voiced_windows = True, 0
            try:
                words = await self._session.understood(noise=self._all_voiced <= NOISE)
            except EngineError as error:
                # The session may still be able to speak; of this utterance it gets no second try.
                log.warning("the session did not write down what it heard: %s", error)
                self._failed = True
            else:
                self._told = voiced, words
                return words
        return await super().settled()
