"""The conversation so far in a few sentences, on demand."""

import asyncio
import logging
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from interviews.assessments import scoring_model, summary
from interviews.assessments.answers import Said, answers, record_language
from interviews.models import Interview
from voice.errors import EngineError

log = logging.getLogger(__name__)

TIMEOUT = 20.0
"""Seconds that a model may take while somebody waits; then the record itself is summed up."""
EVERY = 10
"""Seconds between two summaries that one person may ask of one interview."""


class TooManySummaries(Exception):
    """The last one was a moment ago."""


@dataclass(frozen=True, slots=True)
class Summary:
    """``by_model`` False: from the record alone."""

    text: str
    language: str
    by_model: bool


def so_far(interview: Interview, user: User) -> Summary:
    """Of an interview that ``user`` may see. Raises ``TooManySummaries``."""
    if not cache.add(f"summary:{interview.pk}:{user.pk}", True, EVERY):
        raise TooManySummaries
    said = answers(interview)
    language = record_language(interview, said)
    if scoring_model.is_there() and (text := async_to_sync(_written)(said, language)):
        return Summary(text, language, by_model=True)
    questions = len(interview.snapshot["guide"]["questions"])
    seconds = interview.clock(timezone.now())
    return Summary(summary.plain(said, seconds, questions, language), language, by_model=False)


async def _written(said: list[Said], language: str) -> str:
    try:
        async with asyncio.timeout(TIMEOUT), scoring_model.scoring_model() as model:
            return await summary.written(model, said, language)
    except TimeoutError:
        return ""
    except EngineError as error:
        log.warning("the model cannot sum up: %s", error)
        return ""
