from interviews.api.serializers.access import (
    CredentialsSerializer,
    LimitsSerializer,
    TicketSerializer,
    TokenSerializer,
)
from interviews.api.serializers.catalogue import (
    ConfigSerializer,
    GuideSerializer,
    PersonaSerializer,
)
from interviews.api.serializers.interviews import (
    InterviewDetailSerializer,
    InterviewSerializer,
    NewInterviewSerializer,
)
from interviews.api.serializers.record import ScoreSerializer, UtteranceSerializer

__all__ = [
    "ConfigSerializer",
    "CredentialsSerializer",
    "GuideSerializer",
    "InterviewDetailSerializer",
    "InterviewSerializer",
    "LimitsSerializer",
    "NewInterviewSerializer",
    "PersonaSerializer",
    "ScoreSerializer",
    "TicketSerializer",
    "TokenSerializer",
    "UtteranceSerializer",
]
