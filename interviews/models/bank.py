"""The question bank: questions without a guide, to be found again and taken into guides."""

import re
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.guide import AnyQuestion, InterviewGuide, Question

TAG = re.compile(r"[\w가-힣.+#-]+")


class BankQuestionQuerySet(models.QuerySet["BankQuestion"]):
    def search(self, words: str) -> Self:
        """Questions in which every one of ``words`` occurs, in either language."""
        found = self
        for word in words.split():
            found = found.filter(
                models.Q(text_en__icontains=word)
                | models.Q(text_ko__icontains=word)
                | models.Q(slug__icontains=word)
                | models.Q(competency__icontains=word)
                | models.Q(tags__icontains=word)
            )
        return found

    def in_language(self, language: str) -> Self:
        """Questions that can be asked in ``language`` (en, ko)."""
        return self.exclude(**{f"text_{language}": ""})

    def tagged(self, tag: str) -> Self:
        return self.filter(tags__iregex=rf"(^| ){re.escape(tag)}( |$)")


class BankQuestion(AnyQuestion):
    """A question that no guide asks yet, or several do: a guide takes a copy.

    ``competency`` is the slug of the competencies that it suits; ``tags`` are words between
    spaces. It may be there in one language only, which a guide may not.
    """

    slug = models.SlugField(_("slug"), unique=True)
    competency = models.SlugField(_("competency"), blank=True)
    tags = models.CharField(
        _("tags"), max_length=200, blank=True, help_text=_("Words between spaces.")
    )
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = BankQuestionQuerySet.as_manager()

    class Meta(AnyQuestion.Meta):
        verbose_name = _("question of the bank")
        verbose_name_plural = _("question bank")
        ordering = ["competency", "slug"]
        constraints = [
            *AnyQuestion.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(text_en="", text_ko=""), name="bankquestion_has_text"
            ),
        ]

    def clean(self) -> None:
        super().clean()
        if not self.text_en and not self.text_ko:
            raise ValidationError(_("Write the question in at least one language."))
        self.tags = " ".join(dict.fromkeys(TAG.findall(self.tags.lower())))

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"competency": self.competency or None}

    @transaction.atomic
    def take_into(self, guide: InterviewGuide) -> Question:
        """A copy of it as the guide's last question before the closing one.

        It belongs to the guide's competency of its name, if there is one. A guide that has been
        approved has to be approved again.
        """
        slugs = set(guide.questions.values_list("slug", flat=True))
        slug, number = self.slug, 2
        while slug in slugs:
            slug, number = f"{self.slug[:46]}-{number}", number + 1
        closing = guide.questions.filter(kind=Question.Kind.CLOSING).order_by("order")
        last = guide.questions.exclude(kind=Question.Kind.CLOSING).order_by("order").last()
        order = last.order + 1 if last else 0
        for place, question in enumerate(closing, order + 1):
            question.order = place
            question.save(update_fields=["order"])
        taken = Question.objects.create(
            guide=guide,
            slug=slug,
            order=order,
            competency=guide.competencies.filter(slug=self.competency).first(),
            **self.asked(),
        )
        guide.reopen()
        return taken

    @classmethod
    def keep(cls, question: Question, *tags: str) -> "BankQuestion | None":
        """A copy of a guide's question, unless one with the same text is there already."""
        if cls.objects.filter(text_en=question.text_en, text_ko=question.text_ko).exists():
            return None
        slug, number = question.slug, 2
        while cls.objects.filter(slug=slug).exists():
            slug, number = f"{question.slug[:46]}-{number}", number + 1
        return cls.objects.create(
            slug=slug,
            competency=question.competency.slug if question.competency else "",
            tags=" ".join(tags),
            **question.asked(),
        )
