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
from interviews.engines import interpreting_profiles, interprets
from interviews.models.guide import InterviewGuide

NO_INTERPRETER = _(
    "This profile cannot interpret: its model does not write both Korean and English. Set "
    "GEMINI_API_KEY and choose interpreter or gemini-live, set OPENAI_API_KEY and choose "
    "openai-realtime, or name a model that writes both in VOICE_ENGINES_FILE."
)
NO_GUIDE: dict[str, Any] = {
    "slug": "",
    "title": {"en": "", "ko": ""},
    "competencies": [],
    "questions": [],
}


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
        usable = models.Q(guide=None) | models.Q(guide__status=InterviewGuide.Status.APPROVED)
        # One that nobody can hold here is not offered, rather than failing in the middle.
        usable &= ~models.Q(kind="interpreter") | models.Q(profile__in=interpreting_profiles())
        open_ones = self.filter(usable, active=True)
        return open_ones.for_groups_of(user).select_related("persona__avatar")


class InterviewConfig(models.Model):
    class Kind(models.TextChoices):
        INTERVIEWER = "interviewer", _("interviewer")
        INTERPRETER = "interpreter", _("interpreter")

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

    class CandidateSees(models.TextChoices):
        EVERYTHING = "everything", _("levels, evidence and feedback")
        FEEDBACK = "feedback", _("feedback without levels")
        TRANSCRIPT = "transcript", _("the transcript only")

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(
        _("kind"),
        max_length=11,
        choices=Kind,
        default=Kind.INTERVIEWER,
        help_text=_("An interpreter says in Korean what it hears in English, and the other way."),
    )
    role = models.CharField(_("role"), max_length=120)
    level = models.CharField(_("level"), max_length=60, blank=True)
    language = models.CharField(
        _("language"), max_length=4, choices=Language, default=Language.AUTO
    )
    duration_minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=15, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    persona = models.ForeignKey(
        Persona, on_delete=models.PROTECT, related_name="configs", verbose_name=_("persona")
    )
    guide = models.ForeignKey(
        InterviewGuide,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="configs",
        help_text=_("What an interviewer asks; an interpreter needs none."),
        verbose_name=_("guide"),
    )
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
    candidate_sees = models.CharField(
        _("the candidate sees"),
        max_length=10,
        choices=CandidateSees,
        default=CandidateSees.EVERYTHING,
        help_text=_("Of the results, on the page, in the report and in the API."),
    )
    blind_rating = models.BooleanField(
        _("blind first rating"),
        default=False,
        help_text=_("Reviewers see no level of a competency before they have rated it themselves."),
    )
    gentle_word_after = models.PositiveSmallIntegerField(
        _("gentle word after"),
        default=30,
        help_text=_("Seconds of silence, stretched by the patience; 0: never."),
    )
    offer_after = models.PositiveSmallIntegerField(
        _("offer to repeat or move on after"),
        default=45,
        help_text=_("Seconds of further silence, stretched by the patience; 0: never."),
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
            models.CheckConstraint(
                condition=models.Q(kind="interviewer", guide__isnull=False)
                | models.Q(kind="interpreter"),
                name="config_interviewer_has_guide",
            ),
            models.CheckConstraint(
                condition=models.Q(candidate_sees__in=["everything", "feedback", "transcript"]),
                name="config_candidate_sees_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.profile not in settings.VOICE_ENGINES:
            raise ValidationError({"profile": _("No such profile in VOICE_ENGINES.")})
        if self.kind == self.Kind.INTERVIEWER and not self.guide_id:
            raise ValidationError({"guide": _("An interviewer needs a guide.")})
        if self.kind == self.Kind.INTERPRETER and not interprets(self.profile):
            raise ValidationError({"profile": NO_INTERPRETER})
        if self.active and self.guide and not self.guide.is_approved:
            raise ValidationError(
                {"guide": _("This guide is a draft. Approve it first, or leave this inactive.")}
            )

    def snapshot(self) -> dict[str, Any]:
        """The plain-JSON document that an interview runs on, whatever is edited later."""
        return {
            "kind": self.kind,
            "title": self.title,
            "role": self.role,
            "level": self.level,
            "language": self.language,
            "duration_seconds": self.duration_minutes * 60,
            "profile": self.profile,
            "persona": self.persona.snapshot(),
            "guide": self.guide.snapshot() if self.guide else NO_GUIDE,
            "options": {
                "typed_answers": self.typed_answers,
                "recording": self.recording,
                "input_mode": self.input_mode,
                "patience": self.patience,
                "silence": [self.gentle_word_after, self.offer_after],
                "candidate_sees": self.candidate_sees,
                "blind_rating": self.blind_rating,
            },
        }
