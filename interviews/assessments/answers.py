"""An interview's record as answers to questions: what scores, feedback and reports read."""

from dataclasses import dataclass

from interviews.conversation.guide import Guide
from interviews.conversation.questions import Question
from interviews.conversation.validity import Flaw, flaw
from interviews.models import Interview, Utterance
from interviews.scoring.judgement import Answer

REMEMBERED = 2
"""How many of the interviewer's last utterances an echo may come from."""


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance of the candidate, the question that stood when it was said, and its flaw."""

    utterance: Utterance
    question: Question | None
    flaw: Flaw | None

    def as_answer(self, language: str) -> Answer:
        question = self.question
        return Answer(
            utterance=str(self.utterance.pk),
            question=question.text.get(language, "") if question else "",
            text=self.utterance.text_said,
            flaw=self.flaw,
            confidence=self.utterance.confidence if self.utterance.source == "voice" else None,
            points=question.expected_points if question else (),
        )


def answers(interview: Interview) -> list[Said]:
    """In order; the question's wording is the guide's, not what a model made of it."""
    if interview.interprets:
        return []
    guide = Guide.from_snapshot(interview.snapshot)
    question: Question | None = None
    before: list[str] = []
    found = []
    for row in interview.utterances.order_by("sequence"):
        if row.speaker == Utterance.Speaker.CANDIDATE:
            wrong = flaw(
                row.text_said,
                expected_language=interview.language,
                confidence=row.confidence if row.source == Utterance.Source.VOICE else None,
                before=" ".join(before[-REMEMBERED:]) if row.source == "voice" else "",
                lost=row.audio_lost,
            )
            found.append(Said(row, question, wrong))
        else:
            before.append(row.text_said)
            question = guide.questions.get(row.question, question)
    return found


def record_language(interview: Interview, said: list[Said]) -> str:
    """What scores and summary are written in: the interview's language, else the candidate's."""
    if interview.language in ("en", "ko"):
        return interview.language
    spoken = [each.utterance.language for each in said]
    return "ko" if spoken.count("ko") > spoken.count("en") else "en"
