"""How interviews are shown: texts of the snapshot in the reader's language, the next step."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from avatars.models import Persona
from interviews.models import Interview
from interviews.models.status import UNDER_WAY

register = template.Library()


@register.filter
def in_language(text: Mapping[str, str] | str | None) -> str:
    """``{"en": …, "ko": …}`` in the reader's language, or in whichever there is."""
    if not isinstance(text, Mapping):
        return text or ""
    return text.get(get_language() or "en") or next((value for value in text.values() if value), "")


@register.filter
def interviewer_name(interview: Interview) -> str:
    return in_language(interview.snapshot["persona"]["name"])


@register.filter
def poster(interview: Interview) -> str:
    avatar = interview.snapshot["persona"].get("avatar") or {}
    return avatar.get("poster") or static("img/poster.svg")


@register.filter
def persona_name(persona: Persona) -> str:
    return in_language({"en": persona.name_en, "ko": persona.name_ko})


@register.filter
def persona_title(persona: Persona) -> str:
    return in_language({"en": persona.title_en, "ko": persona.title_ko})


@register.filter
def persona_poster(persona: Persona | None) -> str:
    return (persona and persona.avatar.poster_url) or static("img/poster.svg")


@register.filter
def lang(interview: Interview) -> str:
    """The attribute of an element that holds words of the interview; none if it is in both."""
    return format_html(' lang="{}"', interview.language) if interview.language != "auto" else ""


@register.filter
def paragraphs(summary: str) -> list[tuple[str, str]]:
    """``(question or "", text)`` each: a summary without a model puts answers below questions."""
    made = []
    for block in summary.split("\n\n"):
        first, _, rest = block.partition("\n")
        made.append((first, rest) if rest.startswith("“") else ("", block))
    return made


@register.filter
def moment(value: datetime) -> str:
    """Day and time; Django's Korean format puts the half of the day behind the hour."""
    form = "Y년 n월 j일 A g:i" if get_language() == "ko" else "j F Y, H:i"
    return date_format(timezone.localtime(value), form)


@register.filter
def language_name(code: str) -> str:
    return {"ko": gettext("Korean"), "en": gettext("English")}.get(
        code, gettext("Korean or English")
    )


@register.simple_tag(takes_context=True)
def next_step(context: template.Context, interview: Interview) -> dict[str, str]:
    """``{"url", "label"}``: where the reader goes from here with this interview."""
    own = interview.candidate_id == context["request"].user.pk
    if own and interview.status == "ready" and not interview.consented_at:
        return {"url": reverse("interviews:check", args=[interview.pk]), "label": gettext("Begin")}
    if own and not interview.is_over:
        label = gettext("Begin") if interview.status == "ready" else gettext("Resume")
        return {"url": reverse("interviews:room", args=[interview.pk]), "label": label}
    if interview.status in UNDER_WAY:
        return {"url": reverse("interviews:watch", args=[interview.pk]), "label": gettext("Watch")}
    return {"url": reverse("interviews:results", args=[interview.pk]), "label": gettext("Results")}
