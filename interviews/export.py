"""Interviews as files, for reviewers who read them elsewhere."""

import io
import json
import zipfile

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from interviews.models import Interview

FACTS = ["id", "status", "language", "created_at", "started_at", "ended_at", "end_reason"]
SAID = ["id", "sequence", "speaker", "text_said", "text_heard", "source", "start_ms", "end_ms"]
SCORED = ["competency", "level", "rationale", "evidence", "scorer", "valid"]


def archive(interviews: QuerySet[Interview]) -> bytes:
    """A ZIP with one JSON file an interview: facts, transcript and scores."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        rows = interviews.select_related("candidate").prefetch_related("utterances", "scores")
        for interview in rows:
            document = {
                **{name: getattr(interview, name) for name in FACTS},
                "candidate": interview.candidate.email,
                "title": interview.snapshot.get("title", ""),
                "transcript": [
                    {name: getattr(row, name) for name in SAID}
                    for row in interview.utterances.all()
                ],
                "scores": [
                    {name: getattr(score, name) for name in SCORED}
                    for score in interview.scores.all()
                ],
            }
            text = json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            file.writestr(f"{interview.pk}.json", text)
    return packed.getvalue()
