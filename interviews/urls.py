from django.urls import include, path

from interviews import views

interview_urls = (
    [
        path("", views.interview_list, name="list"),
        path("new/", views.setup, name="setup"),
        path("documents/", views.document, name="document"),
        path("<uuid:pk>/", views.room, name="room"),
        path("<uuid:pk>/check/", views.check, name="check"),
        path("<uuid:pk>/results/", views.results, name="results"),
    ],
    "interviews",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("i18n/setlang/", views.set_language, name="set_language"),
    path("interviews/", include(interview_urls)),
]
