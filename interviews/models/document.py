"""What follow-ups may rest on: company documents, and the passages of every document."""

import sys
from array import array
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.config import InterviewConfig
from interviews.models.interview import Interview


class VectorField(models.Field):
    """Floats as ``real[]`` on PostgreSQL, which pgvector casts to its own type; packed elsewhere.

    So that no schema depends on an extension that may not be there.
    """

    description = "a vector of single precision"

    def db_type(self, connection: Any) -> str:
        return "real[]" if connection.vendor == "postgresql" else "BLOB"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[float]:
        return unpacked(value) if isinstance(value, bytes | memoryview) else list(value or ())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return list(value) if connection.vendor == "postgresql" else packed(value)


def packed(vector: Sequence[float]) -> bytes:
    """Little-endian float32."""
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(data: bytes | memoryview) -> list[float]:
    numbers = array("f", bytes(data))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


class CompanyDocument(models.Model):
    """A text about the company, the team or the job, for the interviews of some configs."""

    class Kind(models.TextChoices):
        JOB = "job", _("job description")
        COMPANY = "company", _("company document")

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.COMPANY)
    text = models.TextField(_("text"))
    configs = models.ManyToManyField(
        InterviewConfig, related_name="documents", verbose_name=_("interview configs")
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("company document")
        verbose_name_plural = _("company documents")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["job", "company"]), name="companydocument_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A stretch of a document, ``text`` = document[``start``:``end``], with its embedding.

    It belongs to a company document, or to the résumé or job description of one interview.
    Passages about protected attributes do not exist.
    """

    class Source(models.TextChoices):
        RESUME = "resume", _("résumé")
        JOB = "job", _("job description")
        COMPANY = "company", _("company document")

    document = models.ForeignKey(
        CompanyDocument,
        on_delete=models.CASCADE,
        null=True,
        related_name="passages",
        verbose_name=_("company document"),
    )
    interview = models.ForeignKey(
        Interview,
        on_delete=models.CASCADE,
        null=True,
        related_name="passages",
        verbose_name=_("interview"),
    )
    source = models.CharField(_("source"), max_length=7, choices=Source)
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=2)
    embedder = models.CharField(_("embedded by"), max_length=120)
    embedding = VectorField(_("embedding"))

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document=None) ^ models.Q(interview=None),
                name="passage_of_one_document",
            ),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="passage_not_empty"
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=["resume", "job", "company"]),
                name="passage_source_known",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
