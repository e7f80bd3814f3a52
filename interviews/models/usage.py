from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.interview import Interview
from interviews.models.utterance import Utterance

UNITS = (
    "requests",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "audio_input_tokens",
    "cached_audio_tokens",
    "audio_output_tokens",
    "seconds",
    "characters",
)


class UsageQuerySet(models.QuerySet["Usage"]):
    def totals(self) -> dict[str, Any]:
        """Every unit and the cost, summed up; ``unpriced`` counts rows without a price."""
        sums = {unit: models.Sum(unit, default=0) for unit in UNITS}
        unpriced = models.Count("pk", filter=models.Q(cost=None))
        return self.aggregate(
            unpriced=unpriced, **sums, cost=models.Sum("cost", default=Decimal(0))
        )

    def between(self, first: date, last: date) -> Self:
        """Of these days of the site's time zone and those in between."""
        begins, ends = (
            timezone.make_aware(datetime.combine(day, time.min))
            for day in (first, last + timedelta(days=1))
        )
        return self.filter(created_at__gte=begins, created_at__lt=ends)

    def by_day(self) -> "models.QuerySet[Usage, Any]":
        """``{"day", "cost"}``, oldest first."""
        days = self.annotate(day=TruncDate("created_at")).values("day")
        return days.annotate(cost=models.Sum("cost", default=Decimal(0))).order_by("day")

    def by_user_and_day(self) -> "models.QuerySet[Usage, Any]":
        """``{"day", "user", "name", "interviews", units…, "cost", "unpriced"}``, newest first.

        ``user`` is the email address; ``unpriced`` counts rows that are missing in the cost.
        """
        sums = {unit: models.Sum(unit) for unit in UNITS}
        return (
            self.annotate(
                user=models.F("interview__candidate__email"),
                name=models.F("interview__candidate__name"),
                day=TruncDate("created_at"),
            )
            .values("user", "name", "day")
            .annotate(
                interviews=models.Count("interview", distinct=True),
                **sums,
                unpriced=models.Count("pk", filter=models.Q(cost=None)),
                cost=models.Sum("cost", default=Decimal(0)),
            )
            .order_by("-day", "user")
        )


class Usage(models.Model):
    """What one turn of an interview, or the assessment of it, used up of one engine."""

    class Role(models.TextChoices):
        RECOGNIZER = "recognizer", _("speech to text")
        MODEL = "model", _("language model")
        SYNTHESIZER = "synthesizer", _("text to speech")
        SPEECH = "speech", _("speech to speech")

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="usage", verbose_name=_("interview")
    )
    utterance = models.ForeignKey(
        Utterance, on_delete=models.SET_NULL, null=True, blank=True, related_name="usage",
        verbose_name=_("utterance"),
        help_text=_("What was recognised, or spoken."),
    )  # fmt: skip
    turn = models.PositiveIntegerField(
        _("turn"), null=True, blank=True, help_text=_("Empty: greeting, goodbye or assessment.")
    )
    role = models.CharField(_("engine's role"), max_length=12, choices=Role)
    engine = models.CharField(_("engine"), max_length=60)
    model = models.CharField(_("model"), max_length=100, blank=True)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    input_tokens = models.PositiveIntegerField(_("input tokens"), default=0)
    cached_tokens = models.PositiveIntegerField(_("of these cached"), default=0)
    output_tokens = models.PositiveIntegerField(_("output tokens"), default=0)
    audio_input_tokens = models.PositiveIntegerField(_("audio input tokens"), default=0)
    cached_audio_tokens = models.PositiveIntegerField(_("of these cached (audio)"), default=0)
    audio_output_tokens = models.PositiveIntegerField(_("audio output tokens"), default=0)
    seconds = models.FloatField(_("seconds of audio"), default=0.0)
    characters = models.PositiveIntegerField(_("characters"), default=0)
    estimated = models.BooleanField(_("estimated"), default=False)
    cost = models.DecimalField(
        _("cost in US dollars"), max_digits=12, decimal_places=6, null=True, blank=True,
        help_text=_("Empty: the price table has no price for it."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    objects = UsageQuerySet.as_manager()

    class Meta:
        verbose_name = _("usage")
        verbose_name_plural = _("usage")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.engine} {self.model}".strip()
