from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from voice.moderation import plain

LONGEST = 100
"""Letters of one phrase."""
MOST = 200
"""Phrases of one row."""
FEWEST_LETTERS = 2
"""A phrase of one letter would be found everywhere."""
GAP = "..."
MOST_GAPS = 2


class GuardPhrasesQuerySet(models.QuerySet["GuardPhrases"]):
    def document(self) -> dict[str, Any]:
        """The active rows as ``voice.phrases.PhraseList.from_document`` takes them."""
        entries: list[dict[str, Any]] = []
        allowed: list[str] = []
        for row in self.filter(active=True).order_by("pk"):
            allowed += row.allowed.splitlines()
            if row.level:
                phrases = row.phrases.splitlines()
                entries.append({"level": row.level, "category": row.category, "phrases": phrases})
        return {"entries": entries, "allowed": allowed}


class GuardPhrases(models.Model):
    """Phrases that the guard looks for, beside the shipped lists, or leaves alone in spite of them.

    One phrase a line, kept in the plain form in which texts are searched.
    """

    class Language(models.TextChoices):
        ENGLISH = "en", _("English")
        KOREAN = "ko", _("Korean")

    class Level(models.IntegerChoices):
        NONE = 0, _("0: only what is left alone")
        MINOR = 1, _("1: profanity or confidential data")
        SERIOUS = 2, _("2: harassment, threat or discrimination")
        DANGER = 3, _("3: danger to self or others")

    language = models.CharField(
        _("language"),
        max_length=2,
        choices=Language,
        help_text=_("For your own order: every list is applied to every text."),
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    category = models.SlugField(
        _("category"),
        blank=True,
        help_text=_("Such as profanity, harassment, threat; empty with level 0."),
    )
    phrases = models.TextField(
        _("phrases"),
        blank=True,
        help_text=_(
            "One a line. a/b: either word; word*: any ending; ...: up to three words between. "
            "Spelling variants, spaces and signs are seen through without being listed."
        ),
    )
    allowed = models.TextField(
        _("look-alikes"),
        blank=True,
        help_text=_(
            "One a line, written like phrases. Nothing counts that ends within one of these, "
            "of the shipped lists either."
        ),
    )
    active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = GuardPhrasesQuerySet.as_manager()

    class Meta:
        verbose_name = _("phrases of the guard")
        verbose_name_plural = _("phrases of the guard")
        ordering = ["language", "-level", "category", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(level__lte=3), name="guardphrases_level"),
            models.CheckConstraint(
                condition=~models.Q(phrases="", allowed=""), name="guardphrases_not_empty"
            ),
        ]

    def __str__(self) -> str:
        first = (self.phrases or self.allowed).partition("\n")[0]
        return f"{self.language} {self.level} {self.category}: {first}".replace(" :", ":")

    def save(self, *args: Any, **options: Any) -> None:
        self.updated_at = timezone.now()
        super().save(*args, **options)

    def clean(self) -> None:
        super().clean()
        mistakes: dict[str, list[str]] = {}
        for name in ("phrases", "allowed"):
            lines = _lines(getattr(self, name))
            setattr(self, name, "\n".join(lines))
            found = [f"{line[:LONGEST]}: {why}" for line in lines if (why := objection(line))]
            if len(lines) > MOST:
                found.append(gettext("At most %d phrases; make another row.") % MOST)
            if found:
                mistakes[name] = found
        if self.level and not self.phrases:
            mistakes.setdefault("phrases", []).append(gettext("Which phrases have this level?"))
        if self.level and not self.category:
            mistakes["category"] = [gettext("Name what these phrases are.")]
        if self.level == self.Level.NONE and self.phrases:
            mistakes["level"] = [gettext("Phrases need a level from 1 to 3.")]
        if self.level == self.Level.NONE and not self.allowed:
            mistakes.setdefault("allowed", []).append(gettext("What is to be left alone?"))
        if mistakes:
            raise ValidationError(mistakes)


def _lines(text: str) -> list[str]:
    """Plain, trimmed, each once."""
    lines = (" ".join(plain(line).split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def objection(phrase: str) -> str:
    """What is wrong with a plain phrase; empty: nothing."""
    words = phrase.split()
    if len(phrase) > LONGEST:
        return gettext("longer than %d letters") % LONGEST
    if GAP in (words[0], words[-1]) or words.count(GAP) > MOST_GAPS:
        return gettext("... stands between words, at most twice")
    alternatives = [each for word in words if word != GAP for each in word.split("/")]
    if not all(any(letter.isalnum() for letter in each) for each in alternatives):
        return gettext("each word and each side of a / needs a letter")
    sides = ([sum(map(str.isalnum, each)) for each in word.split("/")] for word in words)
    if sum(map(min, sides)) < FEWEST_LETTERS:
        return gettext("too short: it would be found everywhere")
    return ""
