"""What people make of an interview: every rating is kept, the last one counts."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from interviews.models.interview import Interview


class RatingQuerySet(models.QuerySet["Rating"]):
    """Ratings, of which a blind one is kept from whoever has still to rate."""

    def visible_to(self, user: User) -> Self:
        """Of interviews that ``user`` may see: where ratings are blind, those of competencies that
        ``user`` has rated."""
        mine = Rating.objects.filter(
            interview=models.OuterRef("interview"),
            competency=models.OuterRef("competency"),
            reviewer=user,
        )
        shown = models.Case(
            models.When(interview__candidate=user, then=True),
            models.When(interview__snapshot__options__blind_rating=True, then=models.Exists(mine)),
            default=True,
            output_field=models.BooleanField(),
        )
        return self.filter(shown)


class Rating(models.Model):
    """One reviewer's judgement of one competency; ``level`` None: it cannot be judged.

    ``blind``: made while the reviewer could not know any other level of this competency.
    """

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="ratings", verbose_name=_("interview")
    )
    competency = models.SlugField(_("competency"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="ratings",
        verbose_name=_("reviewer"),
    )
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    blind = models.BooleanField(_("blind"), default=False)
    model_level = models.PositiveSmallIntegerField(
        _("the model's level then"), null=True, blank=True
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["interview", "competency"], name="rating_by_competency")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=None) | models.Q(level__gte=1, level__lte=5),
                name="rating_level_1_to_5",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="rating_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.level or '–'}"
