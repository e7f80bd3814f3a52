"""Every refusal of the API as ``{"code", "detail"}``; validation errors keep their fields."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from interviews.models import PlanReached, TransitionError


class LimitReached(APIException):
    status_code = 429
    default_code = "limit_reached"


class Conflict(APIException):
    status_code = 409
    default_code = "wrong_status"


class NotReady(APIException):
    """It is being made; ``wait`` becomes ``Retry-After``."""

    status_code = 503
    default_code = "not_ready"
    wait = 5


@extend_schema(exclude=True)
@api_view(["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(request: Request, path: str) -> Response:
    """What no call of the API has as its address."""
    raise NotFound


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, TransitionError):
        error = Conflict(str(error))
    elif isinstance(error, PlanReached):
        error = LimitReached(str(error))
    elif isinstance(error, Http404):
        error = NotFound()
    response = exception_handler(error, context)
    if response is None or isinstance(error, ValidationError):
        return response
    if isinstance(response.data, dict) and isinstance(error, APIException):
        response.data["code"] = error.get_codes()
    return response


class Refusal(serializers.Serializer):
    detail = serializers.CharField()
    code = serializers.CharField()


def responses(*statuses: int) -> dict[int, Any]:
    """The refusals of a call, for the schema."""
    return {
        status: OpenApiTypes.OBJECT if status == 400 else Refusal for status in sorted(statuses)
    }
