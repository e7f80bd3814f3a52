"""The pages. What belongs to somebody is fetched through ``visible_to``: a foreign id is a 404."""

import json

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import Consent
from accounts.requests import SignedInRequest
from avatars.models import Persona
from interviews.assessments.review import may_review
from interviews.filters import InterviewFilter
from interviews.forms import ConsentForm, DocumentForm, SetupForm
from interviews.models import Interview, InterviewConfig
from interviews.models.alert import CATEGORIES
from interviews.recordings import recording
from interviews.reports.results import Results
from interviews.templatetags.interview import interviewer_name, poster

PAGE_SIZE = 20
CONSENT_VERSION = "2026-11"
"""To be changed with the wording of the check page."""
OPEN = ("ready", "live", "paused")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    own = Interview.objects.filter(candidate_id=request.user.pk, status__in=OPEN)
    personas = Persona.objects.filter(active=True).select_related("avatar")
    return render(
        request,
        "home.html",
        {"open_interview": own.order_by("-created_at").first(), "personas": personas},
    )


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's view, and the choice is kept with the user for the next device."""
    response = i18n.set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and translation.check_for_language(language):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return response


@require_safe
@login_required
def interview_list(request: SignedInRequest) -> HttpResponse:
    user = request.user
    interviews = Interview.objects.visible_to(user).select_related("candidate")
    interviews = interviews.order_by("-created_at", "-pk")
    narrowed = InterviewFilter(request.GET, queryset=interviews) if user.is_reviewer else None
    if narrowed is not None:
        interviews = narrowed.qs
    return render(
        request,
        "interviews/list.html",
        {
            "is_reviewer": user.is_reviewer,
            "filter": narrowed,
            "is_filtered": bool(narrowed and any(map(request.GET.get, narrowed.filters))),
            "page": Paginator(interviews, PAGE_SIZE).get_page(request.GET.get("page")),
        },
    )


@login_required
def setup(request: SignedInRequest) -> HttpResponse:
    configs = InterviewConfig.objects.open_to(request.user)
    form = SetupForm(request.POST or None, request.FILES or None, configs=configs)
    if request.method == "POST" and form.is_valid():
        interview = form.save(request.user)
        return redirect("interviews:check", interview.pk)
    status = 422 if form.errors else 200
    return render(request, "interviews/setup.html", {"form": form}, status=status)


@require_POST
@login_required
def document(request: SignedInRequest) -> JsonResponse:
    """An upload's text, ``{"text"}`` or ``{"error"}``; nothing is kept."""
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        return JsonResponse({"text": form.cleaned_data["file"]})
    return JsonResponse({"error": " ".join(map(str, form.errors["file"]))}, status=422)


def own_interview(request: SignedInRequest, pk) -> Interview:
    own = Interview.objects.filter(candidate_id=request.user.pk).select_related("candidate")
    return get_object_or_404(own, pk=pk)


@never_cache
@login_required
def check(request: SignedInRequest, pk) -> HttpResponse:
    """Devices and consent, on the way into the room."""
    interview = own_interview(request, pk)
    if interview.is_over:
        return redirect("interviews:results", interview.pk)
    refusal = interview.limit_reached() if interview.status == "ready" else ""
    sent = request.POST if request.method == "POST" else None
    form = ConsentForm(sent, interprets=interview.interprets)
    if request.method == "POST" and form.is_valid() and not refusal:
        with transaction.atomic():
            now = timezone.now()
            Consent.objects.create(
                user=request.user,
                kind="interview",
                version=CONSENT_VERSION,
                interview=interview.pk,
                given_at=now,
            )
            Interview.objects.filter(pk=interview.pk).update(consented_at=now)
        return redirect("interviews:room", interview.pk)
    context = {
        "interview": interview,
        "form": form,
        "refusal": refusal,
        "interviewer": interviewer_name(interview),
        "minutes": interview.snapshot["duration_seconds"] // 60,
    }
    status = 422 if form.errors else 200
    return render(request, "interviews/check.html", context, status=status)


@never_cache
@require_GET
@login_required
def room(request: SignedInRequest, pk) -> HttpResponse:
    interview = own_interview(request, pk)
    if interview.is_over:
        return redirect("interviews:results", interview.pk)
    if interview.consented_at is None:
        return redirect("interviews:check", interview.pk)
    context = {
        "interview": interview,
        "avatar_url": interview.snapshot["persona"]["avatar"]["url"],
        "poster_url": poster(interview),
        "websocket_path": f"/ws/interviews/{interview.pk}/",
        "results_url": interview.get_results_url(),
        "options": interview.snapshot["options"],
    }
    return render(request, "interviews/room.html", context)


@never_cache
@require_safe
@login_required
def results(request: SignedInRequest, pk) -> HttpResponse:
    visible = Interview.objects.visible_to(request.user).select_related("candidate")
    interview = get_object_or_404(visible, pk=pk)
    shown = Results(interview, request.user)
    sound = recording.state(interview)
    url = reverse("api:interview-recording", args=[pk]) if sound in ("ready", "pending") else ""
    context = {"interview": interview, "results": shown, "recording": sound, "recording_url": url}
    return render(request, "interviews/results.html", context)


@never_cache
@require_safe
@login_required
def watch(request: SignedInRequest, pk) -> HttpResponse:
    """A live interview, for whoever reviews it; never their own, whose alerts are not for them."""
    visible = Interview.objects.visible_to(request.user).select_related("candidate")
    interview = get_object_or_404(visible, pk=pk)
    if not may_review(request.user, interview):
        raise PermissionDenied
    if interview.is_over:
        return redirect("interviews:results", interview.pk)
    context = {
        "interview": interview,
        "events_url": reverse("api:interview-live", args=[pk]),
        "categories": json.dumps({name: str(shown) for name, shown in CATEGORIES.items()}),
    }
    return render(request, "interviews/watch.html", context)
