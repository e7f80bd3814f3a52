from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import REVIEWER
from avatars.models import Persona
from interviews.models import Interview, InterviewConfig, InterviewGuide, Score, Utterance


class CredentialsSerializer(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=4096)


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField()


class TicketSerializer(serializers.Serializer):
    ticket = serializers.CharField()
    expires_at = serializers.DateTimeField()


class LimitsSerializer(serializers.Serializer):
    plan = serializers.CharField()
    minutes_left_this_month = serializers.IntegerField()
    longest_interview_minutes = serializers.IntegerField()
    concurrent_interviews = serializers.IntegerField()


class TextSerializer(serializers.Serializer):
    """One wording a language."""

    en = serializers.CharField()
    ko = serializers.CharField()


class PersonaSerializer(serializers.ModelSerializer):
    name = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    avatar = serializers.SerializerMethodField()

    class Meta:
        model = Persona
        fields = ["slug", "name", "title", "language", "avatar"]

    @extend_schema_field(TextSerializer)
    def get_name(self, persona: Persona) -> dict[str, str]:
        return {"en": persona.name_en, "ko": persona.name_ko}

    @extend_schema_field(TextSerializer)
    def get_title(self, persona: Persona) -> dict[str, str]:
        return {"en": persona.title_en, "ko": persona.title_ko}

    def get_avatar(self, persona: Persona) -> dict[str, str]:
        return persona.avatar.snapshot()


class GuideSerializer(serializers.ModelSerializer):
    """A guide without its questions: they are no business of who will be asked them."""

    title = serializers.SerializerMethodField()
    competencies = serializers.SerializerMethodField()

    class Meta:
        model = InterviewGuide
        fields = ["slug", "title", "description", "competencies"]

    @extend_schema_field(TextSerializer)
    def get_title(self, guide: InterviewGuide) -> dict[str, str]:
        return {"en": guide.title_en, "ko": guide.title_ko}

    @extend_schema_field(TextSerializer(many=True))
    def get_competencies(self, guide: InterviewGuide) -> list[dict[str, str]]:
        return [{"en": item.name_en, "ko": item.name_ko} for item in guide.competencies.all()]


class ConfigSerializer(serializers.ModelSerializer):
    persona = serializers.CharField(source="persona.slug", read_only=True)

    class Meta:
        model = InterviewConfig
        fields = ["id", "title", "language", "duration_minutes", "persona", "profile"]


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
            "resume_text",
            "job_description",
            "summary",
            "snapshot",
        ]

    def get_snapshot(self, interview: Interview) -> dict[str, Any]:
        """The config as it was at the time; candidates are not shown what answers are expected."""
        user = self.context["request"].user
        if user.is_admin or user.has_role(REVIEWER):
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


class UtteranceSerializer(serializers.ModelSerializer):
    utterance = serializers.UUIDField(source="id")
    text = serializers.CharField(source="text_said")
    heard_text = serializers.CharField(source="text_heard")

    class Meta:
        model = Utterance
        fields = [
            "utterance",
            "sequence",
            "speaker",
            "text",
            "heard_text",
            "language",
            "source",
            "confidence",
            "start_ms",
            "end_ms",
            "interrupted",
        ]


class EvidenceSerializer(serializers.Serializer):
    utterance = serializers.CharField()
    quote = serializers.CharField()


class ScoreSerializer(serializers.ModelSerializer):
    evidence = EvidenceSerializer(many=True)

    class Meta:
        model = Score
        fields = ["competency", "level", "rationale", "evidence", "scorer", "valid"]
