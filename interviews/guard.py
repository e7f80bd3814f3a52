"""The guard of one interview: what either side says is judged, in the background."""

import asyncio
import logging
import uuid
from dataclasses import dataclass

from django.db import Error as DatabaseError

from interviews.alerts import raise_alert
from interviews.models import Utterance
from interviews.moderation import moderator
from voice.engines import Verdict
from voice.errors import EngineError
from voice.events import CandidateWords, Event, InterviewerWords, SoundCleared, SoundEnded

log = logging.getLogger(__name__)

DANGER = 3
TIMEOUT = 10.0
"""Seconds that a moderator may take."""
RETRIES = (1.0, 4.0)
"""Seconds to wait before each further try: danger that is told late is better than never."""
DOUBTED = 0.6
"""A recognizer's confidence below which words may well be others: nothing ends on them alone."""


@dataclass(frozen=True, slots=True)
class Said:
    """The final words of one utterance."""

    utterance: str
    text: str
    by_candidate: bool


class Guard:
    """Puts the words of each utterance together."""

    def __init__(self) -> None:
        self._interviewer: dict[str, str] = {}

    def take(self, event: Event) -> Said | None:
        """The utterance that is final with ``event``, if one is."""
        match event:
            case CandidateWords(utterance=utterance, text=text, is_final=True):
                return Said(utterance, text, by_candidate=True)
            case InterviewerWords(utterance=utterance, text=text):
                self._interviewer[utterance] = self._interviewer.get(utterance, "") + text
            case SoundEnded(utterance=utterance) | SoundCleared(utterance=utterance):
                if text := self._interviewer.pop(utterance, ""):
                    return Said(utterance, text, by_candidate=False)
        return None


async def judge(said: Said, language: str) -> Verdict:
    """Judge an utterance and raise the alert that it calls for. Never raises: what cannot be
    judged in the end is no alert, and a line in the log."""
    for wait in (*RETRIES, None):
        try:
            async with asyncio.timeout(TIMEOUT):
                verdict = await moderator().judge(said.text, language)
            break
        except (EngineError, TimeoutError) as error:
            final = isinstance(error, EngineError) and not error.retryable
            if wait is None or final:
                log.warning("an utterance could not be judged: %r", error)
                return Verdict()
        await asyncio.sleep(wait)
    if verdict.level:
        await raise_alert(uuid.UUID(said.utterance), verdict)
    return verdict


async def is_doubtful(said: Said) -> bool:
    """Whether the words may not be those that were said; what was typed is. The answer is on disk
    before its words are final. A database that cannot tell is no reason to doubt a danger."""
    try:
        row = await Utterance.objects.filter(id=said.utterance).values_list("confidence").afirst()
    except DatabaseError:
        log.exception("how sure the recognizer was is not known")
        return False
    confidence = row[0] if row else None
    return confidence is not None and confidence < DOUBTED
