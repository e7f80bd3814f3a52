from django.urls import path

from interview_site import health

urlpatterns = [
    path("health/", health.HealthView.as_view()),
    path("ready/", health.ReadyView.as_view()),
]
