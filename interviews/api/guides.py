"""Guides with their questions, and the question bank: for reviewers and admins."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from interviews.api.errors import responses
from interviews.guides.document import GuideFileError
from interviews.guides.files import dump
from interviews.models import BankQuestion, InterviewGuide


class IsReviewer(BasePermission):
    """Questions are no business of who will be asked them."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated and request.user.is_reviewer)


class GuideView(APIView):
    permission_classes = (IsAuthenticated, IsReviewer)

    @extend_schema(
        parameters=[OpenApiParameter("format", enum=["json", "yaml"], default="json")],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/yaml"): OpenApiTypes.STR,
            **responses(400, 401, 403, 404),
        },
    )
    def get(self, request: SignedInApiRequest, slug: str) -> Response | HttpResponse:
        """A guide with its status, competencies and questions; ``yaml`` is the file to import."""
        known = slug.isprintable()
        guide = InterviewGuide.objects.filter(slug=slug, active=True).first() if known else None
        if guide is None:
            raise NotFound(_("There is no such guide."))
        match request.query_params.get("format", "json"):
            case "json":
                return Response(guide.snapshot())
            case "yaml":
                try:
                    text = dump(guide)
                except GuideFileError as error:
                    raise ValidationError({"guide": str(error).splitlines()}) from error
                return HttpResponse(text, content_type="application/yaml; charset=utf-8")
        raise ValidationError({"format": [_("Choose json or yaml.")]})


class BankQuestionSerializer(serializers.ModelSerializer):
    text = serializers.SerializerMethodField()
    tags = serializers.SerializerMethodField()

    class Meta:
        model = BankQuestion
        fields = (
            *("slug", "competency", "tags", "kind", "text", "probes", "expected_points"),
            *("seconds", "max_probes", "expects", "answer_seconds"),
        )

    def get_text(self, question: BankQuestion) -> dict[str, str]:
        return {"en": question.text_en, "ko": question.text_ko}

    def get_tags(self, question: BankQuestion) -> list[str]:
        return question.tags.split()


class ByPlace(CursorPagination):
    ordering = ("competency", "slug")
    page_size = 50


class BankList(ListAPIView[BankQuestion]):
    """The question bank; ``search`` are words that all occur, in either language."""

    queryset = BankQuestion.objects.none()
    serializer_class = BankQuestionSerializer
    permission_classes = (IsAuthenticated, IsReviewer)
    pagination_class = ByPlace
    filter_backends = ()

    @extend_schema(
        parameters=[
            OpenApiParameter("search", str),
            OpenApiParameter("competency", str, description="Slug."),
            OpenApiParameter("language", enum=["en", "ko"], description="That it can be asked in."),
            OpenApiParameter("tag", str),
            OpenApiParameter("kind", enum=BankQuestion.Kind.values),
        ],
        responses={200: BankQuestionSerializer(many=True), **responses(400, 401, 403, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        asked = self.request.query_params
        found = BankQuestion.objects.filter(active=True)
        for name in ("search", "competency", "tag", "kind"):
            if "\x00" in asked.get(name, ""):
                raise ValidationError({name: [_("Null characters are not allowed.")]})
        if words := asked.get("search"):
            found = found.search(words)
        if competency := asked.get("competency"):
            found = found.filter(competency=competency)
        if tag := asked.get("tag"):
            found = found.tagged(tag)
        if kind := asked.get("kind"):
            found = found.filter(kind=kind)
        if language := asked.get("language"):
            if language not in ("en", "ko"):
                raise ValidationError({"language": [_("Choose en or ko.")]})
            found = found.in_language(language)
        return found
