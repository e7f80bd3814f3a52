"""Who the candidate talks with: a head and a character."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from avatars import glb


class Avatar(models.Model):
    """A head with ARKit-52 or Oculus-viseme morphs: one that is shipped, or an uploaded GLB."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    glb = models.FileField(
        _("GLB file"),
        upload_to="avatars/",
        blank=True,
        validators=[FileExtensionValidator(["glb"])],
    )
    static_path = models.CharField(
        _("shipped file"),
        max_length=200,
        blank=True,
        help_text=_("Path below the static files, for heads that come with the product."),
    )
    poster = models.ImageField(
        _("still picture"),
        upload_to="avatars/posters/",
        blank=True,
        help_text=_("Shown while the head loads and where there is no WebGL."),
    )
    static_poster = models.CharField(_("shipped still picture"), max_length=200, blank=True)
    validated = models.BooleanField(_("validated"), default=False, editable=False)
    licence = models.CharField(_("licence"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("avatar")
        verbose_name_plural = _("avatars")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(glb="") ^ ~models.Q(static_path=""),
                name="avatar_uploaded_or_shipped",
                violation_error_message=_("Upload a GLB file or name a shipped one, not both."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        # Only a fresh upload is read: a stored file was checked when it came.
        if self.glb and not getattr(self.glb, "_committed", True):
            if self.glb.size > settings.MAX_AVATAR_BYTES:
                raise ValidationError({"glb": _("The file is too large.")})
            try:
                glb.validate(self.glb.read())
            except ValueError as error:
                raise ValidationError({"glb": str(error)}) from error
            self.glb.seek(0)
        self.validated = True

    # Shipped files go by their plain names: interviews keep these URLs, and a name with a content
    # hash would be gone after the next release.

    @property
    def url(self) -> str:
        return self.glb.url if self.glb else settings.STATIC_URL + self.static_path

    @property
    def poster_url(self) -> str:
        if self.poster:
            return self.poster.url
        return settings.STATIC_URL + self.static_poster if self.static_poster else ""

    def snapshot(self) -> dict[str, str]:
        return {"slug": self.slug, "url": self.url, "poster": self.poster_url}


class Persona(models.Model):
    """An interviewer's character: name, manner, voice, head, and what it never talks about."""

    class Language(models.TextChoices):
        AUTO = "auto", _("The candidate's")
        ENGLISH = "en", _("English")
        KOREAN = "ko", _("Korean")

    slug = models.SlugField(_("slug"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=80)
    name_ko = models.CharField(_("name (Korean)"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=120, blank=True)
    title_ko = models.CharField(_("title (Korean)"), max_length=120, blank=True)
    manner_en = models.TextField(_("manner (English)"), blank=True)
    manner_ko = models.TextField(_("manner (Korean)"), blank=True)
    language = models.CharField(
        _("language"), max_length=4, choices=Language, default=Language.AUTO
    )
    avatar = models.ForeignKey(
        Avatar, on_delete=models.PROTECT, related_name="personas", verbose_name=_("avatar")
    )
    voices = models.JSONField(
        _("voices"),
        default=dict,
        blank=True,
        help_text=_('By language and engine profile: {"en": {"embedded": "voice name"}}.'),
    )
    forbidden_topics = models.JSONField(_("forbidden topics"), default=list, blank=True)
    greeting_en = models.TextField(_("greeting (English)"))
    greeting_ko = models.TextField(_("greeting (Korean)"))
    closing_en = models.TextField(_("closing (English)"))
    closing_ko = models.TextField(_("closing (Korean)"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        ordering = ["name_en"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(language__in=["auto", "en", "ko"]),
                name="persona_language_known",
            )
        ]

    def __str__(self) -> str:
        return self.name_en

    def clean(self) -> None:
        if not isinstance(self.voices, dict) or not all(
            isinstance(profiles, dict) and all(isinstance(name, str) for name in profiles.values())
            for profiles in self.voices.values()
        ):
            raise ValidationError({"voices": _("Expected an object of objects.")})
        if not isinstance(self.forbidden_topics, list):
            raise ValidationError({"forbidden_topics": _("Expected a list.")})

    def snapshot(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "name": {"en": self.name_en, "ko": self.name_ko},
            "title": {"en": self.title_en, "ko": self.title_ko},
            "manner": {"en": self.manner_en, "ko": self.manner_ko},
            "language": self.language,
            "voices": self.voices,
            "greeting": {"en": self.greeting_en, "ko": self.greeting_ko},
            "closing": {"en": self.closing_en, "ko": self.closing_ko},
            "forbidden_topics": self.forbidden_topics,
            "avatar": self.avatar.snapshot(),
        }
