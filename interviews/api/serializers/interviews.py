"""An interview: asked for, listed, and in full."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interviews.assessments.review import may_review
from interviews.models import Interview, InterviewConfig


class InterviewSerializer(serializers.ModelSerializer):
    """One line of the list, and the answer to whoever created, started or ended an interview."""

    title = serializers.CharField(source="snapshot.title", read_only=True)
    persona = serializers.CharField(source="snapshot.persona.slug", read_only=True)
    candidate = serializers.EmailField(source="candidate.email", read_only=True)
    config = serializers.IntegerField(source="config_id", read_only=True, allow_null=True)
    end_reason = serializers.ChoiceField(
        Interview.EndReason.choices, read_only=True, allow_blank=True
    )
    websocket = serializers.SerializerMethodField()
    remaining_seconds = serializers.SerializerMethodField()

    class Meta:
        model = Interview
        fields = read_only_fields = [
            "id",
            "status",
            "title",
            "persona",
            "language",
            "candidate",
            "config",
            "websocket",
            "remaining_seconds",
            "created_at",
            "started_at",
            "ended_at",
            "end_reason",
        ]

    def get_websocket(self, interview: Interview) -> str:
        return f"/ws/interviews/{interview.pk}/"

    def get_remaining_seconds(self, interview: Interview) -> float:
        return round(interview.remaining_seconds(timezone.now()), 1)


class InterviewDetailSerializer(InterviewSerializer):
    snapshot = serializers.SerializerMethodField()

    class Meta(InterviewSerializer.Meta):
        fields = read_only_fields = [
            *InterviewSerializer.Meta.fields,
            "deadline",
            "clock_seconds",
            "consented_at",
            "recording_lost",
            "resume_text",
            "job_description",
            "summary",
            "snapshot",
        ]

    def get_snapshot(self, interview: Interview) -> dict[str, Any]:
        """The config as it was at the time; candidates, of whatever role, are not shown what
        answers are expected."""
        if may_review(self.context["request"].user, interview):
            return interview.snapshot
        return {key: value for key, value in interview.snapshot.items() if key != "guide"}


@extend_schema_field(OpenApiTypes.INT)
class OpenConfigField(serializers.PrimaryKeyRelatedField):
    """The id of a config that the caller may take."""

    def get_queryset(self):
        return InterviewConfig.objects.open_to(self.context["request"].user)


class NewInterviewSerializer(serializers.Serializer):
    config = OpenConfigField()
    language = serializers.ChoiceField(InterviewConfig.Language.choices, required=False)
    resume_text = serializers.CharField(
        max_length=settings.MAX_DOCUMENT_CHARACTERS, required=False, allow_blank=True
    )
    job_description = serializers.CharField(
        max_length=settings.MAX_DOCUMENT_CHARACTERS, required=False, allow_blank=True
    )
