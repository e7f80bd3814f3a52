"""What an interview used up, for reviewers."""

from rest_framework import serializers

from interviews.models import Usage
from interviews.models.usage import UNITS


class UsageRowSerializer(serializers.ModelSerializer):
    cost_usd = serializers.DecimalField(
        source="cost", max_digits=12, decimal_places=6, allow_null=True
    )

    class Meta:
        model = Usage
        fields = [
            "turn",
            "utterance",
            "role",
            "engine",
            "model",
            *UNITS,
            "estimated",
            "cost_usd",
            "created_at",
        ]


class UsageSerializer(serializers.Serializer):
    """Sums, and what they are made of."""

    requests = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    cached_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    audio_input_tokens = serializers.IntegerField()
    cached_audio_tokens = serializers.IntegerField()
    audio_output_tokens = serializers.IntegerField()
    seconds = serializers.FloatField()
    characters = serializers.IntegerField()
    cost_usd = serializers.DecimalField(source="cost", max_digits=12, decimal_places=6)
    unpriced = serializers.IntegerField(help_text="rows without a price")
    rows = UsageRowSerializer(many=True)
