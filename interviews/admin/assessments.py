"""Ratings and assessments in the admin site: a record, to be read. People rate on the
results page, where a reason is asked for and blind ratings are kept blind."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from interviews.admin.records import OnlyVisible, ReadOnly
from interviews.models import Assessment, Rating


@admin.register(Rating)
class RatingAdmin(OnlyVisible, ReadOnly, admin.ModelAdmin):
    """What people gave, and why: kept for good."""

    list_display = ["created_at", "interview", "competency", "level", "reviewer", "blind"]
    list_filter = ["competency", "level", "blind", "created_at"]
    list_select_related = ["interview__candidate", "reviewer"]
    search_fields = ["reason", "reviewer__email", "interview__candidate__email"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Assessment)
class AssessmentAdmin(ReadOnly, admin.ModelAdmin):
    """How far the work on an interview's answers has come."""

    list_display = ["interview", "status", "done", "steps", "attempts", "problem", "model"]
    list_filter = ["status", "problem", "model"]
    list_select_related = ["interview__candidate"]
