"""Guides, their rubrics, competencies and questions in the admin site."""

from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interviews.admin.document_forms import DraftForm, ImportForm
from interviews.admin.guide_forms import CompetencyForm, QuestionForm
from interviews.engines import engines
from interviews.guides import files as guide_files
from interviews.guides.document import GuideDocument, GuideFileError, parse
from interviews.guides.draft import draft
from interviews.models import (
    BankQuestion,
    Competency,
    InterviewGuide,
    Question,
    Rubric,
)
from voice.errors import EngineError


class CompetencyInline(admin.StackedInline):
    """A guide's competencies, on the page of the guide."""

    model = Competency
    form = CompetencyForm
    extra = 0
    classes = ["collapse"]


class QuestionInline(admin.StackedInline):
    """A guide's questions, on the page of the guide."""

    model = Question
    form = QuestionForm
    extra = 0
    classes = ["collapse"]
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        formset = super().get_formset(request, obj, **options)
        offer_competencies_of(obj, formset.form)
        return formset


class RubricInline(admin.StackedInline):
    """A guide's scales, on the page of the guide."""

    model = Rubric
    extra = 0
    classes = ["collapse"]


@admin.register(InterviewGuide)
class InterviewGuideAdmin(admin.ModelAdmin):
    """Made by hand, imported or drafted; a person approves it on a page that shows it whole."""

    change_form_template = "admin/interviews/guide_change_form.html"
    change_list_template = "admin/interviews/guide_change_list.html"
    list_display = ("title_en", "title_ko", "slug", "status", "origin", "active")
    list_filter = ("status", "origin", "active")
    list_editable = ("active",)
    search_fields = ("slug", "title_en", "title_ko", "questions__text_en", "questions__text_ko")
    prepopulated_fields = {"slug": ["title_en"]}
    readonly_fields = ("status", "origin", "approved_by", "approved_at")
    inlines = [RubricInline, CompetencyInline, QuestionInline]
    actions = ["put_into_bank"]

    def get_urls(self) -> list[URLPattern]:
        def url(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"interviews_guide_{name}")

        return [
            url("import/", self.import_view, "import"),
            url("draft/", self.draft_view, "draft"),
            url("<int:pk>/export/", self.export_view, "export"),
            url("<int:pk>/approval/", self.approval_view, "approval"),
            *super().get_urls(),
        ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        reopen_if_unfit(request, form.instance)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data.get("file")
            source = upload.name if upload else _("text")
            try:
                document = parse(form.cleaned_data["text"], GuideDocument, source=source)
            except GuideFileError as error:
                for line in str(error).splitlines():
                    form.add_error(None, line.strip())
            else:
                there = InterviewGuide.objects.filter(slug=document.slug).first()
                if there and not self.has_change_permission(request, there):
                    raise PermissionDenied
                if there and not form.cleaned_data["overwrite"]:
                    form.add_error("overwrite", _("There is a guide of the slug %s.") % there.slug)
                else:
                    return self._stored(request, guide_files.store(document), _("Imported."))
        return self._page(request, _("Import a guide"), form, "form.html")

    def draft_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = DraftForm(
            request.POST or None, request.FILES or None, profiles=list(settings.VOICE_ENGINES)
        )
        if request.method == "POST" and form.is_valid():
            asked = form.cleaned_data
            try:
                document = async_to_sync(draft)(
                    engines(asked["profile"]).model,
                    asked["role"],
                    asked["job_description"],
                    questions=asked["questions"],
                )
            except EngineError as error:
                message = _("The language model gave no usable draft (%s). Try another profile.")
                form.add_error(None, message % error.code)
            except GuideFileError as error:
                for line in str(error).splitlines():
                    form.add_error(None, line.strip())
            else:
                document = document.model_copy(update={"slug": _free(document.slug)})
                guide = guide_files.store(document, origin=InterviewGuide.Origin.MODEL)
                return self._stored(request, guide, _("Drafted. Read it before you approve it."))
        return self._page(request, _("Draft a guide from a job description"), form, "form.html")

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        guide = get_object_or_404(InterviewGuide, pk=pk)
        if not self.has_view_permission(request, guide):
            raise PermissionDenied
        try:
            text = guide_files.dump(guide)
        except GuideFileError as error:
            messages.error(request, str(error))
            return redirect("admin:interviews_interviewguide_change", pk)
        return HttpResponse(
            text,
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{guide.slug}.yaml"'},
        )

    def approval_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole guide to read, with what is wrong with it; approve it or take that back."""
        guide = get_object_or_404(InterviewGuide, pk=pk)
        if not self.has_change_permission(request, guide):
            raise PermissionDenied
        mistakes = mistakes_of(guide)
        if request.method == "POST":
            if "withdraw" in request.POST:
                guide.reopen()
                self.log_change(request, guide, "Withdrawn.")
            elif not mistakes:
                guide.approve(request.user)
                self.log_change(request, guide, "Approved.")
            return redirect("admin:interviews_interviewguide_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Approve a guide"),
            "opts": self.opts,
            "guide": guide,
            "mistakes": mistakes,
            "shown": guide.snapshot(),
        }
        return TemplateResponse(request, "admin/interviews/guide_approval.html", context)

    @admin.action(
        description=gettext_lazy("Put the questions into the bank"), permissions=["change"]
    )
    def put_into_bank(self, request: HttpRequest, queryset: QuerySet[InterviewGuide]) -> None:
        kept = [
            BankQuestion.keep(question, guide.slug)
            for guide in queryset
            for question in guide.questions.select_related("competency")
        ]
        count = sum(one is not None for one in kept)
        messages.success(request, _("%d questions are new in the bank.") % count)

    def _stored(self, request: HttpRequest, guide: InterviewGuide, said: str) -> HttpResponse:
        self.log_addition(request, guide, said)
        messages.success(request, said)
        return redirect("admin:interviews_interviewguide_change", guide.pk)

    def _page(self, request: HttpRequest, title: str, form: Any, template: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "title": title, "opts": self.opts, "form": form
        }  # fmt: skip
        status = 422 if form.errors else 200
        return TemplateResponse(request, f"admin/interviews/{template}", context, status=status)


@admin.register(Rubric)
class RubricAdmin(admin.ModelAdmin):
    """The scales on which a guide's answers are judged."""

    list_display = ("name", "guide", "lowest", "highest")
    list_filter = ("guide",)
    search_fields = ("name",)


class PartAdmin(admin.ModelAdmin):
    """Parts of guides are found and edited one by one, but made on the page of their guide."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        reopen_if_unfit(request, obj.guide)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        reopen_if_unfit(request, obj.guide)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        guides = list(InterviewGuide.objects.filter(pk__in=queryset.values("guide")))
        super().delete_queryset(request, queryset)
        for guide in guides:
            reopen_if_unfit(request, guide)


@admin.register(Competency)
class CompetencyAdmin(PartAdmin):
    """The competencies of all guides."""

    form = CompetencyForm
    list_display = ("name_en", "name_ko", "guide", "order")
    list_filter = ("guide",)
    search_fields = ("slug", "name_en", "name_ko")


@admin.register(Question)
class QuestionAdmin(PartAdmin):
    """The questions of all guides."""

    form = QuestionForm
    list_display = ("text_en", "text_ko", "guide", "kind", "order")
    list_filter = ("guide", "kind", "competency")
    search_fields = ("slug", "text_en", "text_ko")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **options)
        offer_competencies_of(obj.guide if obj else None, form)
        return form


def offer_competencies_of(guide: InterviewGuide | None, form: Any) -> None:
    """Leave a form of questions the competencies of their guide; one that is not saved yet has
    none."""
    # Not there for those who may only look.
    if field := form.base_fields.get("competency"):
        field.queryset = Competency.objects.filter(guide=guide)
        # Read once, not for each question.
        field.choices = list(field.choices)


def reopen_if_unfit(request: HttpRequest, guide: InterviewGuide) -> None:
    """An approved guide that is edited into something unusable is a draft again."""
    if guide.is_approved and (mistakes := mistakes_of(guide)):
        guide.reopen()
        messages.warning(request, _("The guide is a draft again: %s") % " · ".join(mistakes))


def mistakes_of(guide: InterviewGuide) -> list[str]:
    """Why it cannot be approved, each with its place."""
    try:
        guide_files.dump(guide)
    except GuideFileError as error:
        return [line.strip() for line in str(error).splitlines()[1:]] or [str(error)]
    return []


def _free(slug: str) -> str:
    """``slug``, or one like it that no guide has: a draft is never written over a guide."""
    free, number = slug, 2
    while InterviewGuide.objects.filter(slug=free).exists():
        free, number = f"{slug}-{number}", number + 1
    return free
