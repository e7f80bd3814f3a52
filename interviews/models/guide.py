"""What is asked, and what a good answer shows."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class InterviewGuide(models.Model):
    """Competencies, questions and probes of an interview."""

    slug = models.SlugField(_("slug"), unique=True)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_ko = models.CharField(_("title (Korean)"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("interview guide")
        verbose_name_plural = _("interview guides")
        ordering = ["title_en"]

    def __str__(self) -> str:
        return self.title_en

    def snapshot(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "title": {"en": self.title_en, "ko": self.title_ko},
            "competencies": [competency.snapshot() for competency in self.competencies.all()],
            "questions": [
                question.snapshot() for question in self.questions.select_related("competency")
            ],
        }


class Rubric(models.Model):
    """The scale that a guide's competencies are judged on."""

    guide = models.OneToOneField(
        InterviewGuide, on_delete=models.CASCADE, related_name="rubric", verbose_name=_("guide")
    )
    name = models.CharField(_("name"), max_length=120)
    lowest = models.PositiveSmallIntegerField(_("lowest level"), default=1)
    highest = models.PositiveSmallIntegerField(_("highest level"), default=5)

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lowest__gte=1, highest__lte=5, lowest__lt=models.F("highest")),
                name="rubric_scale_within_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Competency(models.Model):
    """One thing that is judged; ``levels`` holds ``{"1": {"en", "ko"}, …, "5": …}``."""

    guide = models.ForeignKey(InterviewGuide, on_delete=models.CASCADE, related_name="competencies")
    slug = models.SlugField(_("slug"))
    name_en = models.CharField(_("name (English)"), max_length=120)
    name_ko = models.CharField(_("name (Korean)"), max_length=120)
    description_en = models.TextField(_("description (English)"), blank=True)
    description_ko = models.TextField(_("description (Korean)"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    levels = models.JSONField(_("levels"), default=dict, blank=True)

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "slug"], name="competency_slug_unique")
        ]

    def __str__(self) -> str:
        return self.name_en

    def snapshot(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "name": {"en": self.name_en, "ko": self.name_ko},
            "description": {"en": self.description_en, "ko": self.description_ko},
            "levels": self.levels,
        }


class Question(models.Model):
    """One question in both languages, its probes and the points that a good answer covers.

    ``probes``: ``[{"en", "ko", "expected_point": key | null}]``. ``expected_points``:
    ``[{"key", "text": {"en", "ko"}, "keywords": {"en": [...], "ko": [...]}}]``.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        MAIN = "main", _("main")
        CASE = "case", _("case")
        CLOSING = "closing", _("closing")

    guide = models.ForeignKey(InterviewGuide, on_delete=models.CASCADE, related_name="questions")
    competency = models.ForeignKey(
        Competency, on_delete=models.SET_NULL, null=True, blank=True, related_name="questions"
    )
    slug = models.SlugField(_("slug"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MAIN)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text_en = models.TextField(_("text (English)"))
    text_ko = models.TextField(_("text (Korean)"))
    probes = models.JSONField(_("probes"), default=list, blank=True)
    expected_points = models.JSONField(_("expected points"), default=list, blank=True)
    seconds = models.PositiveSmallIntegerField(_("seconds"), default=120)
    max_probes = models.PositiveSmallIntegerField(_("most probes"), default=2)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["guide", "slug"], name="question_slug_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["opening", "main", "case", "closing"]),
                name="question_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(seconds__gte=1), name="question_seconds_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.text_en

    def snapshot(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "competency": self.competency.slug if self.competency else None,
            "kind": self.kind,
            "text": {"en": self.text_en, "ko": self.text_ko},
            "probes": self.probes,
            "expected_points": self.expected_points,
            "seconds": self.seconds,
            "max_probes": self.max_probes,
        }
