"""Interview guides in and out of YAML files."""

from pathlib import Path

import yaml
from django.db import transaction

from interviews.guides.document import GuideDocument, parse, validated
from interviews.models import Competency, InterviewGuide, Question, Rubric


def load(path: Path) -> GuideDocument:
    return parse(path.read_text(encoding="utf-8"), GuideDocument, source=path.name)


def render(document: GuideDocument) -> str:
    """The document as YAML, such that parsing it gives an equal document."""
    return yaml.safe_dump(
        document.model_dump(), allow_unicode=True, sort_keys=False, default_flow_style=False
    )


def store(
    document: GuideDocument, *, origin: str = InterviewGuide.Origin.FILE, approved: bool = False
) -> InterviewGuide:
    """Write the guide to the database, over whatever guide has its slug, as a draft.

    ``approved`` is for what is shipped, which has been looked at. Questions and competencies that
    the document lacks are deleted, others keep their rows. Interviews that exist are not touched:
    they hold a copy.
    """
    with transaction.atomic():
        guide, _ = InterviewGuide.objects.update_or_create(
            slug=document.slug,
            defaults={
                "title_en": document.title.en,
                "title_ko": document.title.ko,
                "description": document.description,
                "origin": origin,
            },
        )
        if approved:
            guide.approve()
        else:
            guide.reopen()
        Rubric.objects.get_or_create(guide=guide, defaults={"name": document.title.en})
        guide.questions.exclude(slug__in=[one.slug for one in document.questions]).delete()
        guide.competencies.exclude(slug__in=[one.slug for one in document.competencies]).delete()
        competencies = {
            one.slug: Competency.objects.update_or_create(
                guide=guide,
                slug=one.slug,
                defaults={
                    "order": order,
                    "name_en": one.name.en,
                    "name_ko": one.name.ko,
                    "description_en": one.description.en,
                    "description_ko": one.description.ko,
                    "levels": {str(level): text.model_dump() for level, text in one.levels.items()},
                },
            )[0]
            for order, one in enumerate(document.competencies)
        }
        for order, one in enumerate(document.questions):
            Question.objects.update_or_create(
                guide=guide,
                slug=one.slug,
                defaults={
                    "order": order,
                    "kind": one.kind,
                    "competency": competencies.get(one.competency or ""),
                    "text_en": one.text.en,
                    "text_ko": one.text.ko,
                    "seconds": one.seconds,
                    "max_probes": one.max_probes,
                    "expects": one.expects,
                    "answer_seconds": one.answer_seconds,
                    "expected_points": [point.model_dump() for point in one.expected_points],
                    "probes": [probe.model_dump() for probe in one.probes],
                },
            )
    return guide


def dump(guide: InterviewGuide) -> str:
    """A stored guide as YAML; GuideFileError if it breaks the rules of a file."""
    snapshot = guide.snapshot() | {"description": guide.description}
    del snapshot["status"]
    for competency in snapshot["competencies"]:
        # JSON has no integer keys.
        competency["levels"] = {int(level): text for level, text in competency["levels"].items()}
    return render(validated(snapshot, GuideDocument, source=guide.slug))
