"""The calls of the API about what was found: progress, people's ratings, summary, calibration."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInApiRequest
from interviews.api.errors import Conflict, responses
from interviews.assessments import review
from interviews.assessments.so_far import EVERY, TooManySummaries, so_far
from interviews.models import Assessment, Interview, Rating
from interviews.reports.calibration import calibration
from interviews.tasks import request_assessment


class AssessmentSerializer(serializers.ModelSerializer):
    """``done`` of ``steps`` competencies are judged; ``model`` "" : none is configured."""

    class Meta:
        model = Assessment
        fields = ["status", "done", "steps", "problem", "model", "updated_at"]


class NewRatingSerializer(serializers.Serializer):
    """``level`` null: the competency cannot be judged."""

    competency = serializers.SlugField()
    level = serializers.IntegerField(min_value=1, max_value=5, allow_null=True)
    reason = serializers.CharField(max_length=review.LONGEST_REASON)


class RatingSerializer(serializers.ModelSerializer):
    reviewer = serializers.EmailField(source="reviewer.email", default=None, allow_null=True)

    class Meta:
        model = Rating
        fields = ["competency", "level", "reason", "reviewer", "blind", "model_level", "created_at"]


class SummarySerializer(serializers.Serializer):
    summary = serializers.CharField(source="text")
    language = serializers.ChoiceField(["en", "ko"])
    by_model = serializers.BooleanField()


class AgreementSerializer(serializers.Serializer):
    """``kappa``: quadratic weighted; ``gap``: positive where the model gives more."""

    n = serializers.IntegerField()
    kappa = serializers.FloatField(allow_null=True)
    error = serializers.FloatField(allow_null=True)
    gap = serializers.FloatField(allow_null=True)


class CalibrationSerializer(serializers.Serializer):
    overall = AgreementSerializer()
    blind = AgreementSerializer()
    between_reviewers = AgreementSerializer()
    interviews = serializers.IntegerField()
    groups = serializers.DictField(child=serializers.DictField(child=AgreementSerializer()))


class JudgementActions:
    """Part of the interviews' viewset."""

    request: SignedInApiRequest
    get_object: Any

    @extend_schema(responses={200: AssessmentSerializer, **responses(401, 404)})
    @action(detail=True, pagination_class=None, filterset_class=None)
    def assessment(self, request: SignedInApiRequest, pk: str) -> Response:
        """How far the assessment has come; ``waiting`` if none was asked for yet."""
        interview = self.get_object()
        found = Assessment.objects.filter(interview=interview).first()
        return Response(AssessmentSerializer(found or Assessment(interview=interview)).data)

    @extend_schema(
        request=None, responses={202: AssessmentSerializer, **responses(401, 403, 404, 409)}
    )
    @assessment.mapping.post
    def assess(self, request: SignedInApiRequest, pk: str) -> Response:
        """Assess once more. For reviewers, once the interview is over."""
        interview = self._to_review()
        if not interview.is_over:
            raise Conflict(_("The interview is not over yet."))
        request_assessment(interview.pk)
        found = Assessment.objects.get(interview=interview)
        return Response(AssessmentSerializer(found).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={200: RatingSerializer(many=True), **responses(401, 403, 404)})
    @action(detail=True, pagination_class=None, filterset_class=None)
    def ratings(self, request: SignedInApiRequest, pk: str) -> Response:
        """All that people gave, newest first; where ratings are blind, of competencies that the
        caller has rated."""
        rows = self._to_review().ratings.visible_to(request.user).select_related("reviewer")
        return Response(RatingSerializer(rows, many=True).data)

    @extend_schema(
        request=NewRatingSerializer,
        responses={201: RatingSerializer, **responses(400, 401, 403, 404)},
    )
    @ratings.mapping.post
    def rate(self, request: SignedInApiRequest, pk: str) -> Response:
        """Rate a competency, for the first time or again: the last rating counts."""
        interview = self._to_review()
        given = NewRatingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            made = review.rate(interview, request.user, **given.validated_data)
        except Invalid as error:
            raise ValidationError(error.message_dict) from error
        return Response(RatingSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={200: SummarySerializer, **responses(401, 404, 429)})
    @action(detail=True, pagination_class=None, filterset_class=None)
    def summary(self, request: SignedInApiRequest, pk: str) -> Response:
        """The conversation so far, also while it goes on."""
        try:
            found = so_far(self.get_object(), request.user)
        except TooManySummaries:
            raise Throttled(EVERY) from None
        return Response(SummarySerializer(found).data)

    def _to_review(self) -> Interview:
        interview: Interview = self.get_object()
        if not review.may_review(self.request.user, interview):
            raise PermissionDenied(_("Only reviewers may do this, and not of their own interview."))
        return interview


class CalibrationView(APIView):
    @extend_schema(responses={200: CalibrationSerializer, **responses(401, 403)})
    def get(self, request: SignedInApiRequest) -> Response:
        """How the model's levels compare with reviewers' first ones. For reviewers."""
        if not request.user.is_reviewer:
            raise PermissionDenied(_("Only reviewers may do this."))
        return Response(CalibrationSerializer(asdict(calibration(request.user))).data)
