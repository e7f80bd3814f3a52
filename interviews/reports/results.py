"""What the results page shows of one interview, put into the reader's language."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext

from accounts.models import User
from interviews.assessments import review
from interviews.models import AnswerFeedback, Assessment, Interview, Utterance
from interviews.reports.report import Report, clock

PENDING_FOR = timedelta(minutes=5)
"""Assessment that has not come by then will not come by itself."""


class Results:
    """One interview's results for one reader; queries once a kind of row."""

    def __init__(self, interview: Interview, reader: User):
        self.interview = interview
        self.is_candidate = interview.candidate_id == reader.pk
        self.report = Report(interview, reader, "candidate" if self.is_candidate else "reviewer")
        self.may_rate = interview.is_over and review.may_review(reader, interview)
        self.rows: list[Utterance] = list(
            interview.utterances.select_related("alert").order_by("sequence")
        )
        self.feedback: dict[Any, AnswerFeedback] = {
            feedback.utterance_id: feedback
            for feedback in AnswerFeedback.objects.filter(utterance__interview=interview)
        }
        self.flaws = {each["utterance"]: each["reason"] for each in self.report.flaws}

    @cached_property
    def state(self) -> str:
        """``open``, ``pending`` (assessment is under way) or ``ready``."""
        if not self.interview.is_over:
            return "open"
        if self.assessment is not None:
            under_way = self.assessment.status in ("waiting", "running")
            return "pending" if under_way and not self.is_late(self.assessment) else "ready"
        answered = any(row.speaker == "candidate" for row in self.rows)
        ended = self.interview.ended_at
        recent = ended is not None and timezone.now() - ended < PENDING_FOR
        return "pending" if answered and recent and not self.interview.summary else "ready"

    def is_late(self, assessment: Assessment) -> bool:
        return timezone.now() - assessment.updated_at > PENDING_FOR

    @cached_property
    def assessment(self) -> Assessment | None:
        return Assessment.objects.filter(interview=self.interview).first()

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
        facts = [(gettext("Length"), clock(int(self.interview.clock_seconds * 1000)))]
        if spoken := [row for row in answers if row.source == "voice"]:
            label = gettext("You spoke") if self.is_candidate else gettext("Candidate spoke")
            length = sum(max(0, (row.end_ms or row.start_ms) - row.start_ms) for row in spoken)
            facts.append((label, clock(length)))
        facts.append((gettext("Answers"), str(len(answers))))
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
            "flaw": self.flaws.get(str(row.pk), ""),
            "grounds": [] if self.is_candidate else row.grounds,
            "alert": None if self.is_candidate else getattr(row, "alert", None),
        }

    def feedback_facts(self, row: Utterance) -> list[str]:
        feedback = self.feedback.get(row.pk)
        if feedback is None or self.report.sees == "transcript":
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
