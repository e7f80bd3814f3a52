"""The results page in each of its states."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interviews.assessments.assessment import assess
from interviews.models import Interview, Score, Utterance
from interviews.tests.cast import interview, mina, rhea, signed_in

pytestmark = pytest.mark.django_db


def said(of: Interview, sequence: int, speaker: str, text: str, **fields) -> Utterance:
    start = sequence * 10_000
    return Utterance.objects.create(
        interview=of,
        sequence=sequence,
        speaker=speaker,
        language="en",
        text_said=text,
        start_ms=start,
        end_ms=start + 6_000,
        **{"text_heard": text, **fields},
    )


@pytest.fixture
def talk():
    """An interview with a question, an answer that names one of two points, and a cut reply."""
    made = interview(mina())
    made.start()
    slug = next(q["slug"] for q in made.snapshot["guide"]["questions"] if q["competency"])
    said(made, 1, "interviewer", "What did you do?", question=slug)
    said(made, 2, "candidate", "Um, I built the importer with two colleagues.")
    said(made, 3, "interviewer", "And what came of it?", text_heard="And what", interrupted=True)
    return made


def page(of: Interview, reader=None) -> str:
    client = signed_in(reader or of.candidate)
    return client.get(reverse("interviews:results", args=[of.pk])).content.decode()


def test_before_the_end_it_leads_back_to_the_room(talk):
    shown = page(talk)
    assert "This interview is not over yet" in shown
    assert reverse("interviews:room", args=[talk.pk]) in shown


def test_while_results_are_made_it_says_so(talk):
    talk.end("finished")
    assert "data-results-pending" in page(talk)


def test_assessment_that_never_came_is_not_waited_for(talk):
    talk.end("finished", timezone.now())
    Interview.objects.filter(pk=talk.pk).update(ended_at=timezone.now() - timedelta(hours=1))
    assert "data-results-pending" not in page(talk)


def test_finished_results_show_summary_feedback_and_evidence(talk):
    talk.end("finished")
    assess(talk.pk)
    shown = page(talk)
    assert "data-results-pending" not in shown
    question, _, quote = Interview.objects.get().summary.split("\n\n")[1].partition("\n")
    assert f"<h3>{question}</h3><p>{quote}</p>" in shown
    answer = talk.utterances.get(speaker="candidate")
    assert f'href="#u-{answer.pk}"' in shown
    assert f'id="u-{answer.pk}"' in shown
    assert "Says what they did" in shown
    assert "words a minute" in shown
    assert "format=vtt" in shown


def test_a_model_writes_its_summary_in_paragraphs_without_headings(talk):
    talk.end("finished")
    talk.summary = "They spoke of\nan importer.\n\nIt was <fast>."
    talk.save()
    shown = page(talk)
    assert "<p>They spoke of<br>an importer.</p>" in shown
    assert "<p>It was &lt;fast&gt;.</p>" in shown


def test_only_spoken_answers_have_a_time(talk):
    talk.end("finished")
    assert "You spoke" in page(talk)
    talk.utterances.filter(speaker="candidate").update(source="typed")
    assert "You spoke" not in page(talk)


def test_words_of_the_interview_are_marked_with_its_language(talk):
    talk.end("finished")
    assert '<h1 lang="en">' in page(talk)
    Interview.objects.filter(pk=talk.pk).update(language="auto")
    assert "<h1>" in page(talk)


def test_open_points_are_for_reviewers_only(talk):
    talk.end("finished")
    assess(talk.pk)
    assert "Names a result" not in page(talk)
    assert "Names a result" in page(talk, rhea())


def test_heard_and_cut_words_are_told_apart(talk):
    talk.end("finished")
    shown = page(talk)
    assert "And what<del" in shown
    assert "came of it?</del>" in shown


def test_invalid_scores_are_not_shown(talk):
    talk.end("finished")
    Score.objects.create(
        interview=talk, competency="delivery", scorer="x", valid=False, rationale="Withdrawn"
    )
    assert "Withdrawn" not in page(talk)


def test_markup_in_an_answer_stays_text(talk):
    said(talk, 4, "candidate", "<script>alert(1)</script>")
    talk.end("finished")
    assert "<script>alert(1)" not in page(talk)


def test_an_interview_without_a_word_says_so():
    made = interview(mina())
    made.end("abandoned")
    shown = page(made)
    assert "Nothing was said" in shown
    assert "The connection was lost for too long" in shown
