"""What was said and what it showed: utterances with their grounds and alerts, scores."""

from typing import Any

from rest_framework import serializers

from interviews.models import Alert, Score, Utterance


class GroundSerializer(serializers.Serializer):
    """What a follow-up rests on: letters ``start`` to ``end`` of an utterance or a document."""

    source = serializers.ChoiceField(  # type: ignore[assignment]
        ["answer", "resume", "job", "company"]
    )
    utterance = serializers.UUIDField(allow_null=True)
    document = serializers.IntegerField(allow_null=True)
    title = serializers.CharField(allow_blank=True)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()


class AlertSerializer(serializers.ModelSerializer):
    categories = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Alert
        fields = ["level", "categories", "confidence"]


class UtteranceSerializer(serializers.ModelSerializer):
    grounds = GroundSerializer(many=True)
    utterance = serializers.UUIDField(source="id")
    text = serializers.CharField(source="text_said")
    heard_text = serializers.CharField(source="text_heard")
    translates = serializers.UUIDField(
        source="translates_id",
        required=False,
        help_text="Of an interpreter: the utterance that this one says in the other language.",
    )
    alert = AlertSerializer(
        required=False,
        help_text="What the guard found; never shown to the candidate. Absent: nothing.",
    )

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
            "grounds",
            "translates",
            "alert",
        ]

    def to_representation(self, instance: Utterance) -> dict[str, Any]:
        """Candidates see neither what company documents say nor what the guard found."""
        shown = super().to_representation(instance)
        if not shown.get("alert") or not self.context.get("sees_alerts", False):
            shown.pop("alert", None)
        if instance.translates_id is None:
            del shown["translates"]
        if not self.context.get("sees_company_documents", False):
            shown["grounds"] = [one for one in shown["grounds"] if one["source"] != "company"]
        return shown


class EvidenceSerializer(serializers.Serializer):
    """``start`` and ``end`` of the quote are in characters of the utterance's text."""

    utterance = serializers.CharField()
    quote = serializers.CharField()
    start = serializers.IntegerField(required=False)
    end = serializers.IntegerField(required=False)


class ScoreSerializer(serializers.ModelSerializer):
    evidence = EvidenceSerializer(many=True)

    class Meta:
        model = Score
        fields = [
            "competency",
            "level",
            "rationale",
            "evidence",
            "scorer",
            "valid",
            "confidence",
            "unassessable_reason",
        ]
