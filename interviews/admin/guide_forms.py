"""The forms of a guide's parts: competencies and questions, those of the bank too."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from interviews.admin.guide_fields import LevelsField, PointsField, ProbesField
from interviews.models import BankQuestion, Competency, InterviewGuide, Question


class CompetencyForm(forms.ModelForm):
    """A competency with its levels as a table."""

    levels = LevelsField(label=_("Levels, anchored in behaviour"))

    class Meta:
        model = Competency
        fields = (
            "slug",
            "order",
            "name_en",
            "name_ko",
            "description_en",
            "description_ko",
            "levels",
        )
        widgets: ClassVar = {
            name: forms.Textarea(attrs={"rows": 2}) for name in ("description_en", "description_ko")
        }


_TEXTS = {name: forms.Textarea(attrs={"rows": 2}) for name in ("text_en", "text_ko")}
_ASKED = (
    *("kind", "text_en", "text_ko", "expects", "answer_seconds", "seconds"),
    *("expected_points", "probes", "max_probes"),
)


class _AskedForm(forms.ModelForm):
    """What a question of a guide and one of the bank have in common."""

    expected_points = PointsField(label=_("Points that a good answer covers"))
    probes = ProbesField(label=_("Probes, in the order in which they are tried"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        keys = {point["key"] for point in cleaned.get("expected_points") or ()}
        for probe in cleaned.get("probes") or ():
            if probe["expected_point"] and probe["expected_point"] not in keys:
                message = _("“%(key)s” is none of the points above.")
                self.add_error(
                    "probes", ValidationError(message, params={"key": probe["expected_point"]})
                )
        return cleaned


class QuestionForm(_AskedForm):
    """A question of a guide, asked in its order."""

    class Meta:
        model = Question
        fields = ("slug", "order", "competency", *_ASKED)
        widgets = _TEXTS


class BankQuestionForm(_AskedForm):
    """A question that belongs to no guide yet."""

    class Meta:
        model = BankQuestion
        fields = ("slug", "competency", "tags", "active", *_ASKED)
        widgets = _TEXTS


class TakeForm(forms.Form):
    """Into which guide questions of the bank are taken."""

    guide = forms.ModelChoiceField(
        InterviewGuide.objects.filter(active=True), label=_("Interview guide")
    )
