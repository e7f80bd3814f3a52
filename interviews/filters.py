"""What a reviewer narrows the list of interviews by."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.forms import DateInput, TextInput
from django.utils.translation import gettext_lazy as _

from avatars.models import Persona
from interviews.forms import LANGUAGES
from interviews.models import Interview
from interviews.models.interview_queries import InterviewQuerySet
from interviews.templatetags.interview import persona_name


def personas() -> list[tuple[str, str]]:
    return [(persona.slug, persona_name(persona)) for persona in Persona.objects.all()]


class InterviewFilter(filters.FilterSet):
    """Query: ``q``, ``candidate``, ``status``, ``persona``, ``language``, ``after``, ``before``."""

    q = filters.CharFilter(
        method="by_words",
        max_length=200,
        label=_("Words that were said"),
        widget=TextInput({"type": "search"}),
    )
    candidate = filters.CharFilter(
        method="by_candidate", label=_("Candidate"), widget=TextInput({"type": "search"})
    )
    status = filters.ChoiceFilter(
        choices=Interview.Status.choices, label=_("Status"), empty_label=_("All")
    )
    persona = filters.ChoiceFilter(
        field_name="snapshot__persona__slug",
        choices=personas,
        label=_("Interviewer"),
        empty_label=_("All"),
    )
    language = filters.ChoiceFilter(choices=LANGUAGES, label=_("Language"), empty_label=_("All"))
    after = filters.DateFilter(
        field_name="created_at__date",
        lookup_expr="gte",
        label=_("From"),
        widget=DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    before = filters.DateFilter(
        field_name="created_at__date",
        lookup_expr="lte",
        label=_("Until"),
        widget=DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def by_words(self, interviews: InterviewQuerySet, name: str, value: str) -> QuerySet:
        return interviews.saying(value)

    def by_candidate(self, interviews: QuerySet, name: str, value: str) -> QuerySet:
        return interviews.filter(
            Q(candidate__name__icontains=value) | Q(candidate__email__icontains=value)
        )
