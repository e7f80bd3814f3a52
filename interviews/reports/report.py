"""What an interview showed, for one reader: what page, report and PDF are made of."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext

from accounts.models import User
from interviews.assessments import review, scoring_model
from interviews.assessments.answers import Said, answers
from interviews.assessments.reasons import NO_MODEL, reason_text
from interviews.models import Interview, Rating, Score
from interviews.models.score import POINTS, REVIEWER, RUBRIC
from interviews.reports.radar import Radar
from interviews.scoring.judgement import gate
from interviews.scoring.rubric import Competency as Anchored
from interviews.templatetags.interview import in_language

Audience = Literal["candidate", "reviewer"]
STRONG = 4
"""From this level on a competency counts as a strength."""


def clock(milliseconds: int) -> str:
    """``83500`` -> ``1:23``."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that were said, and when."""

    quote: str
    utterance: str
    clock: str


@dataclass(slots=True)
class CompetencyResult:
    """One competency for one reader. ``reason`` says why it has no level; ``hidden``: the reader
    has to rate it first. ``passes`` are the levels of the model's readings."""

    slug: str
    name: str
    level: int | None = None
    by_person: bool = False
    model_level: int | None = None
    confidence: float | None = None
    passes: list[int | None] = field(default_factory=list)
    rationale: str = ""
    reason: str = ""
    evidence: list[Evidence] = field(default_factory=list)
    points: list[dict[str, Any]] = field(default_factory=list)
    anchors: list[tuple[int, str]] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    tampered: bool = False
    hidden: bool = False
    levels_shown: bool = True

    @property
    def steps(self) -> list[bool]:
        return [step < (self.level or 0) for step in range(5)]

    @property
    def percent(self) -> int | None:
        return None if self.confidence is None else round(100 * self.confidence)

    @property
    def disagrees(self) -> bool:
        return len(set(self.passes)) > 1

    @property
    def anchor(self) -> str:
        return dict(self.anchors).get(self.level or 0, "")


