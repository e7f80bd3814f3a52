"""What there is to choose from: configs, personas, guides."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from avatars.models import Persona
from interviews.models import InterviewConfig, InterviewGuide


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
