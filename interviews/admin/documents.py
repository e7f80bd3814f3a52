"""Company documents in the admin site, and the passages that follow-ups may rest on."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from interviews.admin.document_forms import CompanyDocumentForm
from interviews.admin.records import ReadOnly
from interviews.grounding.library import index_document
from interviews.models import CompanyDocument, Passage
from voice.errors import EngineError


@admin.register(CompanyDocument)
class CompanyDocumentAdmin(admin.ModelAdmin):
    """Its text is cut into passages, and those are made searchable, each time it is saved."""

    form = CompanyDocumentForm
    list_display = ("title", "kind", "changed_at")
    list_filter = ("kind", "configs")
    search_fields = ("title", "text")
    filter_horizontal = ("configs",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)
        try:
            count = index_document(obj)
        except EngineError as error:
            messages.warning(request, _("It is stored, but cannot be searched: %s") % error)
        else:
            messages.info(request, _("It has %d passages that follow-ups may rest on.") % count)


@admin.register(Passage)
class PassageAdmin(ReadOnly, admin.ModelAdmin):
    """What was made of documents: to be read, or deleted, never edited."""

    list_display = ("text", "source", "document", "language", "embedder")
    list_filter = ("source", "language", "embedder")
    list_select_related = ("document",)
    search_fields = ("text",)
    exclude = ("embedding",)
