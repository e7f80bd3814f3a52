"""The words of one utterance while it grows.

Reading an utterance again from its beginning would cost more the longer it gets. So what lies
before a pause is read once and kept, and only the tail is read again: the last reading of a
long answer, which the reply waits for, is as short as that of a short one.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import TypedDict

from voice.audio import RATE, WIDTH, Audio
from voice.endpointing import WINDOW_BYTES, WINDOW_SECONDS
from voice.engines import Recognizer, Transcript
from voice.repetition import seems_swallowed, was_swallowed

BYTES_PER_SECOND = RATE * WIDTH
KEEP_AFTER = 5.0
"""A reading of at least this many seconds that ends in a pause is kept."""
LONGEST_TAIL = 14.0
"""Without a pause for this many seconds, the tail is cut at its quietest moment."""
SEARCH_WINDOWS = 128
"""How far back from the end that moment is looked for: 4 s in windows of 32 ms."""
SEAM = 0.2
"""Seconds of silence after which what was said before it may be said again."""
LONG_SEAM = 1.0
"""The same, if what was said before it has not been read by itself yet and has to be."""
ONSET = 0.3
"""Seconds before the first voice after it that are read with it: onsets are found late."""
READINGS = 8
"""How many readings are remembered: the one at the last seam is among them."""
SHORTEST_DETECTABLE = 1.6
"""Shorter speech says too little to tell its language: the expected one is assumed."""


class Expected(TypedDict):
    """``language`` None: to be told from the speech, and assumed to be ``expected_language`` where
    there is too little of it. ``terms`` are words to expect.
    """

    language: str | None
    expected_language: str | None
    terms: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A request to the recognizer: from what is kept up to byte ``until`` of the utterance.

    ``keeps``: it ends in a pause, so that its words will not be read again.
    """

    task: asyncio.Task[Transcript]
    until: int
    keeps: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """What was understood from byte ``begin`` of the utterance to ``until``."""

    begin: int
    until: int
    words: Transcript


