"""What was used, in the admin: by row, by person and day with a chart, and as CSV."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.admin.records import ReadOnly
from interviews.models import Usage
from interviews.models.usage import UNITS

CHART_DAYS = 30
COLUMNS = ("day", "user", "interviews", *UNITS, "cost")


@admin.register(Usage)
class UsageAdmin(ReadOnly, admin.ModelAdmin):
    """What each turn used and cost, and the same added up by person and day."""

    change_list_template = "admin/interviews/usage_change_list.html"
    date_hierarchy = "created_at"
    list_display = [
        "created_at",
        "candidate",
        "turn",
        "role",
        "engine",
        "model",
        "input_tokens",
        "output_tokens",
        "seconds",
        "characters",
        "cost",
    ]
    list_filter = ["role", "engine", "model", "estimated"]
    list_select_related = ["interview__candidate"]
    search_fields = ["interview__candidate__email", "=interview__id"]

    @admin.display(description=_("candidate"), ordering="interview__candidate__email")
    def candidate(self, usage: Usage) -> str:
        return usage.interview.candidate.email

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("days/", view(self.days), name="interviews_usage_days"),
            path("days.csv", view(self.days_csv), name="interviews_usage_csv"),
            *super().get_urls(),
        ]

    def days(self, request: HttpRequest) -> HttpResponse:
        """The last thirty days: a chart of the cost, and a table by person and day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        first = timezone.localdate() - timedelta(days=CHART_DAYS - 1)
        rows = list(Usage.objects.filter(created_at__date__gte=first).by_user_and_day())
        chart = bars(rows, first)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Usage by person and day"),
            "opts": self.opts,
            "rows": rows,
            "chart": chart,
            "highest": max(bar["cost"] for bar in chart),
        }
        return TemplateResponse(request, "admin/interviews/usage_days.html", context)

    def days_csv(self, request: HttpRequest) -> HttpResponse:
        """Everything there is, by person and day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = HttpResponse(
            "\ufeff",  # By this mark a spreadsheet knows UTF-8.
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="usage.csv"'},
        )
        writer = csv.writer(response)
        writer.writerow(COLUMNS)
        for row in Usage.objects.by_user_and_day().iterator():
            writer.writerow([_cell(row[column]) for column in COLUMNS])
        return response


def _cell(value: Any) -> Any:
    """Text that a spreadsheet does not take for a formula: anybody chooses their own address."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@")) else value


def bars(rows: Iterable[Mapping[str, Any]], first: date) -> list[dict[str, Any]]:
    """``{"day", "cost", "x", "y", "height"}`` a day, in hundredths of the chart's height."""
    costs = {first + timedelta(days=number): Decimal(0) for number in range(CHART_DAYS)}
    for row in rows:
        costs[row["day"]] = costs.get(row["day"], Decimal(0)) + row["cost"]
    highest = max(costs.values()) or Decimal(1)
    return [
        {
            "day": day,
            "cost": cost,
            "x": 20 * number,
            "y": round(100 - float(100 * cost / highest), 2),
            "height": round(float(100 * cost / highest), 2),
        }
        for number, (day, cost) in enumerate(sorted(costs.items()))
    ]
