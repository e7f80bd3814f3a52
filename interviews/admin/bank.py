"""The question bank in the admin site: questions to be taken into guides."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.admin.guide_forms import BankQuestionForm, TakeForm
from interviews.models import BankQuestion


class TagFilter(admin.SimpleListFilter):
    """By one of the tags, which a question keeps as words in one field."""

    title = gettext_lazy("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        lists = BankQuestion.objects.values_list("tags", flat=True).distinct()
        tags = sorted({tag for tags in lists for tag in tags.split()})
        return [(tag, tag) for tag in tags]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.tagged(self.value()) if self.value() else queryset


class LanguageFilter(admin.SimpleListFilter):
    """By the language in which a question is worded."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("en", gettext_lazy("English")), ("ko", gettext_lazy("Korean"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_language(self.value()) if self.value() in ("en", "ko") else queryset


@admin.register(BankQuestion)
class BankQuestionAdmin(admin.ModelAdmin):
    """Found by search and filters, and taken into a guide by an action."""

    form = BankQuestionForm
    list_display = ("slug", "text_en", "text_ko", "competency", "kind", "tags", "active")
    list_filter = (TagFilter, LanguageFilter, "competency", "kind", "active")
    search_fields = ("slug", "text_en", "text_ko", "competency", "tags")
    search_help_text = gettext_lazy("Words of the question, its competency or its tags.")
    actions = ["take_into_guide"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.search(search_term), False

    @admin.action(description=gettext_lazy("Take into a guide"), permissions=["view"])
    def take_into_guide(
        self, request: HttpRequest, queryset: QuerySet[BankQuestion]
    ) -> HttpResponse | None:
        if not request.user.has_perm("interviews.change_interviewguide"):
            raise PermissionDenied
        form = TakeForm(request.POST if "guide" in request.POST else None)
        if form.is_bound and form.is_valid():
            guide = form.cleaned_data["guide"]
            for question in queryset:
                question.take_into(guide)
            messages.success(
                request, _("%(count)d questions taken. “%(guide)s” has to be approved.")
                % {"count": len(queryset), "guide": guide},
            )  # fmt: skip
            return redirect("admin:interviews_interviewguide_change", guide.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take into a guide"),
            "opts": self.opts,
            "form": form,
            "questions": queryset,
        }
        return TemplateResponse(request, "admin/interviews/take.html", context)
