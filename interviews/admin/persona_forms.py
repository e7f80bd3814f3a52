"""The form of a persona: its voices as a table, its forbidden topics as lines."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from avatars.models import Persona
from interviews.voices import LANGUAGES, lacking, parts, profiles

LANGUAGE_NAMES = {"en": gettext_lazy("English"), "ko": gettext_lazy("Korean")}
LONGEST = 100
"""Characters of a voice's name."""


class VoicesWidget(forms.Widget):
    """A row a profile, a column a language: a name for each engine, and a button to listen.

    Its value is ``{language: {profile: "name|name of who stands by"}}``.
    """

    template_name = "interviews/widgets/voices.html"

    class Media:
        css: ClassVar = {"all": ["css/admin-rows.css"]}
        js: ClassVar = ["js/listen.js"]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        voices = value if isinstance(value, dict) else {}
        known = profiles()
        stored = {p for named in voices.values() if isinstance(named, dict) for p in named}
        context["widget"]["languages"] = list(LANGUAGE_NAMES.values())
        context["widget"]["longest"] = LONGEST
        context["widget"]["rows"] = [
            {
                "profile": profile,
                "known": profile in known,
                "lacking": lacking(profile),
                "cells": [
                    {
                        "language": language,
                        "inputs": _inputs(
                            name, profile, language, _named(voices, language, profile)
                        ),
                    }
                    for language in LANGUAGES
                ],
            }
            for profile in [*known, *sorted(stored - set(known))]
        ]
        return context

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        # Forms look for templates in apps only.
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, dict[str, str]]:
        voices: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
        for key in data:
            place = key.split(".")
            if len(place) != 4 or place[0] != name or place[1] not in voices or place[3] != "0":
                continue
            language, profile = place[1:3]
            names: list[str] = []
            while (part := data.get(f"{name}.{language}.{profile}.{len(names)}")) is not None:
                names.append(str(part).strip())
            if voice := "|".join(names).rstrip("|"):
                voices[language][profile] = voice
        return voices

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}.") for key in data)


def _named(voices: Any, language: str, profile: str) -> str:
    named = voices.get(language)
    return str(named.get(profile, "")) if isinstance(named, dict) else ""


def _inputs(name: str, profile: str, language: str, voice: str) -> list[dict[str, Any]]:
    speaking = parts(profile, language)
    names: list[str] = voice.split("|") if len(speaking) != 1 else [voice]
    return [
        {
            "name": f"{name}.{language}.{profile}.{number}",
            "value": names[number] if number < len(names) else "",
            "engine": speaking[number].engine if number < len(speaking) else "?",
            "suggestions": speaking[number].suggestions if number < len(speaking) else (),
        }
        for number in range(max(len(speaking), len(names) if voice else 0))
    ]


class VoicesField(forms.Field):
    widget = VoicesWidget

    def clean(self, value: Any) -> dict[str, dict[str, str]]:
        voices: dict[str, dict[str, str]] = value or {}
        if mistakes := mistakes_of(voices):
            raise ValidationError(mistakes)
        return {language: named for language, named in voices.items() if named}


def mistakes_of(voices: dict[str, dict[str, str]]) -> list[str]:
    """What cannot be: a profile or an embedded voice that there is none of, a name too many."""
    mistakes: list[str] = []
    known = profiles()
    for language, named in voices.items():
        for profile, voice in named.items():
            where = {"profile": profile, "language": LANGUAGE_NAMES.get(language, language)}
            if profile not in known or language not in LANGUAGES:
                mistakes.append(_("There is no engine profile “%(profile)s”.") % where)
                continue
            speaking = parts(profile, language)
            names = voice.split("|")
            if len(names) > len(speaking):
                mistakes.append(_("%(profile)s, %(language)s: more names than engines.") % where)
            for part, name in zip(speaking, names, strict=False):
                if len(name) > LONGEST or not name.isprintable():
                    mistakes.append(_("%(profile)s, %(language)s: this is no name.") % where)
                elif not part.knows(name):
                    told = {**where, "name": name, "engine": part.engine}
                    mistakes.append(
                        _("%(profile)s, %(language)s: %(engine)s has no voice “%(name)s”.") % told
                    )
    return mistakes


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = str(super().clean(value)).splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class PersonaForm(forms.ModelForm):
    voices = VoicesField(
        required=False,
        label=gettext_lazy("Voices"),
        help_text=gettext_lazy(
            "By engine profile and language; empty is the engine's own. Where several engines are "
            "named, the first speaks and the others stand by. To listen costs as much as to speak."
        ),
    )
    forbidden_topics = LinesField(
        required=False,
        label=gettext_lazy("Forbidden topics"),
        help_text=gettext_lazy("One a line; each is matched at the start of a word."),
    )

    class Meta:
        model = Persona
        fields: ClassVar = [
            "slug", "avatar", "language", "active", "voices", "name_en", "title_en", "manner_en",
            "name_ko", "title_ko", "manner_ko", "greeting_en", "closing_en", "greeting_ko",
            "closing_ko", "forbidden_topics",
        ]  # fmt: skip