class Report:
    """``audience`` "candidate" shows a reviewer what the candidate is shown."""

    def __init__(self, interview: Interview, reader: User, audience: Audience) -> None:
        self.interview = interview
        self.audience = audience
        self._for_candidate = audience == "candidate"
        scores = Score.objects.filter(interview=interview).visible_to(reader)
        if self._for_candidate and interview.candidate_id != reader.pk:
            allowed = Score.objects.filter(interview=interview).visible_to(interview.candidate)
            scores = scores.filter(pk__in=allowed.values("pk"))
        self._scores: dict[str, dict[str, Score]] = defaultdict(dict)
        for score in scores:
            self._scores[score.competency][score.scorer] = score
        self._ratings: dict[str, list[Rating]] = defaultdict(list)
        if not self._for_candidate:
            for rating in interview.ratings.select_related("reviewer"):
                self._ratings[rating.competency].append(rating)
        self.said: list[Said] = answers(interview)
        self._clocks = {str(s.utterance.pk): clock(s.utterance.start_ms) for s in self.said}
        sees = interview.snapshot["options"].get("candidate_sees", "everything")
        self.sees = sees if self._for_candidate else "everything"
        self._hidden = review.hidden_levels(interview, reader)
        self.competencies = [self._competency(data) for data in self._guide["competencies"]]

    @property
    def _guide(self) -> dict[str, Any]:
        guide: dict[str, Any] = self.interview.snapshot["guide"]
        return guide

    @property
    def shown(self) -> list[CompetencyResult]:
        """None of them where the candidate sees the transcript only."""
        return [] if self.sees == "transcript" else self.competencies

    @property
    def radar(self) -> Radar | None:
        return Radar.of([(each.name, each.level) for each in self.shown])

    @property
    def strengths(self) -> list[CompetencyResult]:
        strong = [each for each in self.shown if (each.level or 0) >= STRONG]
        return sorted(strong, key=lambda each: -(each.level or 0))

    @property
    def unassessed(self) -> list[CompetencyResult]:
        if self.sees != "everything":
            return []
        return [each for each in self.shown if each.level is None and not each.hidden]

    @property
    def flaws(self) -> list[dict[str, str]]:
        """Answers that could not be judged, and why."""
        if self.sees == "transcript":
            return []
        return [
            {
                "utterance": str(each.utterance.pk),
                "clock": clock(each.utterance.start_ms),
                "reason": reason_text(each.flaw),
                "quote": each.utterance.text_said[:80],
            }
            for each in self.said
            if each.flaw
        ]

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """The questions in the order in which they came, each until the next one."""
        texts = {q["slug"]: in_language(q["text"]) for q in self._guide["questions"]}
        rows = list(self.interview.utterances.order_by("sequence"))
        begins: list[tuple[str, int]] = []
        for row in rows:
            if row.question in texts and row.question not in [slug for slug, _ in begins]:
                begins.append((row.question, row.start_ms))
        end = max((row.end_ms or row.start_ms for row in rows), default=0)
        length = max(1, end)
        ends = [start for _, start in begins[1:]] + [end]
        return [
            {
                "text": texts[slug],
                "clock": clock(start),
                "length": clock(max(0, stop - start)),
                "x": round(100 * start / length, 1),
                "width": max(0.5, round(100 * max(0, stop - start) / length, 1)),
                "answers": sum(
                    bool(each.question and each.question.slug == slug) for each in self.said
                ),
            }
            for (slug, start), stop in zip(begins, ends, strict=True)
        ]

    def _competency(self, data: dict[str, Any]) -> CompetencyResult:
        slug = data["slug"]
        found = self._scores.get(slug, {})
        rubric, reviewer, points = (found.get(name) for name in (RUBRIC, REVIEWER, POINTS))
        made = CompetencyResult(slug, in_language(data["name"]))
        made.anchors = [
            (int(level), in_language(text)) for level, text in sorted(data["levels"].items())
        ]
        made.levels_shown = self.sees == "everything"
        made.hidden = slug in self._hidden
        if not made.hidden:
            made.ratings = self._ratings[slug]
        if points:
            made.points = self._points(points)
            made.evidence = self._evidence(points)
        if rubric:
            made.level = made.model_level = rubric.level if rubric.valid else None
            made.confidence = rubric.confidence
            made.rationale = rubric.rationale
            made.evidence = self._evidence(rubric) or made.evidence
            made.reason = reason_text(rubric.details.get("reason", ""))
            made.tampered = bool(rubric.details.get("excluded"))
            made.passes = [each.get("level") for each in rubric.details.get("passes", ())]
        if reviewer:
            made.level, made.by_person = reviewer.level, True
            made.rationale = reviewer.rationale
            made.reason = gettext("A reviewer found that it cannot be judged.")
        if made.level is None and not made.hidden and not made.reason and made.levels_shown:
            made.reason = self._why_not(data)
        return made

    def _why_not(self, data: dict[str, Any]) -> str:
        """What stands in the way of a level that nobody has given."""
        language = "en" if self.interview.language == "auto" else self.interview.language
        mine = [
            each.as_answer(language)
            for each in self.said
            if each.question and each.question.competency == data["slug"]
        ]
        _usable, reason = gate(Anchored.from_snapshot(data, language), mine, {})
        if reason:
            return reason_text(reason)
        return "" if scoring_model.is_there() else str(NO_MODEL)

    def _evidence(self, score: Score) -> list[Evidence]:
        return [
            Evidence(item.get("quote", ""), item["utterance"], self._clocks[item["utterance"]])
            for item in score.evidence
            if item.get("utterance") in self._clocks
        ]

    def _points(self, score: Score) -> list[dict[str, Any]]:
        """Expected points of the questions that were answered. What was left open is shown to
        reviewers only: to a candidate it would give the guide away."""
        texts = {
            f"{question['slug']}.{point['key']}": in_language(point["text"])
            for question in self._guide["questions"]
            for point in question["expected_points"]
        }
        named = set(score.details.get("named", ()))
        keys = score.details.get("named" if self._for_candidate else "expected", ())
        return [{"text": texts[key], "covered": key in named} for key in keys if key in texts]
