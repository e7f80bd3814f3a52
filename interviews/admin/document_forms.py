"""Forms that take a text or a file with one: a guide, a job description, a company document."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from interviews.documents import read_document
from interviews.models import CompanyDocument


class ImportForm(forms.Form):
    """A guide as YAML, as a file or as text."""

    file = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(
        label=_("Or its text"), required=False, widget=forms.Textarea(attrs={"rows": 16})
    )
    overwrite = forms.BooleanField(
        label=_("Write over a guide of the same slug"),
        required=False,
        help_text=_("It becomes a draft. Interviews that exist keep what they were made with."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if upload := cleaned.get("file"):
            try:
                cleaned["text"] = upload.read(1_000_000).decode("utf-8-sig")
            except UnicodeDecodeError:
                raise ValidationError(_("This file is no text in UTF-8.")) from None
        if not (cleaned.get("text") or "").strip():
            raise ValidationError(_("Choose a file, or paste its text."))
        return cleaned


class DraftForm(forms.Form):
    """What a guide is to be drafted from."""

    role = forms.CharField(label=_("Role"), max_length=120)
    job_description = forms.CharField(
        label=_("Job description"), required=False, widget=forms.Textarea(attrs={"rows": 12})
    )
    file = forms.FileField(label=_("Or as a file (PDF, DOCX, TXT, MD)"), required=False)
    profile = forms.ChoiceField(label=_("Engine profile"))
    questions = forms.IntegerField(label=_("Questions"), min_value=3, max_value=12, initial=6)

    def __init__(self, *args: Any, profiles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = [(name, name) for name in profiles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if upload := cleaned.get("file"):
            cleaned["job_description"] = read_document(upload)
        if not (cleaned.get("job_description") or "").strip():
            raise ValidationError(_("Paste a job description, or choose a file."))
        return cleaned


class CompanyDocumentForm(forms.ModelForm):
    file = forms.FileField(
        label=_("Or a file (PDF, DOCX, TXT, MD)"),
        required=False,
        help_text=_("Only its text is kept."),
    )

    class Meta:
        model = CompanyDocument
        fields = ("title", "kind", "configs", "file", "text")
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 20})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if upload := cleaned.get("file"):
            cleaned["text"] = read_document(upload)
        if not (cleaned.get("text") or "").strip():
            raise ValidationError(_("Write its text, or choose a file."))
        return cleaned
