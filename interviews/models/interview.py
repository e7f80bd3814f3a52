"""The record of one interview: whose, on what, where it stands, and its clock."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviews.limits import Limits
from interviews.models.config import InterviewConfig
from interviews.models.interview_queries import InterviewManager, grace, is_draft
from interviews.models.status import (
    OVER,
    UNDER_WAY,
    EndReason,
    PlanReached,
    RecordingLoss,
    Status,
    TransitionError,
)

ABSENCE_SECONDS = 5.0
"""How long the clock runs on after the candidate was last seen."""


class Interview(models.Model):
    """One interview of one candidate, run on the snapshot of its config.

    Its clock is ``clock_seconds`` at ``seen_at`` and runs on for at most ``ABSENCE_SECONDS``
    beyond it: a live call stores both every few seconds, a dropped one stops it by its absence.
    """

    Status = Status
    EndReason = EndReason

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="interviews",
        verbose_name=_("candidate"),
    )
    config = models.ForeignKey(
        InterviewConfig,
        on_delete=models.SET_NULL,
        null=True,
        related_name="interviews",
        verbose_name=_("interview config"),
    )
    snapshot = models.JSONField(_("snapshot"))
    language = models.CharField(
        _("language"), max_length=4, choices=InterviewConfig.Language, default="auto"
    )
    resume_text = models.TextField(_("résumé"), blank=True)
    job_description = models.TextField(_("job description"), blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.READY)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    end_reason = models.CharField(_("end reason"), max_length=9, choices=EndReason, blank=True)
    deadline = models.DateTimeField(_("deadline"), null=True, editable=False)
    clock_seconds = models.FloatField(_("clock in seconds"), default=0.0)
    seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    event_seq = models.PositiveIntegerField(_("last event"), default=0)
    progress = models.JSONField(_("progress"), default=dict, blank=True)
    connection = models.UUIDField(_("connection"), null=True, editable=False)
    summary = models.TextField(_("summary"), blank=True)
    consented_at = models.DateTimeField(_("consented"), null=True, editable=False)
    recording_lost = models.CharField(
        _("recording lost"), max_length=4, choices=RecordingLoss, blank=True, editable=False
    )

    objects = InterviewManager()

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["-created_at"], name="interview_recent"),
            models.Index(fields=["candidate", "-created_at"], name="interview_by_candidate"),
            models.Index(fields=["status", "-created_at"], name="interview_by_status"),
            models.Index(fields=["config", "-created_at"], name="interview_by_config"),
            models.Index(fields=["ended_at"], name="interview_by_end"),
            models.Index(
                fields=["seen_at"],
                condition=models.Q(status__in=["live", "paused"]),
                name="interview_under_way",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="interview_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=["auto", "en", "ko"]),
                name="interview_language_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["ended", "abandoned", "failed"], ended_at__isnull=False
                )
                & ~models.Q(end_reason="")
                | models.Q(status__in=["ready", "live", "paused"], ended_at=None, end_reason=""),
                name="interview_over_iff_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=False, seen_at__isnull=False)
                | ~models.Q(status__in=["live", "paused"]),
                name="interview_started_if_under_way",
            ),
            models.CheckConstraint(
                condition=models.Q(clock_seconds__gte=0), name="interview_clock_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot.get('title', '')} – {self.candidate}"

    @property
    def duration_seconds(self) -> float:
        return float(self.snapshot["duration_seconds"])

    @property
    def interprets(self) -> bool:
        """Whether it is an interpreter's conversation, in which nobody is asked or judged."""
        return bool(self.snapshot.get("kind") == InterviewConfig.Kind.INTERPRETER)

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    def clock(self, now: datetime) -> float:
        """Seconds of conversation so far, on the interview's own clock."""
        if self.status not in UNDER_WAY or self.seen_at is None:
            return self.clock_seconds
        absent = max(0.0, (now - self.seen_at).total_seconds())
        return self.clock_seconds + min(absent, ABSENCE_SECONDS)

    def remaining_seconds(self, now: datetime) -> float:
        return max(0.0, self.duration_seconds - self.clock(now))

    def has_lapsed(self, now: datetime) -> bool:
        return (
            self.status in UNDER_WAY and self.seen_at is not None and self.seen_at < now - grace()
        )

    def limit_reached(self) -> str:
        """Why the candidate's plan does not allow to begin now; empty if it does."""
        # Extra time is no luxury that a plan could refuse.
        extra = self.snapshot.get("options", {}).get("extra_seconds", 0)
        return Limits.of(self.candidate).refusal((self.duration_seconds - extra) / 60)

    @property
    def is_on_draft(self) -> bool:
        """Its questions have not been approved by anybody."""
        return is_draft(self.snapshot)

    def get_results_url(self) -> str:
        return reverse("interviews:results", args=[self.pk])

    def start(self, now: datetime | None = None) -> None:
        if self.is_on_draft:
            raise TransitionError(gettext("Nobody has approved its questions yet."))
        self._step([Status.READY], now, status=Status.LIVE, started=True)

    @transaction.atomic
    def start_within_plan(self, now: datetime | None = None) -> None:
        """Raises PlanReached. Of a candidate's interviews that start at once, each counts for the
        next: the starts queue up at the candidate's row."""
        candidates = get_user_model()._default_manager
        candidates.select_for_update().get(pk=self.candidate_id)
        if refusal := self.limit_reached():
            raise PlanReached(refusal)
        self.start(now)

    def pause(self, now: datetime | None = None) -> None:
        """The connection is gone; the clock stops ``ABSENCE_SECONDS`` from now."""
        self._step([Status.LIVE], now, status=Status.PAUSED)

    def resume(self, now: datetime | None = None) -> None:
        """The candidate is back; also after a crash, which leaves the interview live."""
        self._step([Status.PAUSED, Status.LIVE], now, status=Status.LIVE)

    def end(self, reason: str, now: datetime | None = None) -> None:
        """``reason`` is an ``EndReason``; abandoned and failed become the status as well."""
        reason = EndReason(reason)
        status = Status(reason) if reason in Status.values else Status.ENDED
        allowed = [Status.READY, *UNDER_WAY]
        self._step(allowed, now, status=status, end_reason=reason)

    def abandon(self, now: datetime) -> bool:
        """End it if it has lapsed at ``now``. False: its candidate came back, or it is over."""
        with transaction.atomic():
            row = Interview.objects.select_for_update().get(pk=self.pk)
            if not row.has_lapsed(now):
                return False
            self.end(EndReason.ABANDONED, now)
        return True

    @transaction.atomic
    def _step(
        self,
        allowed: Iterable[str],
        now: datetime | None,
        *,
        status: str,
        started: bool = False,
        end_reason: str = "",
    ) -> None:
        """Move to ``status`` from one of ``allowed`` and set the clock, on the row as it is now."""
        now = now or timezone.now()
        row = Interview.objects.select_for_update().get(pk=self.pk)
        if row.status not in allowed:
            message = gettext("An interview that is “%(now)s” cannot become “%(then)s”.")
            labels = {"now": row.get_status_display(), "then": Status(status).label}
            raise TransitionError(message % labels)
        clock = row.clock(now)
        changes: dict[str, Any] = {"status": status, "clock_seconds": clock}
        if status in UNDER_WAY:
            changes["seen_at"] = now
        if started:
            changes["started_at"] = now
        if status == Status.LIVE:
            changes["deadline"] = now + timedelta(seconds=max(0.0, row.duration_seconds - clock))
        else:
            changes["deadline"] = None
        if end_reason:
            changes |= {"end_reason": end_reason, "ended_at": now, "connection": None}
        Interview.objects.filter(pk=self.pk).update(**changes)
        for field, value in changes.items():
            setattr(self, field, value)

    def history(self) -> list[dict[str, str]]:
        """All that was said and heard, in order: ``[{"utterance", "speaker", "text"}]``."""
        return [row.as_history() for row in self.utterances.all() if row.text_heard]
