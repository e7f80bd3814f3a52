"""Personas in the admin site, and their voices to listen to."""

import logging
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from avatars.models import Persona
from interviews.admin.persona_forms import LONGEST, PersonaForm
from interviews.voices import LANGUAGES, lacking, profiles, sample
from voice.errors import EngineError

log = logging.getLogger(__name__)

REASONS = {
    "missing_key": gettext_lazy("The engine has no key."),
    "unauthorised": gettext_lazy("The provider does not accept the key."),
    "quota": gettext_lazy("The account at the provider is empty."),
    "rate_limited": gettext_lazy("The provider is asked too often. Try again in a minute."),
    "timeout": gettext_lazy("The engine did not speak in time. Try again."),
    "unavailable": gettext_lazy("The provider cannot be reached. Try again in a minute."),
    "unknown_voice": gettext_lazy("The engine has no voice of this name."),
    "rejected": gettext_lazy("The engine refuses this: is there a voice of this name?"),
    "missing_weights": gettext_lazy("The engine's model is not installed."),
}


@admin.register(Persona)
class PersonaAdmin(admin.ModelAdmin):
    form = PersonaForm
    list_display = ["name_en", "name_ko", "title_en", "language", "avatar", "active"]
    list_filter = ["active", "language"]
    list_editable = ["active"]
    list_select_related = ["avatar"]
    search_fields = ["slug", "name_en", "name_ko", "title_en", "title_ko"]
    prepopulated_fields = {"slug": ["name_en"]}
    autocomplete_fields = ["avatar"]
    fieldsets = [
        (None, {"fields": ["slug", "avatar", "language", "active"]}),
        (gettext_lazy("Voices"), {"fields": ["voices"]}),
        (gettext_lazy("English"), {"fields": ["name_en", "title_en", "manner_en"]}),
        (gettext_lazy("Korean"), {"fields": ["name_ko", "title_ko", "manner_ko"]}),
        (
            gettext_lazy("What is said"),
            {
                "description": gettext_lazy("May hold {candidate}, {role} and {interviewer}."),
                "fields": ["greeting_en", "closing_en", "greeting_ko", "closing_ko"],
            },
        ),
        (gettext_lazy("What is not"), {"fields": ["forbidden_topics"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        listen = self.admin_site.admin_view(self.listen_view)
        return [path("listen/", listen, name="avatars_persona_listen"), *super().get_urls()]

    def listen_view(self, request: HttpRequest) -> HttpResponse:
        """A sentence in a voice, as WAV: POST ``profile``, ``language`` and ``voice``.

        Otherwise ``{"detail": …}``: 403, 405, 422 (asked for nonsense), 409 (the profile is not
        set up), 502 (the engine failed).
        """
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            return _refusal(403, _("You may not change personas."))
        if request.method != "POST":
            return _refusal(405, _("Use the button."))
        profile, language = request.POST.get("profile", ""), request.POST.get("language", "")
        voice = request.POST.get("voice", "").strip()
        if profile not in profiles() or language not in LANGUAGES or len(voice) > LONGEST:
            return _refusal(422, _("There is no such engine profile, language or voice."))
        if profile not in settings.VOICE_ENGINES:
            named = ", ".join(lacking(profile)) or profile
            return _refusal(409, _("To hear it, set %(variables)s.") % {"variables": named})
        try:
            spoken = async_to_sync(sample)(profile, language, voice)
        except EngineError as error:
            log.warning("A voice of %s cannot be heard: %s", profile, error)
            return _refusal(502, _reason(error))
        return HttpResponse(spoken, content_type="audio/wav", headers={"Cache-Control": "no-store"})


def _reason(error: EngineError) -> str:
    known: Any = REASONS.get(error.code)
    return str(known or _("The engine failed (%(code)s).") % {"code": error.code})


def _refusal(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)
