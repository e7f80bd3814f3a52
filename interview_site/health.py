"""Is this process alive, and can it take an interview?"""

import asyncio

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import DatabaseError, connection
from drf_spectacular.utils import extend_schema, inline_serializer
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interviews import engines

CHANNEL_LAYER_TIMEOUT = 2.0
HEALTH = inline_serializer("Health", {"status": serializers.CharField()})
READINESS = inline_serializer(
    "Readiness",
    {
        "status": serializers.ChoiceField(["ready", "not_ready"]),
        "checks": serializers.DictField(child=serializers.CharField()),
        "circuits": serializers.DictField(
            help_text="profile -> role -> engine -> `ok`, or why it is left alone for a while"
        ),
    },
)


class HealthView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=HEALTH)
    def get(self, request: Request) -> Response:
        """Alive: the process answers."""
        return Response({"status": "ok"})


class ReadyView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses={200: READINESS, 503: READINESS})
    def get(self, request: Request) -> Response:
        """Ready: database, channel layer and engines can serve an interview; else 503 and why."""
        cold = [name for name, state in engines.state().items() if state != "warm"]
        checks = {
            "database": database(),
            "channel_layer": async_to_sync(channel_layer)(),
            "engines": f"not warm: {', '.join(cold)}" if cold else "ok",
        }
        ready = set(checks.values()) == {"ok"}
        return Response(
            {
                "status": "ready" if ready else "not_ready",
                "checks": checks,
                "circuits": engines.circuits(),
            },
            status=200 if ready else 503,
        )


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return type(error).__name__
    return "ok"


async def channel_layer() -> str:
    """Send a message to ourselves and wait for it."""
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(CHANNEL_LAYER_TIMEOUT):
            channel = await layer.new_channel()
            await layer.send(channel, {"type": "ready"})
            await layer.receive(channel)
    except (OSError, TimeoutError, RedisError) as error:
        return type(error).__name__
    return "ok"
