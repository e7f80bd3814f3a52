"""What is made of the answers in the background: expected points with evidence, and feedback.

The scorer here finds the guide's expected points by their keywords. It cites the words that show a
point and gives no level: levels are a rubric's, and are given by people or by a scoring model.
Every function may be run again: it replaces what it made before.
"""

import logging
import uuid
from collections.abc import Iterable

from channels.db import database_sync_to_async
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interviews.coverage import findings
from interviews.delivery import measure
from interviews.guide import ExpectedPoint, Guide, Question
from interviews.models import AnswerFeedback, Interview, Score, Utterance

log = logging.getLogger(__name__)

SCORER = "expected-points"


async def assess_answer(utterance_id: uuid.UUID) -> None:
    """Feedback on one answer, and the scores of its competency anew. Never raises."""
    try:
        await database_sync_to_async(_assess_answer)(utterance_id)
    except Exception:
        log.exception("an answer could not be assessed")


async def assess_interview(interview_id: uuid.UUID) -> None:
    """Everything anew, and the summary. Never raises: it can be run again."""
    try:
        await database_sync_to_async(assess)(interview_id)
    except Exception:
        log.exception("an interview could not be assessed")


def assess(interview_id: uuid.UUID) -> None:
    """Make the feedback, scores and summary of an interview from its record."""
    interview = Interview.objects.get(id=interview_id)
    guide = Guide.from_snapshot(interview.snapshot)
    answers = _answers(interview, guide)
    with transaction.atomic():
        for utterance, question in answers:
            _give_feedback(utterance, question)
        for competency in interview.snapshot["guide"]["competencies"]:
            _score(interview, competency, answers)
        interview.summary = _summary(interview, guide, answers)
        interview.save(update_fields=["summary"])


_Answers = list[tuple[Utterance, Question | None]]


def _assess_answer(utterance_id: uuid.UUID) -> None:
    utterance = Utterance.objects.select_related("interview").get(id=utterance_id)
    interview = utterance.interview
    guide = Guide.from_snapshot(interview.snapshot)
    answers = _answers(interview, guide)
    question = next(asked for answer, asked in answers if answer.id == utterance_id)
    with transaction.atomic():
        _give_feedback(utterance, question)
        for competency in interview.snapshot["guide"]["competencies"]:
            if question and competency["slug"] == question.competency:
                _score(interview, competency, answers)


def _answers(interview: Interview, guide: Guide) -> _Answers:
    """The candidate's utterances, each with the question that stood when it was said."""
    question: Question | None = None
    answers: _Answers = []
    for utterance in interview.utterances.order_by("sequence"):
        if utterance.speaker == Utterance.Speaker.CANDIDATE:
            answers.append((utterance, question))
        elif utterance.question in guide.questions:
            question = guide.questions[utterance.question]
    return answers


def _give_feedback(utterance: Utterance, question: Question | None) -> None:
    seconds = None
    if utterance.source == Utterance.Source.VOICE and utterance.end_ms is not None:
        seconds = (utterance.end_ms - utterance.start_ms) / 1000
    delivery = measure(utterance.text_said, utterance.language, seconds)
    points = question.expected_points if question else ()
    AnswerFeedback.objects.update_or_create(
        utterance=utterance,
        defaults={
            "seconds": delivery.seconds,
            "words": delivery.words,
            "words_per_minute": delivery.words_per_minute,
            "fillers": delivery.fillers,
            "covered_points": [found.key for found in findings(points, utterance.text_said)],
        },
    )


def _score(interview: Interview, competency: dict, answers: _Answers) -> None:
    points: dict[str, ExpectedPoint] = {}
    found: dict[str, dict[str, str]] = {}
    for utterance, question in answers:
        if question is None or question.competency != competency["slug"]:
            continue
        for point in question.expected_points:
            points[f"{question.slug}.{point.key}"] = point
        for finding in findings(question.expected_points, utterance.text_said):
            key = f"{question.slug}.{finding.key}"
            found.setdefault(key, {"utterance": str(utterance.id), "quote": finding.quote})
    scores = Score.objects.filter(interview=interview, competency=competency["slug"], scorer=SCORER)
    if not found:
        scores.delete()
        return
    language = _language(interview)
    Score.objects.update_or_create(
        interview=interview,
        competency=competency["slug"],
        scorer=SCORER,
        defaults={
            "competency_name": competency["name"],
            "level": None,
            "rationale": _rationale(points, found, language),
            "evidence": list(found.values()),
            "valid": True,
            "details": {"named": sorted(found), "expected": sorted(points)},
        },
    )


def _rationale(points: dict[str, ExpectedPoint], found: Iterable[str], language: str) -> str:
    named = "; ".join(points[key].text[language] for key in found)
    with translation.override(language):
        return _("Names %(named)d of %(expected)d expected points: %(points)s.") % {
            "named": len(list(found)),
            "expected": len(points),
            "points": named,
        }


def _summary(interview: Interview, guide: Guide, answers: _Answers) -> str:
    asked = {question.slug for _utterance, question in answers if question}
    minutes = max(1, round(interview.clock_seconds / 60))
    with translation.override(_language(interview)):
        parts = [
            ngettext(
                "The interview took %(minutes)d minute.",
                "The interview took %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes},
            _("%(asked)d of %(questions)d questions were answered, in %(answers)d answers.")
            % {
                "asked": len(asked),
                "questions": len(guide.questions),
                "answers": len(answers),
            },
        ]
        named = [
            score.competency_name[_language(interview)]
            for score in interview.scores.filter(scorer=SCORER).order_by("competency")
        ]
        if named:
            parts.append(
                _("Expected points were named on: %(competencies)s.")
                % {"competencies": ", ".join(named)}
            )
    return " ".join(parts)


def _language(interview: Interview) -> str:
    return interview.language if interview.language in ("en", "ko") else "en"
