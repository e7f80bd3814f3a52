import pytest

from interviews.assessments.assessment import assess
from interviews.models import AnswerFeedback, Interview, Score, Utterance
from interviews.models.score import POINTS
from interviews.tests.cast import mina
from interviews.tests.snapshots import snapshot

pytestmark = pytest.mark.django_db


def interview(*said: tuple[str, str, str], language: str = "en") -> Interview:
    """``said``: (speaker, question, text) in order."""
    made = Interview.objects.create(candidate=mina(), snapshot=snapshot(), language=language)
    for sequence, (speaker, question, text) in enumerate(said, 1):
        Utterance.objects.create(
            interview=made,
            sequence=sequence,
            speaker=speaker,
            question=question,
            text_said=text,
            text_heard=text,
            language=language,
            start_ms=sequence * 10_000,
            end_ms=sequence * 10_000 + 6_000,
        )
    return made


def test_a_score_cites_the_words_that_show_it_and_gives_no_level() -> None:
    made = interview(
        ("interviewer", "first", "What about first?"),
        ("candidate", "", "Last year I built a cache and pages were forty percent faster."),
    )
    assess(made.pk)
    score = Score.objects.get(interview=made)
    assert score.scorer == POINTS
    assert score.level is None
    answer = made.utterances.get(speaker="candidate")
    assert len(score.evidence) == 2
    for evidence in score.evidence:
        assert evidence["utterance"] == str(answer.pk)
        assert evidence["quote"] in answer.text_said
    assert score.details["expected"] == ["first.action", "first.result"]


def test_without_evidence_there_is_no_score() -> None:
    made = interview(
        ("interviewer", "first", "What about first?"), ("candidate", "", "Hard to say really.")
    )
    assess(made.pk)
    assert not made.scores.exists()
    assert AnswerFeedback.objects.filter(utterance__interview=made).count() == 1


def test_words_before_the_question_are_no_answer_to_it() -> None:
    made = interview(
        ("candidate", "", "I built it, ten percent faster."),
        ("interviewer", "first", "What about first?"),
    )
    assess(made.pk)
    assert not made.scores.exists()


def test_the_interviewers_own_words_are_no_evidence() -> None:
    made = interview(("interviewer", "first", "I built it and it is ten percent faster."))
    assess(made.pk)
    assert not made.scores.exists()


def test_assessing_again_replaces_and_does_not_add() -> None:
    made = interview(
        ("interviewer", "first", "What about first?"),
        ("candidate", "", "I built it."),
        ("interviewer", "second", "What about second?"),
        ("candidate", "", "It was ten percent faster."),
    )
    assess(made.pk)
    assess(made.pk)
    score = made.scores.get()
    assert score.details["named"] == ["first.action", "second.result"]
    assert AnswerFeedback.objects.filter(utterance__interview=made).count() == 2


def test_delivery_is_feedback_and_never_in_a_score() -> None:
    slow = interview(
        ("interviewer", "first", "What about first?"),
        ("candidate", "", "Um, I built it, you know."),
    )
    assess(slow.pk)
    feedback = AnswerFeedback.objects.get(utterance__interview=slow)
    assert feedback.seconds == 6.0
    assert feedback.words_per_minute == 60.0
    assert feedback.fillers == {"um": 1, "you know": 1}
    score = slow.scores.get()
    told = f"{score.rationale} {score.details}"
    assert "60" not in told
    assert "um" not in told.lower().split()


def test_korean_is_read_and_summed_up_in_korean() -> None:
    made = interview(
        ("interviewer", "first", "first에 대해 말씀해 주시겠어요?"),
        ("candidate", "", "제가 캐시를 만들었고 사십 퍼센트 빨라졌습니다."),
        language="ko",
    )
    assess(made.pk)
    made.refresh_from_db()
    assert "제가 캐시를 만들었고" in made.summary
    score = made.scores.get()
    assert len(score.evidence) == 2
    assert "결과를 말한다" in score.rationale
