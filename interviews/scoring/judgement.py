"""One competency judged: two passes of a scoring model, and the gates that stand after them.

A level is given only if both passes quote words that were said, agree within one level, and claim
no more than the amount of evidence bears. Whatever fails a gate is left to a person.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean
from typing import Any

from interviews.conversation.coverage import findings
from interviews.conversation.questions import ExpectedPoint
from interviews.conversation.validity import Flaw, size
from interviews.scoring.evidence import Quote, Span, locate, overlaps
from interviews.scoring.injection import instructions, mentions, without
from interviews.scoring.rubric import (
    LONGEST_RATIONALE,
    MAX_TOKENS,
    SCHEMA,
    Competency,
    Material,
    messages,
)
from voice.engines import LanguageModel
from voice.errors import EngineError

AGREED, CLOSE = 0.9, 0.55
"""Confidence of two passes that give the same level, or neighbouring ones."""
TAMPERED = 0.8
"""What is left of it where somebody tried to instruct the scorer."""
BOUNDS = ((20.0, 2), (40.0, 3), (60.0, 4))
"""Fewer words than this bear no more than this level."""
UNCOVERED_BOUND = 3
"""The highest level of answers that name none of the guide's expected points."""


class Reason(StrEnum):
    """Why a competency has no level. A ``Flaw`` of the answers is the other kind of reason."""

    NO_ANSWER = "no_answer"
    NO_ANCHORS = "no_anchors"
    NOT_SHOWN = "not_shown"
    QUOTE_NOT_FOUND = "quote_not_found"
    NO_EVIDENCE = "no_evidence"
    BEYOND_EVIDENCE = "beyond_evidence"
    PASSES_DISAGREE = "passes_disagree"
    INJECTION = "injection"
    MALFORMED = "malformed"


