"""An interview as it is offered."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from avatars.models import Persona
from interviews.models.guide import InterviewGuide


class InterviewConfigQuerySet(models.QuerySet["InterviewConfig"]):
    def for_groups_of(self, user: User) -> Self:
        """Configs that share a group with the user, and those that belong to no group.

        The same rule gives candidates what they may take and reviewers whose interviews they see.
        """
        if user.is_admin:
            return self
        shared = InterviewConfig.groups.through.objects.filter(
            interviewconfig=models.OuterRef("pk")
        )
        mine = shared.filter(group__in=user.groups.all())
        return self.filter(~models.Exists(shared) | models.Exists(mine))

    def open_to(self, user: User) -> Self:
        return self.filter(active=True).for_groups_of(user).select_related("persona__avatar")


class InterviewConfig(models.Model):
    class Language(models.TextChoices):
        AUTO = "auto", _("The candidate's")
        ENGLISH = "en", _("English")
        KOREAN = "ko", _("Korean")

    class InputMode(models.TextChoices):
        HANDS_FREE = "hands_free", _("Hands-free")
        PUSH_TO_TALK = "push_to_talk", _("Push to talk")

    class Patience(models.TextChoices):
        SHORT = "short", _("Short")
        NORMAL = "normal", _("Normal")
        LONG = "long", _("Long")

    title = models.CharField(_("title"), max_length=200)
    role = models.CharField(_("role"), max_length=120)
    level = models.CharField(_("level"), max_length=60, blank=True)
    language = models.CharField(
        _("language"), max_length=4, choices=Language, default=Language.AUTO
    )
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=15, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    persona = models.ForeignKey(Persona, on_delete=models.PROTECT, related_name="configs")
    guide = models.ForeignKey(InterviewGuide, on_delete=models.PROTECT, related_name="configs")
    profile = models.SlugField(
        _("engine profile"), default="embedded", help_text=_("One of VOICE_ENGINES.")
    )
    typed_answers = models.BooleanField(_("typed answers"), default=True)
    recording = models.BooleanField(_("recording"), default=False)
    input_mode = models.CharField(
        _("input mode"), max_length=12, choices=InputMode, default=InputMode.HANDS_FREE
    )
    patience = models.CharField(
        _("patience"), max_length=6, choices=Patience, default=Patience.NORMAL
    )
    active = models.BooleanField(_("active"), default=True)
    groups = models.ManyToManyField(
        Group,
        blank=True,
        related_name="interview_configs",
        verbose_name=_("groups"),
        help_text=_("Whose candidates may take it and whose reviewers may see it; empty: all."),
    )

    objects = InterviewConfigQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview config")
        verbose_name_plural = _("interview configs")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=1, duration_minutes__lte=240),
                name="config_duration_1_to_240",
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=["auto", "en", "ko"]),
                name="config_language_known",
            ),
            models.CheckConstraint(
                condition=models.Q(input_mode__in=["hands_free", "push_to_talk"])
                & models.Q(patience__in=["short", "normal", "long"]),
                name="config_options_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.profile not in settings.VOICE_ENGINES:
            raise ValidationError({"profile": _("No such profile in VOICE_ENGINES.")})

    def snapshot(self) -> dict[str, Any]:
        """The plain-JSON document that an interview runs on, whatever is edited later."""
        return {
            "title": self.title,
            "role": self.role,
            "level": self.level,
            "language": self.language,
            "duration_seconds": self.duration_minutes * 60,
            "profile": self.profile,
            "persona": self.persona.snapshot(),
            "guide": self.guide.snapshot(),
            "options": {
                "typed_answers": self.typed_answers,
                "recording": self.recording,
                "input_mode": self.input_mode,
                "patience": self.patience,
            },
        }
