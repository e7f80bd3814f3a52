"""What there is to choose from, and what the caller may use."""

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.authentication import TokenAuthentication
from accounts.models import ApiToken
from accounts.requests import SignedInApiRequest
from avatars.models import Persona
from interviews.api.errors import responses
from interviews.api.serializers import (
    ConfigSerializer,
    CredentialsSerializer,
    GuideSerializer,
    LimitsSerializer,
    PersonaSerializer,
    TokenSerializer,
)
from interviews.limits import Limits
from interviews.models import InterviewConfig, InterviewGuide


class TokenView(APIView):
    # Not for its authentication but for its challenge: without one DRF answers 403, not 401.
    authentication_classes = (TokenAuthentication,)
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "token"

    @extend_schema(
        request=CredentialsSerializer,
        responses={200: TokenSerializer, **responses(400, 401, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """An API token for an email address and its password; it is shown this once."""
        given = CredentialsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = authenticate(request, **given.validated_data)
        if user is None:
            raise AuthenticationFailed(_("Wrong email address or password."))
        _token, plain = ApiToken.objects.issue(user, name="token/")
        return Response({"token": plain})


class LimitsView(APIView):
    @extend_schema(responses={200: LimitsSerializer, **responses(401)})
    def get(self, request: SignedInApiRequest) -> Response:
        return Response(LimitsSerializer(Limits.of(request.user)).data)


class ConfigList(ListAPIView[InterviewConfig]):
    request: SignedInApiRequest
    queryset = InterviewConfig.objects.none()
    serializer_class = ConfigSerializer
    filter_backends = ()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return InterviewConfig.objects.open_to(self.request.user)


class GuideList(ListAPIView[InterviewGuide]):
    queryset = InterviewGuide.objects.filter(
        active=True, status=InterviewGuide.Status.APPROVED
    ).prefetch_related("competencies")
    serializer_class = GuideSerializer
    filter_backends = ()


class PersonaList(ListAPIView[Persona]):
    queryset = Persona.objects.filter(active=True).select_related("avatar")
    serializer_class = PersonaSerializer
    filter_backends = ()
