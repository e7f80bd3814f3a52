"""What is asked, and what a good answer shows."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InterviewGuide(models.Model):
    """Competencies, questions and probes of an interview.

    Whoever or whatever wrote it, it is a draft until a person has approved it, and no interview
    is held with a draft.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")

    class Origin(models.TextChoices):
        HAND = "hand", _("made by hand")
        FILE = "file", _("imported")
        MODEL = "model", _("drafted by a language model")

    slug = models.SlugField(_("slug"), unique=True)
    title_en = models.CharField(pgettext_lazy("guide", "title (English)"), max_length=200)
    title_ko = models.CharField(pgettext_lazy("guide", "title (Korean)"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    active = models.BooleanField(_("active"), default=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)
    origin = models.CharField(_("origin"), max_length=5, choices=Origin, default=Origin.HAND)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("interview guide")
        verbose_name_plural = _("interview guides")
        ordering = ["title_en"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "approved"])
                & models.Q(origin__in=["hand", "file", "model"]),
                name="guide_status_and_origin_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft", approved_at=None)
                | models.Q(status="approved", approved_at__isnull=False),
                name="guide_approved_iff_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title_en

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED

    def approve(self, by: Any = None) -> None:
        """Release it for interviews; ``by`` is None for what is shipped."""
        self.status, self.approved_by, self.approved_at = self.Status.APPROVED, by, timezone.now()
        self.save(update_fields=["status", "approved_by", "approved_at"])

    def reopen(self) -> None:
        """Make it a draft again: somebody has to look at what has changed."""
        self.status, self.approved_by, self.approved_at = self.Status.DRAFT, None, None
        self.save(update_fields=["status", "approved_by", "approved_at"])

    def snapshot(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "status": self.status,
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

    guide = models.ForeignKey(
        InterviewGuide,
        on_delete=models.CASCADE,
        related_name="competencies",
        verbose_name=_("guide"),
    )
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


class AnyQuestion(models.Model):
    """A question in both languages, its probes and the points that a good answer covers.

    ``probes``: ``[{"en", "ko", "expected_point": key | null}]``. ``expected_points``:
    ``[{"key", "text": {"en", "ko"}, "keywords": {"en": [...], "ko": [...]}}]``.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        MAIN = "main", _("main")
        CASE = "case", _("case")
        CLOSING = "closing", _("closing")

    class Expects(models.TextChoices):
        FACT = "fact", _("a fact")
        EXPERIENCE = "experience", _("an experience")
        CASE = "case", _("the solution of a case")
        CLOSING = "closing", _("a closing word")

    slug: Any
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MAIN)
    text_en = models.TextField(_("text (English)"), blank=True)
    text_ko = models.TextField(_("text (Korean)"), blank=True)
    probes = models.JSONField(_("probes"), default=list, blank=True)
    expected_points = models.JSONField(_("expected points"), default=list, blank=True)
    seconds = models.PositiveSmallIntegerField(_("seconds"), default=120)
    max_probes = models.PositiveSmallIntegerField(_("most probes"), default=2)
    expects = models.CharField(
        _("expected answer"), max_length=10, choices=Expects, default=Expects.EXPERIENCE
    )
    answer_seconds = models.PositiveSmallIntegerField(
        _("expected length in seconds"),
        default=60,
        help_text=_("Of an answer without its follow-ups."),
    )

    ASKED: ClassVar = (
        *("kind", "text_en", "text_ko", "probes", "expected_points"),
        *("seconds", "max_probes", "expects", "answer_seconds"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["opening", "main", "case", "closing"]),
                name="%(class)s_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(expects__in=["fact", "experience", "case", "closing"]),
                name="%(class)s_expects_known",
            ),
            models.CheckConstraint(
                condition=models.Q(seconds__gte=1), name="%(class)s_seconds_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.text_en or self.text_ko

    def asked(self) -> dict[str, Any]:
        """The fields that a copy of it has too."""
        return {name: getattr(self, name) for name in self.ASKED}

    def snapshot(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "competency": None,
            "kind": self.kind,
            "text": {"en": self.text_en, "ko": self.text_ko},
            "probes": self.probes,
            "expected_points": self.expected_points,
            "seconds": self.seconds,
            "max_probes": self.max_probes,
            "expects": self.expects,
            "answer_seconds": self.answer_seconds,
        }


class Question(AnyQuestion):
    """One question of a guide."""

    guide = models.ForeignKey(
        InterviewGuide, on_delete=models.CASCADE, related_name="questions", verbose_name=_("guide")
    )
    competency = models.ForeignKey(
        Competency,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("competency"),
    )
    slug = models.SlugField(_("slug"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(AnyQuestion.Meta):
        abstract = False
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["order", "pk"]
        constraints = [
            *AnyQuestion.Meta.constraints,
            models.UniqueConstraint(fields=["guide", "slug"], name="question_slug_unique"),
        ]

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {
            "competency": self.competency.slug if self.competency else None
        }
