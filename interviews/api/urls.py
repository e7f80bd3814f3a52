from django.urls import path
from rest_framework.routers import SimpleRouter

from interview_site import health
from interviews.api import catalogue
from interviews.api.views import InterviewViewSet

router = SimpleRouter(use_regex_path=False)
router.register("interviews", InterviewViewSet, basename="interview")

app_name = "api"
urlpatterns = [
    path("token/", catalogue.TokenView.as_view(), name="token"),
    path("configs/", catalogue.ConfigList.as_view(), name="configs"),
    path("guides/", catalogue.GuideList.as_view(), name="guides"),
    path("personas/", catalogue.PersonaList.as_view(), name="personas"),
    path("limits/current/", catalogue.LimitsView.as_view(), name="limits"),
    path("health/", health.HealthView.as_view(), name="health"),
    path("ready/", health.ReadyView.as_view(), name="ready"),
    *router.urls,
]
