from django.urls import path
from rest_framework.routers import SimpleRouter

from interview_site import health
from interviews.api import catalogue, errors, guides
from interviews.api.judgement import CalibrationView
from interviews.api.views import InterviewViewSet

router = SimpleRouter(use_regex_path=False)
router.register("interviews", InterviewViewSet, basename="interview")

app_name = "api"
urlpatterns = [
    path("token/", catalogue.TokenView.as_view(), name="token"),
    path("configs/", catalogue.ConfigList.as_view(), name="configs"),
    path("guides/", catalogue.GuideList.as_view(), name="guides"),
    path("guides/<str:slug>/", guides.GuideView.as_view(), name="guide"),
    path("question-bank/", guides.BankList.as_view(), name="question-bank"),
    path("personas/", catalogue.PersonaList.as_view(), name="personas"),
    path("calibration/", CalibrationView.as_view(), name="calibration"),
    path("limits/current/", catalogue.LimitsView.as_view(), name="limits"),
    path("health/", health.HealthView.as_view(), name="health"),
    path("ready/", health.ReadyView.as_view(), name="ready"),
    *router.urls,
    # With its slash: without one Django first redirects to where there is something.
    path("<path:path>/", errors.unknown),
]