UNABLE = frozenset(("malformed", "empty"))
"""What an engine's answer is when the model is too weak for the task."""
INVALID = frozenset((Reason.QUOTE_NOT_FOUND, Reason.NO_EVIDENCE, Reason.BEYOND_EVIDENCE))
"""Reasons for which a model's level was thrown away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the candidate said to a question, and what is wrong with our record of it, if anything.

    ``confidence`` is the recognizer's, None for typed words.
    """

    utterance: str
    question: str
    text: str
    flaw: Flaw | None = None
    confidence: float | None = None
    points: tuple[ExpectedPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass made of it; ``problem`` is why it cannot count."""

    level: int | None
    rationale: str
    evidence: tuple[Quote, ...] = ()
    problem: Reason | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "rationale": self.rationale,
            "evidence": [quote.as_json() for quote in self.evidence],
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """``level`` None: not assessable, for ``reason`` (a ``Reason`` or ``Flaw``).

    ``confidence`` (0-1) is computed from agreement and transcription, not claimed by the model;
    ``excluded`` are spans that tried to instruct the scorer, by utterance.
    """

    competency: str
    level: int | None = None
    rationale: str = ""
    evidence: tuple[Quote, ...] = ()
    confidence: float | None = None
    reason: str = ""
    passes: tuple[Pass, ...] = ()
    excluded: dict[str, list[Span]] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return self.reason not in INVALID


async def judge(
    model: LanguageModel, competency: Competency, answers: Sequence[Answer], language: str
) -> Judgement:
    """Raises ``EngineError`` if the model cannot be reached or does not answer in shape."""
    excluded = {a.utterance: spans for a in answers if (spans := instructions(a.text))}
    usable, reason = gate(competency, answers, excluded)
    if reason:
        return Judgement(competency.slug, reason=reason, excluded=excluded)
    labels = {f"A{number}": answer for number, answer in enumerate(usable, 1)}
    both = await asyncio.gather(
        _ask(model, competency, labels, excluded, language, second=False),
        _ask(model, competency, labels, excluded, language, second=True),
    )
    bound = ceiling(usable, excluded)
    return _combined(competency, [_bounded(each, bound) for each in both], usable, excluded)


async def attempted(
    model: LanguageModel, competency: Competency, answers: Sequence[Answer], language: str
) -> Judgement:
    """Like ``judge``, but a model that cannot answer in shape has given no level."""
    try:
        return await judge(model, competency, answers, language)
    except EngineError as error:
        if error.code not in UNABLE:
            raise
        return Judgement(competency.slug, reason=Reason.MALFORMED)


def gate(
    competency: Competency, answers: Sequence[Answer], excluded: dict[str, list[Span]]
) -> tuple[list[Answer], str]:
    """The answers that may be judged, or why none of them may."""
    if not competency.is_anchored:
        return [], Reason.NO_ANCHORS
    if not answers:
        return [], Reason.NO_ANSWER
    flaws = [answer.flaw for answer in answers if answer.flaw and answer.flaw != Flaw.TOO_SHORT]
    sound = [a for a in answers if a.flaw in (None, Flaw.TOO_SHORT)]
    clean = {a.utterance: _clean(a, excluded) for a in sound}
    if all(answer.flaw for answer in answers):
        return [], flaws[0] if flaws else Flaw.TOO_SHORT
    # A short reply to a follow-up is read together with the answer that it belongs to.
    kept = [a for a in sound if clean[a.utterance].strip()]
    if any(size(clean[a.utterance]) >= 6 for a in kept):
        return kept, ""
    return [], Reason.INJECTION if excluded else Flaw.TOO_SHORT


def ceiling(answers: Sequence[Answer], excluded: dict[str, list[Span]]) -> int:
    """The highest level that the amount of evidence bears, whatever a model says."""
    texts = [(answer, _clean(answer, excluded)) for answer in answers]
    words = sum(size(text) for _, text in texts)
    bound = next((level for fewer, level in BOUNDS if words < fewer), 5)
    expected = any(answer.points for answer, _ in texts)
    named = any(findings(answer.points, text) for answer, text in texts)
    return bound if named or not expected else min(bound, UNCOVERED_BOUND)


def _clean(answer: Answer, excluded: dict[str, list[Span]]) -> str:
    return without(answer.text, excluded.get(answer.utterance, ()))


async def _ask(
    model: LanguageModel,
    competency: Competency,
    labels: dict[str, Answer],
    excluded: dict[str, list[Span]],
    language: str,
    *,
    second: bool,
) -> Pass:
    material = []
    for label, answer in labels.items():
        text = _clean(answer, excluded)
        if second:
            text = without(text, mentions(text))
        material.append(Material(label, answer.question, " ".join(text.split())))
    asked = messages(competency, material, language, descending=second)
    found = await model.structured(asked, SCHEMA, max_tokens=MAX_TOKENS)
    return _checked(found, labels, excluded)


def _checked(
    found: dict[str, Any], labels: dict[str, Answer], excluded: dict[str, list[Span]]
) -> Pass:
    """What a model answered, held against what was said."""
    rationale = str(found["rationale"])[:LONGEST_RATIONALE].strip()
    level = found["level"] if found["assessable"] else None
    if level is None:
        return Pass(None, rationale)
    evidence: dict[tuple[str, int, int], Quote] = {}
    for item in found["evidence"]:
        answer = labels.get(item["answer"])
        span = locate(item["quote"], answer.text) if answer else None
        if answer is None or span is None:
            return Pass(level, rationale, problem=Reason.QUOTE_NOT_FOUND)
        if overlaps(span, excluded.get(answer.utterance, ())):
            return Pass(level, rationale, problem=Reason.INJECTION)
        quote = Quote(answer.utterance, answer.text[slice(*span)], *span)
        evidence[quote.utterance, *span] = quote
    problem = None if evidence else Reason.NO_EVIDENCE
    return Pass(level, rationale, tuple(evidence.values()), problem)


def _bounded(made: Pass, bound: int) -> Pass:
    if made.problem or made.level is None or made.level <= bound:
        return made
    return Pass(made.level, made.rationale, made.evidence, Reason.BEYOND_EVIDENCE)


def _combined(
    competency: Competency,
    passes: Sequence[Pass],
    answers: Sequence[Answer],
    excluded: dict[str, list[Span]],
) -> Judgement:
    first, second = passes

    def without_level(reason: str) -> Judgement:
        return Judgement(competency.slug, reason=reason, passes=(first, second), excluded=excluded)

    if problem := first.problem or second.problem:
        return without_level(problem)
    if first.level is None and second.level is None:
        return without_level(Reason.NOT_SHOWN)
    if first.level is None or second.level is None or abs(first.level - second.level) > 1:
        return without_level(Reason.PASSES_DISAGREE)
    # Between two neighbours the lower one: a level counts when it is shown in full.
    chosen = first if first.level <= second.level else second
    agreement = AGREED if first.level == second.level else CLOSE
    heard = [1.0 if a.confidence is None else a.confidence for a in answers]
    confidence = agreement * fmean(heard) * (TAMPERED if excluded else 1.0)
    # What the second pass did not read may have been an attempt on the first: no evidence either.
    unread = {answer.utterance: mentions(answer.text) for answer in answers}
    quotes = [q for q in first.evidence if not overlaps((q.start, q.end), unread[q.utterance])]
    merged = {(q.utterance, q.start, q.end): q for q in (*quotes, *second.evidence)}
    return Judgement(
        competency.slug,
        level=chosen.level,
        rationale=chosen.rationale,
        evidence=tuple(merged.values()),
        confidence=round(confidence, 2),
        passes=(first, second),
        excluded=excluded,
    )
