"""What the results page shows of one interview, put into the reader's language."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from interviews.assessment import SCORER
from interviews.models import AnswerFeedback, Interview, Score, Utterance
from interviews.templatetags.interview import in_language

PENDING_FOR = timedelta(minutes=5)
"""Assessment that has not come by then will not come by itself."""
LEVELS = 5


def clock(milliseconds: int) -> str:
    """``83500`` -> ``1:23``."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02}"


class Results:
    """One interview's results for one reader; queries once a kind of row."""

    def __init__(self, interview: Interview, *, is_candidate: bool):
        self.interview = interview
        self.is_candidate = is_candidate
        self.rows: list[Utterance] = list(interview.utterances.order_by("sequence"))
        self.feedback: dict[Any, AnswerFeedback] = {
            feedback.utterance_id: feedback
            for feedback in AnswerFeedback.objects.filter(utterance__interview=interview)
        }
        self.scores: list[Score] = list(
            interview.scores.filter(valid=True).order_by("competency", "scorer")
        )

    @property
    def state(self) -> str:
        """``open``, ``pending`` (assessment is under way) or ``ready``."""
        if not self.interview.is_over:
            return "open"
        answered = any(row.speaker == "candidate" for row in self.rows)
        ended = self.interview.ended_at
        recent = ended is not None and timezone.now() - ended < PENDING_FOR
        if answered and recent and not self.interview.summary:
            return "pending"
        return "ready"

    @property
    def ending(self) -> str:
        """Why it ended, where that needs a word."""
        return {
            "time_up": gettext("The time was up before every question was asked."),
            "abandoned": gettext(
                "The connection was lost for too long, so the interview ended there."
                " What was said until then is kept."
            ),
            "failed": gettext(
                "The interview ended early because of a fault on our side."
                " What was said until then is kept."
            ),
        }.get(self.interview.end_reason or "", "")

    @property
    def timing(self) -> list[dict[str, str]]:
        answers = [row for row in self.rows if row.speaker == "candidate"]
        if not answers:
            return []
        spoken = sum(max(0, (row.end_ms or row.start_ms) - row.start_ms) for row in answers)
        facts = [
            (gettext("Length"), clock(int(self.interview.clock_seconds * 1000))),
            (
                gettext("You spoke") if self.is_candidate else gettext("Candidate spoke"),
                clock(spoken),
            ),
            (gettext("Answers"), str(len(answers))),
        ]
        return [{"label": label, "value": value} for label, value in facts]

    @property
    def utterances(self) -> list[dict[str, Any]]:
        return [self.utterance(row) for row in self.rows]

    def utterance(self, row: Utterance) -> dict[str, Any]:
        """A transcript entry; ``cut`` is what the interviewer had prepared but nobody heard."""
        said = row.text_said
        heard = said if row.speaker == "candidate" else row.text_heard
        cut = said[len(heard) :].strip() if said.startswith(heard) else ""
        return {
            "pk": row.pk,
            "speaker": row.speaker,
            "heard": heard,
            "cut": cut,
            "language": row.language if row.language in ("en", "ko") else "",
            "source": row.source,
            "interrupted": row.interrupted,
            "clock": clock(row.start_ms),
            "audio_seconds": None if row.audio_start_ms is None else row.audio_start_ms / 1000,
            "feedback_facts": self.feedback_facts(row),
        }

    def feedback_facts(self, row: Utterance) -> list[str]:
        feedback = self.feedback.get(row.pk)
        if feedback is None:
            return []
        facts = []
        if row.source == "voice":
            seconds = round(feedback.seconds)
            facts.append(ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds})
        facts.append(ngettext("%(n)d word", "%(n)d words", feedback.words) % {"n": feedback.words})
        if row.source == "voice" and feedback.words_per_minute:
            pace = round(feedback.words_per_minute)
            facts.append(gettext("%(n)d words a minute") % {"n": pace})
        if fillers := filler_words(feedback.fillers):
            facts.append(gettext("Fillers: %(words)s") % {"words": fillers})
        return facts

    @property
    def competencies(self) -> list[dict[str, Any]]:
        """The guide's competencies that have a score, with their scores."""
        by_slug: dict[str, list[Score]] = {}
        for score in self.scores:
            by_slug.setdefault(score.competency, []).append(score)
        names = {
            competency["slug"]: in_language(competency["name"])
            for competency in self.interview.snapshot["guide"]["competencies"]
        }
        order = [slug for slug in names if slug in by_slug]
        order += [slug for slug in by_slug if slug not in names]
        return [
            {
                "slug": slug,
                "name": names.get(slug) or in_language(by_slug[slug][0].competency_name),
                "scores": [self.score(score) for score in by_slug[slug]],
            }
            for slug in order
        ]

    def score(self, score: Score) -> dict[str, Any]:
        known = {str(row.pk) for row in self.rows}
        return {
            "level": score.level,
            "steps": [step < (score.level or 0) for step in range(LEVELS)],
            "rationale": score.rationale,
            "reason": score.unassessable_reason,
            "scorer": {SCORER: gettext("a search for the expected points of the guide")}.get(
                score.scorer, score.scorer
            ),
            "points": self.points(score),
            "evidence": [
                {
                    "quote": item.get("quote", ""),
                    "utterance": item["utterance"] if item.get("utterance") in known else None,
                }
                for item in score.evidence
            ],
        }

    def points(self, score: Score) -> list[dict[str, Any]]:
        """Expected points of the questions that were answered. What was left open is shown to
        reviewers only: to a candidate it would give the guide away."""
        texts = {
            f"{question['slug']}.{point['key']}": in_language(point["text"])
            for question in self.interview.snapshot["guide"]["questions"]
            for point in question["expected_points"]
        }
        named = set(score.details.get("named", ()))
        keys = score.details.get("named" if self.is_candidate else "expected", ())
        return [{"text": texts[key], "covered": key in named} for key in keys if key in texts]

    @property
    def downloads(self) -> list[dict[str, str]]:
        url = f"/api/v1/interviews/{self.interview.pk}/transcript/"
        return [
            {"label": kind.upper(), "url": f"{url}?format={kind}", "name": f"interview.{kind}"}
            for kind in ("txt", "srt", "vtt", "json")
        ]


def filler_words(fillers: Mapping[str, int] | list[str]) -> str:
    """``{"um": 2}`` -> ``um ×2``."""
    if not isinstance(fillers, Mapping):
        return ", ".join(fillers)
    return ", ".join(f"{word} ×{count}" for word, count in fillers.items())
