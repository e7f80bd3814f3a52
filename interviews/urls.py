from django.urls import include, path

from interviews import views
from interviews.reports import views as report_views

interview_urls = (
    [
        path("", views.interview_list, name="list"),
        path("new/", views.setup, name="setup"),
        path("documents/", views.document, name="document"),
        path("<uuid:pk>/", views.room, name="room"),
        path("<uuid:pk>/check/", views.check, name="check"),
        path("<uuid:pk>/live/", views.watch, name="watch"),
        path("<uuid:pk>/results/", views.results, name="results"),
        path("<uuid:pk>/report/", report_views.report, name="report"),
        path("<uuid:pk>/report.pdf", report_views.report_pdf, name="report_pdf"),
        path("<uuid:pk>/ratings/<slug:competency>/", report_views.rate, name="rate"),
        path("<uuid:pk>/assess/", report_views.assess, name="assess"),
        path("<uuid:pk>/summary/", report_views.summary, name="summary"),
        path("calibration/", report_views.calibration_page, name="calibration"),
    ],
    "interviews",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("i18n/setlang/", views.set_language, name="set_language"),
    path("interviews/", include(interview_urls)),
]