class Transcription:
    """One utterance's audio, and what a recognizer reads in it."""

    by_ear = False
    """Whether who replies hears the utterance itself, and not its words alone."""

    def __init__(
        self,
        recognizer: Recognizer,
        *,
        language: str | None = None,
        expected_language: str | None = None,
        terms: str = "",
    ) -> None:
        self._recognizer = recognizer
        self._language = language
        self._expected = expected_language
        self._terms = terms
        self._audio = bytearray()
        """All of it, PCM s16le at 16 kHz; positions below are bytes from its beginning."""
        self._kept: list[tuple[Transcript, float]] = []
        """Words that are settled, and the seconds of audio that they were read in."""
        self._kept_until = 0
        self._voiced_until = 0
        self._voiced = bytearray()
        """For each window, whether it is voiced."""
        self._seam = (0, 0)
        """Where the last silence of at least ``SEAM`` began, and where it was over."""
        self._done: deque[_Read] = deque(maxlen=READINGS)
        self._recent: deque[tuple[float, int]] = deque(maxlen=SEARCH_WINDOWS)
        self._reading: _Reading | None = None
        self._closed = False

    @property
    def live(self) -> bool:
        """Whether the words come by themselves while they are spoken."""
        return False

    @property
    def so_far(self) -> Transcript:
        """The words that are known without reading any more."""
        return self._joined()

    @property
    def reading(self) -> bool:
        """Whether the recognizer is at work on this utterance."""
        return self._reading is not None and not self._reading.task.done()

    def add(self, window: bytes, probability: float, *, voiced: bool) -> None:
        """Append one window of the microphone; ``probability`` is that of speech in it."""
        self._audio += window
        position = len(self._audio)
        self._voiced.append(voiced)
        if voiced:
            if position - self._voiced_until > SEAM * BYTES_PER_SECOND:
                self._seam = self._voiced_until, position
            self._voiced_until = position
        self._recent.append((probability, position))

    def recent(self, seconds: float) -> Audio:
        """The last ``seconds`` of the utterance."""
        return Audio(bytes(self._audio[-round(seconds * RATE) * WIDTH :]))

    async def partial(self) -> Transcript:
        """The words so far. An overlong tail is cut and kept on the way."""
        end = len(self._audio)
        if end - self._kept_until > LONGEST_TAIL * BYTES_PER_SECOND:
            _, end = min(self._recent)
            return await self._read(end, keep=True)
        return await self._read(end, keep=False)

    async def settled(self) -> Transcript:
        """All words up to the last voiced moment; call it in a pause."""
        if (stale := self._reading) and not stale.keeps and stale.until < self._voiced_until:
            # It will have to be read again anyway, and the recognizer does one thing at a time.
            stale.task.cancel()
        while self.reading and self._reading and self._reading.until < self._voiced_until:
            await asyncio.wait([self._reading.task])
        if self._reading is None or self._reading.until < self._voiced_until:
            end = len(self._audio)
            long = end - self._kept_until >= KEEP_AFTER * BYTES_PER_SECOND
            return await self._read(end, keep=long)
        return await self._words_of(self._reading)

    async def _read(self, end: int, *, keep: bool) -> Transcript:
        if self._closed or self._voiced_until <= self._kept_until:
            return self._joined()
        begin = self._kept_until
        task = asyncio.create_task(self._understood(begin, end))
        self._reading = reading = _Reading(task, end, keep)
        seconds = (end - begin) / BYTES_PER_SECOND
        task.add_done_callback(lambda _: self._keep(reading, seconds))
        return await self._words_of(reading)

    async def _understood(self, begin: int, end: int) -> Transcript:
        """The words from ``begin`` to ``end``. If the recognizer swallows what is said again after
        a pause, those before it are kept, and the words after it are given."""
        seam, resumed = self._seam
        seconds = (end - begin) / BYTES_PER_SECOND
        whole = await self._recognize(begin, end, self._language_for(seconds))
        before_seconds, after_seconds = self._spoken(begin, seam), self._spoken(seam, end)
        before = await self._before(begin, seam, resumed, whole) if after_seconds else None
        if before and seems_swallowed(before.text, before_seconds, whole.text, after_seconds):
            onset = max(seam, resumed - round(ONSET * RATE) * WIDTH)
            after = await self._recognize(onset, end, self._language or whole.language)
            if self._kept_until == begin and was_swallowed(before.text, whole.text, after.text):
                before = replace(before, language=whole.language)
                self._kept.append((before, (onset - begin) / BYTES_PER_SECOND))
                self._kept_until = begin = onset
                whole = after
        self._done.append(_Read(begin, end, whole))
        return whole

    async def _before(
        self, begin: int, seam: int, resumed: int, whole: Transcript
    ) -> Transcript | None:
        """The words from ``begin`` to the seam; None if there are none, or it is not worth it."""
        for read in self._done:
            if read.begin == begin and seam <= read.until < resumed:
                return read.words
        if seam <= begin or resumed - seam < LONG_SEAM * BYTES_PER_SECOND:
            return None
        # It came all at once, after a connection was lost: nobody has read it in the pause.
        until = min(seam + round(ONSET * RATE) * WIDTH, resumed)
        words = await self._recognize(begin, until, self._language or whole.language)
        self._done.append(_Read(begin, seam, words))
        return words

    def _spoken(self, begin: int, end: int) -> float:
        """How many seconds from ``begin`` to ``end`` are voiced."""
        return sum(self._voiced[begin // WINDOW_BYTES : end // WINDOW_BYTES]) * WINDOW_SECONDS

    async def _recognize(self, begin: int, end: int, language: str | None) -> Transcript:
        audio = Audio(bytes(self._audio[begin:end]))
        return await self._recognizer.transcribe(audio, language=language, terms=self._terms)

    async def _words_of(self, reading: _Reading) -> Transcript:
        """All words, once ``reading`` is done; who no longer waits for it does not stop it."""
        tail = await asyncio.shield(reading.task)
        return self._joined(None if reading.keeps else tail)

    def _language_for(self, seconds: float) -> str | None:
        if self._language:
            return self._language
        if self._kept:
            return max(self._kept, key=lambda item: item[1])[0].language
        return self._expected if seconds < SHORTEST_DETECTABLE else None

    def _keep(self, reading: _Reading, seconds: float) -> None:
        failed = reading.task.cancelled() or reading.task.exception() is not None
        if failed:
            if self._reading is reading:
                self._reading = None
        elif reading.keeps:
            self._kept.append((reading.task.result(), seconds))
            self._kept_until = reading.until

    def _joined(self, tail: Transcript | None = None) -> Transcript:
        """What is kept, and ``tail`` behind it."""
        parts = [part for part, _ in self._kept]
        spoken = [part for part in (*parts, tail) if part and part.text]
        if not spoken:
            return Transcript("", self._language or self._expected or "en", 0.0)
        longest = max(spoken, key=lambda part: len(part.text))
        letters = sum(len(part.text) for part in spoken)
        confidence = sum(part.confidence * len(part.text) for part in spoken) / letters
        return Transcript(" ".join(part.text for part in spoken), longest.language, confidence)

    def close(self) -> None:
        """Stop reading; nobody wants the words any more."""
        self._closed = True
        if self._reading:
            self._reading.task.cancel()
