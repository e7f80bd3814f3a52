"""The guard of one interview: what either side says is judged, in the background."""

import asyncio
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from interviews.alerts import raise_alert
from interviews.moderation import moderator
from voice.engines import Verdict
from voice.errors import EngineError
from voice.events import CandidateWords, Event, InterviewerWords, SoundCleared, SoundEnded

log = logging.getLogger(__name__)

DANGER = 3
TIMEOUT = 10.0
"""Seconds that a moderator may take."""

# The numbers are written as they are to be said; the notice "help" holds them in digits.
FAREWELL: Mapping[str, str] = {
    "en": (
        "I am concerned about what you just said, and your safety matters more than this "
        "interview, so I will stop here. This is not a judgement of you. "
        "If you or somebody else is in danger, please call the emergency number now. "
        "You can talk to somebody at any time: in the United States at nine eight eight, "
        "in the United Kingdom and Ireland at one one six, one two three. "
        "A person from our team has been told. Please take care."
    ),
    "ko": (
        "방금 하신 말씀이 걱정됩니다. 면접보다 안전이 더 중요하므로 여기서 마치겠습니다. "
        "지원자님을 평가하는 것이 아닙니다. "
        "본인이나 다른 분이 위험하다면 지금 바로 일일이나 일일구로 전화해 주세요. "
        "자살예방 상담전화 일공구에서는 언제든지 이야기하실 수 있습니다. "
        "담당자에게도 알렸습니다. 부디 몸조심하세요."
    ),
}


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
    """Judge an utterance and raise the alert that it calls for. Never raises."""
    try:
        async with asyncio.timeout(TIMEOUT):
            verdict = await moderator().judge(said.text, language)
    except (EngineError, TimeoutError) as error:
        log.warning("an utterance could not be judged: %s", error)
        return Verdict()
    if verdict.level:
        await raise_alert(uuid.UUID(said.utterance), verdict)
    return verdict
