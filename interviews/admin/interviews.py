"""Interviews, what was said in them, and what they are held on, in the admin site."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from interviews.admin.records import OnlyVisible, ReadOnly
from interviews.models import (
    Accommodation,
    Alert,
    AnswerFeedback,
    Interview,
    InterviewConfig,
    Score,
    Utterance,
)
from interviews.reports.export import archive


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Rows of an interview, on its page; each leads to its own."""

    extra = 0
    can_delete = False
    show_change_link = True


class TranscriptInline(ReadOnlyInline):
    """All that was said."""

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


class ScoreInline(OnlyVisible, ReadOnlyInline):
    """The levels that the reader may know."""

    model = Score
    fields = ["competency", "level", "rationale", "scorer", "valid"]


class AlertInline(ReadOnlyInline):
    """What the guard found."""

    model = Alert
    fields = ["level", "kinds", "confidence", "utterance"]
    readonly_fields = ["kinds"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).select_related("utterance")

    @admin.display(description=_("categories"))
    def kinds(self, alert: Alert) -> str:
        return ", ".join(alert.named)


@admin.register(Interview)
class InterviewAdmin(ReadOnly, admin.ModelAdmin):
    """The record of each interview, to be searched by its words and exported."""

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
            archive(queryset, cast(User, request.user)),
            content_type="application/zip",
            headers={"Content-Disposition": 'attachment; filename="interviews.zip"'},
        )


@admin.register(Utterance)
class UtteranceAdmin(ReadOnly, admin.ModelAdmin):
    """What either side said, of all interviews."""

    list_display = ["interview", "sequence", "speaker", "text_heard", "source", "created_at"]
    list_filter = ["speaker", "source", "language", "interrupted", "created_at"]
    list_select_related = ["interview__candidate"]
    search_fields = ["text_heard", "interview__candidate__email"]


@admin.register(Score)
class ScoreAdmin(OnlyVisible, ReadOnly, admin.ModelAdmin):
    """The levels that the reader may know, of all interviews."""

    list_display = ["interview", "competency", "level", "scorer", "valid", "created_at"]
    list_filter = ["competency", "level", "valid", "scorer", "created_at"]
    list_select_related = ["interview__candidate"]
    search_fields = ["competency", "rationale", "interview__candidate__email"]


@admin.register(Alert)
class AlertAdmin(ReadOnly, admin.ModelAdmin):
    """What the guard found, of all interviews."""

    list_display = ["created_at", "level", "kinds", "confidence", "interview", "utterance"]
    list_filter = ["level", "utterance__speaker", "created_at"]
    list_select_related = ["interview__candidate", "utterance"]
    search_fields = ["interview__id", "interview__candidate__email", "utterance__text_heard"]
    date_hierarchy = "created_at"

    @admin.display(description=_("categories"))
    def kinds(self, alert: Alert) -> str:
        return ", ".join(alert.named)


@admin.register(AnswerFeedback)
class AnswerFeedbackAdmin(ReadOnly, admin.ModelAdmin):
    """How answers were delivered."""

    list_display = ["utterance", "seconds", "words", "words_per_minute", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["utterance"]
    search_fields = ["utterance__text_heard"]


@admin.register(InterviewConfig)
class InterviewConfigAdmin(admin.ModelAdmin):
    """What candidates may choose: guide, persona, engines, limits, and who is offered it."""

    list_display = ["title", "role", "language", "duration_minutes", "persona", "guide", "active"]
    list_filter = ["active", "language", "persona", "guide", "groups"]
    list_editable = ["active"]
    list_select_related = ["persona", "guide"]
    search_fields = ["title", "role", "level"]
    autocomplete_fields = ["persona", "guide"]
    filter_horizontal = ["groups"]


@admin.register(Accommodation)
class AccommodationAdmin(admin.ModelAdmin):
    """What a candidate is given for a fair chance: time, typing, captions, patience."""

    list_display = ["candidate", "extra_time", "typed", "captions", "patient"]
    list_select_related = ["candidate"]
    search_fields = ["candidate__email", "candidate__name"]
    autocomplete_fields = ["candidate"]
