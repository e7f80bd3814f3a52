"""Interviews as files, for reviewers who read them elsewhere."""

import io
import json
import zipfile
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Prefetch, QuerySet

from accounts.models import User
from interviews.models import Alert, Interview, Score

FACTS = ["id", "status", "language", "created_at", "started_at", "ended_at", "end_reason"]
SAID = [
    "id",
    "sequence",
    "speaker",
    "language",
    "text_said",
    "text_heard",
    "translates_id",
    "source",
    "start_ms",
    "end_ms",
]
FOUND = ["level", "categories", "confidence"]
SCORED = ["competency", "level", "rationale", "evidence", "scorer", "valid", "confidence"]


AT_A_TIME = 50
"""Interviews that are in memory together."""


def archive(interviews: QuerySet[Interview], reader: User) -> bytes:
    """A ZIP with one JSON file an interview: facts, transcript with its alerts, and the scores
    that ``reader`` may see."""
    packed = io.BytesIO()
    rows = interviews.select_related("candidate").prefetch_related(
        "utterances__alert",
        Prefetch("scores", Score.objects.visible_to(reader)),
    )
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for interview in rows.iterator(chunk_size=AT_A_TIME):
            document = {
                **{name: getattr(interview, name) for name in FACTS},
                "candidate": interview.candidate.email,
                "title": interview.snapshot.get("title", ""),
                "transcript": [
                    {
                        **{name: getattr(row, name) for name in SAID},
                        "alert": _found(getattr(row, "alert", None)),
                    }
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


def _found(alert: Alert | None) -> dict[str, Any] | None:
    return {name: getattr(alert, name) for name in FOUND} if alert else None
