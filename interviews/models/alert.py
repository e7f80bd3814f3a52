from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.interview import Interview
from interviews.models.utterance import Utterance

CATEGORIES = {
    "self_harm": _("danger to self"),
    "violence": _("danger to others"),
    "harassment": _("harassment"),
    "threat": _("threat"),
    "discrimination": _("discrimination"),
    "profanity": _("profanity"),
    "confidential": _("confidential data"),
}
"""Those of the shipped moderators; others are shown as they are written."""


class Alert(models.Model):
    """What the guard found in an utterance of either side; ``categories`` gravest first."""

    class Level(models.IntegerChoices):
        MINOR = 1, _("1: profanity or confidential data")
        SERIOUS = 2, _("2: harassment, threat or discrimination")
        DANGER = 3, _("3: danger to self or others")

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("interview")
    )
    utterance = models.OneToOneField(
        Utterance, on_delete=models.CASCADE, related_name="alert", verbose_name=_("utterance")
    )
    level = models.PositiveSmallIntegerField(
        _("level"), choices=Level, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    categories = models.JSONField(_("categories"), default=list, blank=True)
    confidence = models.FloatField(_("confidence"))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["level", "created_at"], name="alert_by_level")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=3), name="alert_level_1_to_3"
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0, confidence__lte=1),
                name="alert_confidence_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {', '.join(self.named)}"

    @property
    def named(self) -> list[str]:
        """The categories in the reader's language."""
        return [str(CATEGORIES.get(category, category)) for category in self.categories]

    @property
    def percent(self) -> int:
        return round(100 * self.confidence)
