"""Pages of people who judge, and what was found: report, ratings, calibration, summary so far."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from interviews.assessments import review
from interviews.assessments.so_far import TooManySummaries, so_far
from interviews.models import Competency, Interview
from interviews.reports.calibration import GROUPS, calibration
from interviews.reports.pdf import FontsMissing, pdf
from interviews.reports.report import Audience, Report
from interviews.scoring.agreement import ENOUGH
from interviews.tasks import request_assessment
from interviews.templatetags.interview import in_language, language_name


def visible(request: SignedInRequest, pk: Any) -> Interview:
    interviews = Interview.objects.visible_to(request.user).select_related("candidate")
    return get_object_or_404(interviews, pk=pk)


def to_review(request: SignedInRequest, pk: Any) -> Interview:
    """404 for whoever may not judge it: also for its own candidate."""
    interview = visible(request, pk)
    if not review.may_review(request.user, interview):
        raise Http404
    return interview


def _report(request: SignedInRequest, interview: Interview) -> Report:
    audience: Audience = "reviewer"
    if interview.candidate_id == request.user.pk or request.GET.get("for") == "candidate":
        audience = "candidate"
    return Report(interview, request.user, audience)


@never_cache
@require_safe
@login_required
def report(request: SignedInRequest, pk: Any) -> HttpResponse:
    interview = visible(request, pk)
    return _report_page(request, interview, _report(request, interview))


def _report_page(
    request: SignedInRequest, interview: Interview, shown: Report, status: int = 200
) -> HttpResponse:
    own = interview.candidate_id == request.user.pk
    base = reverse("interviews:report", args=[interview.pk])
    as_candidate = shown.audience == "candidate"
    context = {
        "interview": interview,
        "report": shown,
        "pdf_url": reverse("interviews:report_pdf", args=[interview.pk])
        + ("?for=candidate" if as_candidate and not own else ""),
        "other_url": "" if own else base if as_candidate else f"{base}?for=candidate",
    }
    return render(request, "interviews/report.html", context, status=status)


@never_cache
@require_safe
@login_required
def report_pdf(request: SignedInRequest, pk: Any) -> HttpResponse:
    interview = visible(request, pk)
    shown = _report(request, interview)
    try:
        document = pdf(shown)
    except FontsMissing:
        words = _("The PDF cannot be made on this server now. You can print this page instead.")
        messages.warning(request, words)
        return _report_page(request, interview, shown, status=503)
    name = f"interview-{shown.audience}-{interview.pk}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(document, content_type="application/pdf", headers=headers)


@require_POST
@login_required
def rate(request: SignedInRequest, pk: Any, competency: str) -> HttpResponse:
    interview = to_review(request, pk)
    chosen = request.POST.get("level", "")
    level = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) == 1 else None
    try:
        if level is None and chosen != "none":
            raise ValidationError({"level": _("Choose a level.")})
        review.rate(interview, request.user, competency, level, request.POST.get("reason", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Your rating is kept."))
    return redirect(f"{interview.get_results_url()}#c-{competency}")


@require_POST
@login_required
def assess(request: SignedInRequest, pk: Any) -> HttpResponse:
    interview = to_review(request, pk)
    if interview.is_over:
        request_assessment(interview.pk)
    return redirect(interview.get_results_url())


@require_POST
@login_required
def summary(request: SignedInRequest, pk: Any) -> HttpResponse:
    """As JSON for the page's script; without one the page shows it as a message."""
    interview = visible(request, pk)
    plain = "text/html" in request.headers.get("Accept", "")
    try:
        found = so_far(interview, request.user)
    except TooManySummaries:
        words = _("Please wait a moment before the next one.")
        if not plain:
            return JsonResponse({"error": words}, status=429)
        messages.warning(request, words)
        return redirect(interview.get_results_url())
    if plain:
        messages.info(request, found.text)
        return redirect(interview.get_results_url())
    return JsonResponse({"summary": found.text, "language": found.language})


def competency_names(slugs: Iterable[str]) -> dict[str, str]:
    """As the guides call them today; an interview may outlive its guide, hence by slug."""
    found = Competency.objects.filter(slug__in=slugs).order_by("-order", "-pk")
    there = {each.slug: in_language({"en": each.name_en, "ko": each.name_ko}) for each in found}
    return {slug: there.get(slug, slug) for slug in slugs}


@never_cache
@require_safe
@login_required
def calibration_page(request: SignedInRequest) -> HttpResponse:
    if not request.user.is_reviewer:
        raise Http404
    found = calibration(request.user)
    titles = {
        "language": (_("By language"), _("Language")),
        "config": (_("By interview config"), _("Config")),
        "competency": (_("By competency"), _("Competency")),
    }
    names: dict[str, Callable[[str], str]] = {
        "language": language_name,
        "competency": competency_names(found.groups["competency"]).__getitem__,
    }
    whole = [
        (_("All first ratings"), found.overall),
        (_("Blind ones only"), found.blind),
        (_("Between reviewers"), found.between_reviewers),
    ]
    tables: list[dict[str, Any]] = [{"title": _("Overall"), "column": _("Pairs of"), "rows": whole}]
    for group in GROUPS:
        title, column = titles[group]
        name = names.get(group, str)
        rows = [(name(key), row) for key, row in found.groups[group].items()]
        tables.append({"title": title, "column": column, "rows": rows})
    context = {"found": found, "tables": tables, "enough": ENOUGH}
    return render(request, "interviews/calibration.html", context)
