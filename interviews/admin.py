from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from interviews.export import archive
from interviews.models import (
    Alert,
    AnswerFeedback,
    Competency,
    Interview,
    InterviewConfig,
    InterviewGuide,
    Question,
    Rubric,
    Score,
    Utterance,
)


class ReadOnly:
    """What was said and judged is a record: the admin site shows it and changes nothing."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True


class TranscriptInline(ReadOnlyInline):
    model = Utterance
    verbose_name_plural = _("transcript")
    fields = [
        "sequence",
        "speaker",
        "text_heard",
        "language",
        "source",
        "start_ms",
        "end_ms",
        "interrupted",
    ]


class ScoreInline(ReadOnlyInline):
    model = Score
    fields = ["competency", "level", "rationale", "scorer", "valid"]


class AlertInline(ReadOnlyInline):
    model = Alert
    fields = ["level", "categories", "confidence", "utterance"]


@admin.register(Interview)
class InterviewAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["title", "candidate", "status", "language", "said", "created_at", "ended_at"]
    list_filter = ["status", "language", "config", "config__persona", "end_reason", "created_at"]
    list_select_related = ["candidate"]
    search_fields = ["id", "candidate__email", "candidate__name", "utterances__text_heard"]
    search_help_text = _("Candidate, id, or words from the transcript.")
    date_hierarchy = "created_at"
    inlines = [TranscriptInline, AlertInline, ScoreInline]
    actions = ["export"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interview]:
        return super().get_queryset(request).annotate(said=Count("utterances", distinct=True))

    @admin.display(description=_("title"))
    def title(self, interview: Interview) -> str:
        return str(interview.snapshot.get("title", ""))

    @admin.display(description=_("utterances"), ordering="said")
    def said(self, interview: Any) -> int:
        return interview.said

    @admin.action(description=_("Export selected interviews"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Interview]) -> HttpResponse:
        return HttpResponse(
            archive(queryset),
            content_type="application/zip",
            headers={"Content-Disposition": 'attachment; filename="interviews.zip"'},
        )


@admin.register(Utterance)
class UtteranceAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["interview", "sequence", "speaker", "text_heard", "source", "created_at"]
    list_filter = ["speaker", "source", "language", "interrupted", "created_at"]
    list_select_related = ["interview__candidate"]
    search_fields = ["text_heard", "interview__candidate__email"]


@admin.register(Score)
class ScoreAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["interview", "competency", "level", "scorer", "valid", "created_at"]
    list_filter = ["competency", "level", "valid", "scorer", "created_at"]
    list_select_related = ["interview__candidate"]
    search_fields = ["competency", "rationale", "interview__candidate__email"]


@admin.register(Alert)
class AlertAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created_at", "level", "categories", "confidence", "interview", "utterance"]
    list_filter = ["level", "utterance__speaker", "created_at"]
    list_select_related = ["interview__candidate", "utterance"]
    search_fields = ["interview__id", "interview__candidate__email", "utterance__text_heard"]
    date_hierarchy = "created_at"


@admin.register(AnswerFeedback)
class AnswerFeedbackAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["utterance", "seconds", "words", "words_per_minute", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["utterance"]
    search_fields = ["utterance__text_heard"]


class CompetencyInline(admin.StackedInline):
    model = Competency
    extra = 0


class QuestionInline(admin.StackedInline):
    model = Question
    extra = 0
    classes = ["collapse"]


class RubricInline(admin.StackedInline):
    model = Rubric
    extra = 0


@admin.register(InterviewGuide)
class InterviewGuideAdmin(admin.ModelAdmin):
    list_display = ["title_en", "title_ko", "slug", "active"]
    list_filter = ["active"]
    list_editable = ["active"]
    search_fields = ["slug", "title_en", "title_ko", "questions__text_en", "questions__text_ko"]
    prepopulated_fields = {"slug": ["title_en"]}
    inlines = [RubricInline, CompetencyInline, QuestionInline]


@admin.register(Rubric)
class RubricAdmin(admin.ModelAdmin):
    list_display = ["name", "guide", "lowest", "highest"]
    list_filter = ["guide"]
    search_fields = ["name"]


@admin.register(Competency)
class CompetencyAdmin(admin.ModelAdmin):
    list_display = ["name_en", "name_ko", "guide", "order"]
    list_filter = ["guide"]
    search_fields = ["slug", "name_en", "name_ko"]


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    list_display = ["text_en", "text_ko", "guide", "kind", "order"]
    list_filter = ["guide", "kind", "competency"]
    search_fields = ["slug", "text_en", "text_ko"]


@admin.register(InterviewConfig)
class InterviewConfigAdmin(admin.ModelAdmin):
    list_display = ["title", "role", "language", "duration_minutes", "persona", "guide", "active"]
    list_filter = ["active", "language", "persona", "guide", "groups"]
    list_editable = ["active"]
    list_select_related = ["persona", "guide"]
    search_fields = ["title", "role", "level"]
    autocomplete_fields = ["persona", "guide"]
    filter_horizontal = ["groups"]
