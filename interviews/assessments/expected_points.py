"""The scorer that needs no model: which of the guide's expected points were named, and in which
words. It gives no level, for keywords bear none."""

from django.utils import translation
from django.utils.translation import gettext as _

from interviews.assessments.answers import Said
from interviews.conversation.coverage import findings
from interviews.conversation.questions import ExpectedPoint
from interviews.models import Interview, Score
from interviews.models.score import POINTS
from interviews.scoring.evidence import Quote
from interviews.scoring.injection import instructions, outside


def find(interview: Interview, competency: dict, said: list[Said], language: str) -> None:
    """Replaces what was found before."""
    points: dict[str, ExpectedPoint] = {}
    found: dict[str, dict[str, str | int]] = {}
    for each in said:
        question, text = each.question, each.utterance.text_said
        if question is None or question.competency != competency["slug"]:
            continue
        for point in question.expected_points:
            points[f"{question.slug}.{point.key}"] = point
        for start, part in outside(text, instructions(text)):
            for finding in findings(question.expected_points, part):
                begins = start + part.find(finding.quote)
                span = (begins, begins + len(finding.quote))
                quote = Quote(str(each.utterance.pk), finding.quote, *span)
                found.setdefault(f"{question.slug}.{finding.key}", quote.as_json())
    scores = Score.objects.filter(interview=interview, competency=competency["slug"], scorer=POINTS)
    if not found:
        scores.delete()
        return
    named = "; ".join(points[key].text[language] for key in found)
    with translation.override(language):
        rationale = _("Names %(named)d of %(expected)d expected points: %(points)s.") % {
            "named": len(found),
            "expected": len(points),
            "points": named,
        }
    Score.objects.update_or_create(
        interview=interview,
        competency=competency["slug"],
        scorer=POINTS,
        defaults={
            "competency_name": competency["name"],
            "level": None,
            "rationale": rationale,
            "evidence": list(found.values()),
            "valid": True,
            "details": {"named": sorted(found), "expected": sorted(points)},
        },
    )
