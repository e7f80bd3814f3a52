"""What a reviewer narrows the list of interviews by."""

from datetime import UTC, datetime

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Avg, Q, QuerySet
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from interviews.models import Interview, InterviewConfig, Score
from interviews.models.interview_queries import InterviewQuerySet


class MomentField(IsoDateTimeField):
    """An ISO 8601 time in UTC: PostgreSQL knows no offsets beyond sixteen hours."""

    def clean(self, value: str) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = MomentField


class InterviewFilter(filters.FilterSet):
    candidate = filters.CharFilter(
        field_name="candidate__email", lookup_expr="iexact", help_text="Email address."
    )
    status = filters.MultipleChoiceFilter(choices=Interview.Status.choices)
    persona = filters.CharFilter(field_name="snapshot__persona__slug", help_text="Slug.")
    language = filters.ChoiceFilter(choices=InterviewConfig.Language.choices)
    after = MomentFilter(field_name="created_at", lookup_expr="gte")
    before = MomentFilter(field_name="created_at", lookup_expr="lt")
    min_score = filters.NumberFilter(
        method="by_score", min_value=1, max_value=5, help_text="Least mean level."
    )
    max_score = filters.NumberFilter(
        method="by_score", min_value=1, max_value=5, help_text="Greatest mean level."
    )
    search = filters.CharFilter(
        method="by_words",
        max_length=200,
        help_text="Words that were all said in the interview, in any order.",
    )

    class Meta:
        model = Interview
        fields: list[str] = []

    @extend_schema_field(OpenApiTypes.DECIMAL)
    def by_score(self, interviews: QuerySet, name: str, value: float) -> QuerySet:
        bound = "mean_level__gte" if name == "min_score" else "mean_level__lte"
        # Nobody is to learn by filtering what the page does not show them.
        shown = Score.objects.visible_to(self.request.user).effective().filter(valid=True)
        mean = Avg("scores__level", filter=Q(scores__in=shown))
        return interviews.annotate(mean_level=mean).filter(**{bound: value})

    @extend_schema_field(OpenApiTypes.STR)
    def by_words(self, interviews: InterviewQuerySet, name: str, value: str) -> QuerySet:
        return interviews.saying(value)
