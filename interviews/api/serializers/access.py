"""What a caller signs in with, and what their plan still allows."""

from rest_framework import serializers


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
