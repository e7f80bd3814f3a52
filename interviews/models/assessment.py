"""How far the assessment of an interview has come: what candidate and reviewer are shown."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.interview import Interview
from interviews.models.status import OVER

STALE = timedelta(minutes=5)
"""Without a sign of life for that long, whoever worked on it is gone."""
ATTEMPTS = 5


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def stranded(self) -> Self:
        """Of interviews that are over, and nobody works on: a worker died, or a queue was lost."""
        return self.filter(
            interview__status__in=OVER,
            status__in=(Assessment.Status.WAITING, Assessment.Status.RUNNING),
            updated_at__lt=timezone.now() - STALE,
            attempts__lt=ATTEMPTS,
        )


class Assessment(models.Model):
    """One for each interview; ``done`` of ``steps`` competencies are judged."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    interview = models.OneToOneField(
        Interview, on_delete=models.CASCADE, related_name="assessment", verbose_name=_("interview")
    )
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.WAITING)
    done = models.PositiveSmallIntegerField(_("competencies judged"), default=0)
    steps = models.PositiveSmallIntegerField(_("competencies"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("problem"), max_length=120, blank=True)
    model = models.CharField(_("scoring model"), max_length=120, blank=True)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["status", "updated_at"], name="assessment_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["waiting", "running", "done", "failed"]),
                name="assessment_status_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.done}/{self.steps}"

    def note(self, **changes: Any) -> None:
        """Store ``changes``; each is a sign of life."""
        for field, value in changes.items():
            setattr(self, field, value)
        self.save(update_fields=[*changes, "updated_at"])
