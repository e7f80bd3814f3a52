"""The guard's phrases in the admin site, with a page to try sentences on what is configured."""

from typing import Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.models import GuardPhrases
from interviews.moderation import moderators
from voice.engines import Verdict
from voice.errors import EngineError

MOST_SENTENCES = 20


class TryForm(forms.Form):
    sentences = forms.CharField(
        label=gettext_lazy("Sentences"),
        help_text=gettext_lazy("One a line, as a candidate might say them. Nothing is stored."),
        max_length=4000,
        widget=forms.Textarea({"rows": 4, "cols": 80}),
    )

    def clean_sentences(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["sentences"].splitlines()]
        sentences = [line for line in lines if line]
        if len(sentences) > MOST_SENTENCES:
            raise forms.ValidationError(_("At most %d sentences at once.") % MOST_SENTENCES)
        return sentences


@admin.register(GuardPhrases)
class GuardPhrasesAdmin(admin.ModelAdmin):
    change_list_template = "admin/interviews/phrases_change_list.html"
    change_form_template = "admin/interviews/phrases_change_form.html"
    list_display = ["shown", "language", "level", "category", "active", "updated_at"]
    list_filter = ["language", "level", "category", "active"]
    list_editable = ["active"]
    search_fields = ["phrases", "allowed", "category"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_view)
        return [path("try/", view, name="interviews_guardphrases_try"), *super().get_urls()]

    @admin.display(description=gettext_lazy("phrases"))
    def shown(self, row: GuardPhrases) -> str:
        lines = (row.phrases or row.allowed).splitlines()
        more = f" (+{len(lines) - 3})" if len(lines) > 3 else ""
        return ", ".join(lines[:3]) + more

    def try_view(self, request: HttpRequest) -> HttpResponse:
        """What each configured moderator makes of sentences, as it would in an interview."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST or None)
        names = list(moderators())
        rows: list[dict[str, Any]] = []
        if request.method == "POST" and form.is_valid():
            rows = async_to_sync(_tried)(form.cleaned_data["sentences"])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try sentences on the guard"),
            "opts": self.opts,
            "form": form,
            "names": names,
            "rows": rows,
        }
        return TemplateResponse(
            request,
            "admin/interviews/phrases_try.html",
            context,
            status=422 if form.errors else 200,
        )


async def _tried(sentences: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "sentence": sentence,
            "verdicts": [await _verdict(each, sentence) for each in moderators().values()],
        }
        for sentence in sentences
    ]


async def _verdict(moderator: Any, sentence: str) -> Verdict | str:
    language = "ko" if any("가" <= letter <= "힣" for letter in sentence) else "en"
    try:
        verdict: Verdict = await moderator.judge(sentence, language)
    except EngineError as error:
        return str(error)
    return verdict
