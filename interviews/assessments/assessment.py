"""What is made of the answers in the background: feedback, expected points, levels, the summary.

Levels are given by the scoring model on the guide's anchors, or by a person; without a model there
are none. Every function may be run again: it replaces what it made before, and asks no model twice
about the same words.
"""

import hashlib
import json
import logging
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from django.utils import timezone

from interviews.assessments import expected_points, scoring_model, summary
from interviews.assessments.answers import Said, answers, record_language
from interviews.assessments.delivery import measure
from interviews.assessments.reasons import reason_text
from interviews.conversation.coverage import findings
from interviews.models import AnswerFeedback, Assessment, Interview, Score, Utterance
from interviews.models.score import RUBRIC
from interviews.scoring.judgement import Answer, Judgement, judge
from interviews.scoring.rubric import Competency
from voice.engines import LanguageModel
from voice.errors import EngineError

log = logging.getLogger(__name__)


def assess(interview_id: uuid.UUID) -> None:
    """Feedback, scores and summary of an interview from its record, noted in its ``Assessment``.

    Raises ``EngineError`` if the scoring model cannot be reached: what was made until then stands.
    """
    interview = Interview.objects.get(id=interview_id)
    progress, _made = Assessment.objects.get_or_create(interview=interview)
    if interview.interprets:
        progress.note(status=Assessment.Status.DONE)
        return
    said = answers(interview)
    language = record_language(interview, said)
    competencies = interview.snapshot["guide"]["competencies"]
    progress.note(
        status=Assessment.Status.RUNNING,
        steps=len(competencies),
        done=0,
        attempts=progress.attempts + 1,
        problem="",
        model=scoring_model.name(),
    )
    _without_model(interview, said, language)
    if scoring_model.is_there():
        try:
            async_to_sync(_score_all)(interview, said, language, progress)
        except EngineError as error:
            log.warning("an interview could not be scored: %s", error)
            final = not error.retryable
            status = Assessment.Status.FAILED if final else Assessment.Status.WAITING
            progress.note(status=status, problem=error.code)
            raise
    progress.note(status=Assessment.Status.DONE, done=len(competencies))


def assess_without_model(interview_id: uuid.UUID) -> None:
    """What takes no model and hardly any time, so that nobody has to wait for it."""
    interview = Interview.objects.get(id=interview_id)
    if interview.interprets:
        return
    said = answers(interview)
    _without_model(interview, said, record_language(interview, said))


def _without_model(interview: Interview, said: list[Said], language: str) -> None:
    with transaction.atomic():
        _give_feedback(said)
        for competency in interview.snapshot["guide"]["competencies"]:
            expected_points.find(interview, competency, said, language)
        if not (interview.summary and scoring_model.is_there()):
            interview.summary = _plain_summary(interview, said, language)
            interview.save(update_fields=["summary"])


def assess_answer(utterance_id: uuid.UUID) -> None:
    """Feedback on one answer, and its competency's scores anew, while the interview goes on."""
    utterance = Utterance.objects.select_related("interview").get(id=utterance_id)
    interview = utterance.interview
    if interview.interprets:
        return
    said = answers(interview)
    language = record_language(interview, said)
    this = next(each for each in said if each.utterance.pk == utterance_id)
    competency = next(
        (
            each
            for each in interview.snapshot["guide"]["competencies"]
            if this.question and each["slug"] == this.question.competency
        ),
        None,
    )
    with transaction.atomic():
        _give_feedback([this])
        if competency:
            expected_points.find(interview, competency, said, language)
    if competency and scoring_model.is_there():
        async_to_sync(_score_one)(interview, competency, said, language)


async def _score_one(
    interview: Interview, competency: dict, said: list[Said], language: str
) -> None:
    async with scoring_model.scoring_model() as model:
        await _score(model, interview, competency, said, language, live=True)


async def _score_all(
    interview: Interview, said: list[Said], language: str, progress: Assessment
) -> None:
    async with scoring_model.scoring_model() as model:
        for number, competency in enumerate(interview.snapshot["guide"]["competencies"], 1):
            await _score(model, interview, competency, said, language, live=False)
            await sync_to_async(progress.note)(done=number)
        if text := await summary.written(model, said, language):
            await Interview.objects.filter(pk=interview.pk).aupdate(summary=text)


async def _score(
    model: LanguageModel,
    interview: Interview,
    data: dict,
    said: list[Said],
    language: str,
    *,
    live: bool,
) -> None:
    material = [
        each.as_answer(language)
        for each in said
        if each.question and each.question.competency == data["slug"]
    ]
    competency = Competency.from_snapshot(data, language)
    fingerprint = _fingerprint(competency, material)
    known = Score.objects.filter(interview=interview, competency=data["slug"], scorer=RUBRIC)
    if await known.filter(details__fingerprint=fingerprint).aexists():
        return
    judgement = await judge(model, competency, material, language)
    await sync_to_async(_store)(interview, data, judgement, language, fingerprint, live=live)


def _store(
    interview: Interview,
    data: dict,
    judgement: Judgement,
    language: str,
    fingerprint: str,
    *,
    live: bool,
) -> None:
    with transaction.atomic():
        row = Interview.objects.select_for_update().get(pk=interview.pk)
        if live and row.is_over:
            return  # The assessment of the whole is under way, and knows more.
        Score.objects.update_or_create(
            interview=interview,
            competency=judgement.competency,
            scorer=RUBRIC,
            defaults={
                "competency_name": data["name"],
                "level": judgement.level,
                "rationale": judgement.rationale,
                "evidence": [quote.as_json() for quote in judgement.evidence],
                "valid": judgement.valid,
                "confidence": judgement.confidence,
                "unassessable_reason": reason_text(judgement.reason, language),
                "details": {
                    "model": scoring_model.name(),
                    "reason": judgement.reason,
                    "passes": [each.as_json() for each in judgement.passes],
                    "excluded": judgement.excluded,
                    "fingerprint": fingerprint,
                },
                "created_at": timezone.now(),
            },
        )


def _fingerprint(competency: Competency, material: list[Answer]) -> str:
    told: list[Any] = [scoring_model.name(), asdict(competency), [asdict(a) for a in material]]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _give_feedback(said: Sequence[Said]) -> None:
    AnswerFeedback.objects.bulk_create(
        map(_feedback, said),
        update_conflicts=True,
        unique_fields=["utterance"],
        update_fields=["seconds", "words", "words_per_minute", "fillers", "covered_points"],
    )


def _feedback(said: Said) -> AnswerFeedback:
    utterance, question = said.utterance, said.question
    seconds = None
    if utterance.source == Utterance.Source.VOICE and utterance.end_ms is not None:
        seconds = (utterance.end_ms - utterance.start_ms) / 1000
    delivery = measure(utterance.text_said, utterance.language, seconds)
    points = question.expected_points if question else ()
    return AnswerFeedback(
        utterance=utterance,
        seconds=delivery.seconds,
        words=delivery.words,
        words_per_minute=delivery.words_per_minute,
        fillers=delivery.fillers,
        covered_points=[found.key for found in findings(points, utterance.text_said)],
    )


def _plain_summary(interview: Interview, said: list[Said], language: str) -> str:
    questions = len(interview.snapshot["guide"]["questions"])
    return summary.plain(said, interview.clock_seconds, questions, language)
