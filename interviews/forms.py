"""The set-up of an interview, and the consent to it."""

from itertools import groupby
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from interviews.documents import read_document
from interviews.models import Interview, InterviewConfig

LANGUAGES = [
    ("auto", _("Whichever I speak")),
    ("ko", "한국어"),
    ("en", "English"),
]
DOCUMENTS = [("resume_text", "resume_file"), ("job_description", "job_description_file")]
ACCEPTED = ".pdf,.docx,.txt,.md,.markdown"


class DocumentForm(forms.Form):
    """One uploaded document; ``cleaned_data["file"]`` is its text."""

    file = forms.FileField(allow_empty_file=True)

    def clean_file(self) -> str:
        return read_document(self.cleaned_data["file"])


class SetupForm(forms.Form):
    """Config, language, documents and options of a new interview."""

    config = forms.ModelChoiceField(
        InterviewConfig.objects.none(),
        label=_("Interview"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": _("Choose an interview."),
            "invalid_choice": _("This interview is not open any more. Choose another one."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect, required=False
    )
    resume_text = forms.CharField(
        label=_("Résumé"), required=False, max_length=settings.MAX_DOCUMENT_CHARACTERS
    )
    resume_file = forms.FileField(
        label=_("Résumé as a file"), required=False, allow_empty_file=True
    )
    job_description = forms.CharField(
        label=_("Job description"), required=False, max_length=settings.MAX_DOCUMENT_CHARACTERS
    )
    job_description_file = forms.FileField(
        label=_("Job description as a file"), required=False, allow_empty_file=True
    )
    input_mode = forms.ChoiceField(
        label=_("How you answer"),
        choices=InterviewConfig.InputMode.choices,
        widget=forms.RadioSelect,
    )
    typed_answers = forms.BooleanField(
        label=_("Let me type answers too"),
        help_text=_("A keyboard button stands in the room, for when speaking is difficult."),
        required=False,
    )

    def __init__(self, *args, configs, **kwargs):
        super().__init__(*args, **kwargs)
        self.configs = configs
        cast(forms.ModelChoiceField, self.fields["config"]).queryset = configs
        ordered = [card for group in self.grouped_configs() for card in group[1]]
        if ordered:
            self.initial.setdefault("config", ordered[0].pk)
            self.initial.setdefault("input_mode", ordered[0].input_mode)
        self.initial.setdefault("language", get_language() or "auto")
        self.initial.setdefault("typed_answers", True)
        size = filesizeformat(settings.MAX_DOCUMENT_BYTES)
        for text, file in DOCUMENTS:
            self.fields[text].widget = forms.Textarea(attrs={"rows": 7})
            self.fields[file].help_text = gettext(
                "PDF, DOCX, TXT or MD, at most %(size)s. Only its text is kept."
            ) % {"size": size}
            self.fields[file].widget.attrs |= {
                "accept": ACCEPTED,
                "data-url": reverse("interviews:document"),
                "data-limit": settings.MAX_DOCUMENT_BYTES,
                "data-reading": gettext("Reading the file…"),
                "data-done": gettext("Read. You can correct the text above."),
                "data-too-large": gettext(
                    "This file is larger than %(limit)s. Choose a smaller one,"
                    " or paste the text instead."
                )
                % {"limit": size},
                "data-unreachable": gettext(
                    "The file could not be read just now. It is sent along when you continue."
                ),
            }

    def grouped_configs(self) -> list[tuple[str, list[InterviewConfig]]]:
        """``(language, configs)``: the reader's own language first, then both, then the rest."""
        order = [get_language(), "auto"]

        def rank(config: InterviewConfig) -> tuple[int, str]:
            known = config.language in order
            return (order.index(config.language) if known else len(order), config.language)

        ranked = sorted(self.configs, key=rank)
        return [(key, list(group)) for key, group in groupby(ranked, lambda c: c.language)]

    def config_groups(self) -> list[dict]:
        """What the template shows: each group's title and its cards with their radio buttons."""
        titles = {
            "ko": gettext("In Korean"),
            "en": gettext("In English"),
            "auto": gettext("In Korean or English"),
        }
        radios = {str(radio.data["value"]): radio for radio in self["config"]}
        chosen = str(self["config"].value())
        return [
            {
                "title": titles[language],
                "open": language in (get_language(), "auto")
                or chosen in {str(config.pk) for config in configs},
                "cards": [{"config": c, "radio": radios[str(c.pk)]} for c in configs],
            }
            for language, configs in self.grouped_configs()
        ]

    def save(self, candidate: User) -> Interview:
        """The new interview; what the candidate chose stands in its snapshot, not in the config."""
        data = self.cleaned_data
        with transaction.atomic():
            interview = Interview.objects.create_from(
                data["config"],
                candidate,
                language=data["language"],
                resume_text=data["resume_text"],
                job_description=data["job_description"],
            )
            eased = getattr(candidate, "accommodation", None)
            interview.snapshot["options"] |= {
                "input_mode": data["input_mode"],
                "typed_answers": data["typed_answers"] or bool(eased and eased.typed),
            }
            interview.save(update_fields=["snapshot"])
        return interview

    def documents(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[text], self[file]) for text, file in DOCUMENTS]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for text, file in DOCUMENTS:
            self.merge(text, file)
        config = data.get("config")
        data["language"] = data.get("language") or "auto"
        if config and not config.typed_answers:
            data["typed_answers"] = False
        return data

    def merge(self, text_name: str, file_name: str) -> None:
        """Append the file's text to what was typed, and show it again if the form comes back:
        a browser forgets chosen files, and nothing may be lost."""
        upload = self.cleaned_data.get(file_name)
        if not upload or text_name in self.errors:
            return
        try:
            added = read_document(upload)
        except ValidationError as error:
            self.add_error(file_name, error)
            return
        typed = self.cleaned_data.get(text_name, "")
        text = typed if added in typed else f"{typed}\n\n{added}".strip()
        if len(text) > settings.MAX_DOCUMENT_CHARACTERS:
            self.add_error(
                file_name,
                ValidationError(
                    _("Text and file together have more than %(limit)s characters. Shorten one."),
                    code="too_long",
                    params={"limit": f"{settings.MAX_DOCUMENT_CHARACTERS:,}"},
                ),
            )
            return
        self.cleaned_data[text_name] = text
        self.data = data = cast(QueryDict, self.data).copy()
        data[self.add_prefix(text_name)] = text


class ConsentForm(forms.Form):
    """The candidate's consent before the room."""

    consent = forms.BooleanField(
        label=_("I have read this and agree to be interviewed by an AI."),
        error_messages={"required": _("Tick the box if you agree. Without it nothing begins.")},
    )

    def __init__(self, *args: Any, interprets: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if interprets:
            self.fields["consent"].label = _("I have read this and agree that an AI interprets.")
