"""The interviews of the API: make one, run it, read it."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.models import Ticket
from accounts.requests import SignedInApiRequest
from interviews.api import live
from interviews.api.errors import LimitReached, NotReady, responses
from interviews.api.filters import InterviewFilter
from interviews.api.judgement import JudgementActions
from interviews.api.ranges import AnyAccept, file_response
from interviews.api.serializers import (
    InterviewDetailSerializer,
    InterviewSerializer,
    NewInterviewSerializer,
    ScoreSerializer,
    TicketSerializer,
    UtteranceSerializer,
)
from interviews.api.transcript import FORMATS
from interviews.api.usage import UsageSerializer
from interviews.limits import Limits
from interviews.live import connection
from interviews.models import Interview
from interviews.recordings.files import CONTENT_TYPE, RecordingFiles
from interviews.recordings.recording import state


class Newest(CursorPagination):
    ordering = ("-created_at", "-id")
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


@extend_schema_view(
    list=extend_schema(responses={200: InterviewSerializer(many=True), **responses(400, 401, 404)}),
    retrieve=extend_schema(responses={200: InterviewDetailSerializer, **responses(401, 404)}),
)
class InterviewViewSet(
    JudgementActions, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Interview]
):
    """Everybody finds only what they may see; a foreign interview is a 404."""

    request: SignedInApiRequest
    queryset = Interview.objects.none()
    serializer_class = InterviewSerializer
    filterset_class = InterviewFilter
    pagination_class = Newest
    lookup_value_converter = "str"  # what is no UUID finds nothing either, as JSON

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return Interview.objects.visible_to(self.request.user).select_related("candidate")

    def get_serializer_class(self):
        return InterviewDetailSerializer if self.action == "retrieve" else self.serializer_class

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(
        request=NewInterviewSerializer,
        responses={201: InterviewSerializer, **responses(400, 401, 429)},
    )
    def create(self, request: SignedInApiRequest) -> Response:
        asked = NewInterviewSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        fields = dict(asked.validated_data)
        config = fields.pop("config")
        if refusal := Limits.of(request.user).refusal(config.duration_minutes):
            raise LimitReached(refusal)
        interview = Interview.objects.create_from(config, request.user, **fields)
        return Response(self._shown(interview), status=status.HTTP_201_CREATED)

    @extend_schema(
        request=None, responses={200: InterviewSerializer, **responses(401, 403, 404, 409, 429)}
    )
    @action(detail=True, methods=["post"])
    def start(self, request: SignedInApiRequest, pk: str) -> Response:
        """Start the clock; the WebSocket also does at its first connection."""
        interview = self._own()
        interview.start_within_plan()
        return Response(self._shown(interview))

    @extend_schema(
        request=None, responses={200: InterviewSerializer, **responses(401, 403, 404, 409)}
    )
    @action(detail=True, methods=["post"])
    def end(self, request: SignedInApiRequest, pk: str) -> Response:
        interview = self._own()
        connection.end(interview)
        return Response(self._shown(interview))

    @extend_schema(request=None, responses={201: TicketSerializer, **responses(401, 403, 404)})
    @action(detail=True, methods=["post"])
    def ticket(self, request: SignedInApiRequest, pk: str) -> Response:
        """A ticket for ``?ticket=`` of the WebSocket: valid for 60 s, once."""
        plain, expires_at = Ticket.issue(request.user, self._own().pk)
        shown = TicketSerializer({"ticket": plain, "expires_at": expires_at})
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("format", enum=["json", *FORMATS], default="json")],
        responses={
            (200, "application/json"): UtteranceSerializer(many=True),
            **{
                (200, kind.partition(";")[0]): OpenApiTypes.STR for kind, _lines in FORMATS.values()
            },
            **responses(400, 401, 404),
        },
    )
    @action(detail=True, pagination_class=None, filterset_class=None)
    def transcript(self, request: SignedInApiRequest, pk: str) -> Response | HttpResponse:
        interview = self.get_object()
        name = request.query_params.get("format", "json")
        is_candidate = interview.candidate_id == request.user.pk
        if name == "json":
            context = {
                "sees_company_documents": not is_candidate,
                "sees_alerts": not is_candidate,
            }
            rows = interview.utterances.select_related("alert")
            return Response(UtteranceSerializer(rows, many=True, context=context).data)
        if name not in FORMATS:
            raise ValidationError({"format": [_("Choose json, txt, srt or vtt.")]})
        content_type, lines = FORMATS[name]
        return HttpResponse(
            "".join(lines(interview, not is_candidate)),
            content_type=content_type,
            headers={"Content-Disposition": f'inline; filename="interview-{pk}.{name}"'},
        )

    @extend_schema(responses={200: ScoreSerializer(many=True), **responses(401, 404)})
    @action(detail=True, pagination_class=None, filterset_class=None)
    def scores(self, request: SignedInApiRequest, pk: str) -> Response:
        return Response(
            ScoreSerializer(self.get_object().scores.visible_to(request.user), many=True).data
        )

    @extend_schema(
        parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER)],
        responses={
            (200, CONTENT_TYPE): OpenApiTypes.BINARY,
            (206, CONTENT_TYPE): OpenApiTypes.BINARY,
            **responses(401, 404, 416, 503),
        },
    )
    @action(
        detail=True,
        pagination_class=None,
        filterset_class=None,
        content_negotiation_class=AnyAccept,
    )
    def recording(self, request: SignedInApiRequest, pk: str) -> HttpResponseBase:
        """Both sides' sound as Ogg/Opus on the interview's clock: ``start_ms`` of an utterance is
        its place in it. 404 if there is none, 503 while it is being made."""
        interview = self.get_object()
        match state(interview):
            case "ready":
                headers = {
                    "Content-Type": CONTENT_TYPE,
                    "Content-Disposition": f'inline; filename="interview-{interview.pk}.ogg"',
                    "Cache-Control": "private, no-store",
                }
                path = RecordingFiles(interview.pk).encoded
                return file_response(request._request, path, headers)
            case "pending":
                raise NotReady(_("The recording is being made."))
            case "lost":
                raise NotFound(interview.get_recording_lost_display())
            case _:
                raise NotFound(_("No recording exists of this interview."))

    @extend_schema(
        responses={(200, live.CONTENT_TYPE): OpenApiTypes.STR, **responses(401, 403, 404)}
    )
    @action(
        detail=True,
        pagination_class=None,
        filterset_class=None,
        content_negotiation_class=AnyAccept,
    )
    def live(self, request: SignedInApiRequest, pk: str) -> StreamingHttpResponse:
        """What is being said, as it is said: Server-Sent Events for reviewers. First `snapshot`,
        then `candidate`, `interviewer`, `cut`, `state`, `turn`, `alert`, and `draft` and `token`
        for what the language model writes, said or not; last `ended`."""
        return StreamingHttpResponse(
            live.events(self._to_review().pk),
            content_type=live.CONTENT_TYPE,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @extend_schema(responses={200: UsageSerializer, **responses(401, 403, 404)})
    @action(detail=True, pagination_class=None, filterset_class=None)
    def usage(self, request: SignedInApiRequest, pk: str) -> Response:
        rows = self._reviewed().usage.order_by("pk")
        return Response(UsageSerializer({**rows.totals(), "rows": rows}).data)

    def _reviewed(self) -> Interview:
        interview = self.get_object()
        if not self.request.user.is_reviewer:
            raise PermissionDenied(_("Only a reviewer may do this."))
        return interview

    def _own(self) -> Interview:
        interview = self.get_object()
        if interview.candidate_id != self.request.user.pk:
            raise PermissionDenied(_("Only the candidate may do this."))
        return interview

    def _shown(self, interview: Interview):
        return InterviewSerializer(interview, context=self.get_serializer_context()).data
