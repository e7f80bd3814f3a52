"""What was used, in the admin: by row, by person and day with a chart, and as CSV."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.admin.records import ReadOnly
from interviews.models import Usage
from interviews.models.usage import UNITS

PERIOD = 30
LONGEST_PERIOD = 366
"""Days that the page shows unless it is asked for others, and at most."""
ROWS = 500
"""The page shows at most; the file has them all."""
COLUMNS = ("day", "user", "name", "interviews", *UNITS, "cost", "unpriced")
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
WIDTH = 600
"""Of the chart, in its own units."""


class PeriodForm(forms.Form):
    """From one day to another; the last thirty days unless both are given."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last = forms.DateField(label=_("Until"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not timedelta() <= last - first < timedelta(days=LONGEST_PERIOD):
            limit = {"days": LONGEST_PERIOD}
            raise ValidationError(_("Choose at most %(days)d days, the first one first.") % limit)
        return given

    @classmethod
    def read(cls, asked: QueryDict) -> tuple["PeriodForm", date, date]:
        """The form to show, and the days: the usual ones if those asked for are no period."""
        today = timezone.localdate()
        usual = {"first": today - timedelta(days=PERIOD - 1), "last": today}
        form = cls(asked) if asked.keys() & usual.keys() else cls(initial=usual)
        days = form.cleaned_data if form.is_valid() else usual
        return form, days["first"], days["last"]


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
        """A period, by itself the last thirty days: a chart of the cost, and a table by person
        and day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form, first, last = PeriodForm.read(request.GET)
        usage = Usage.objects.between(first, last)
        rows = list(usage.by_user_and_day()[: ROWS + 1])
        chart = bars({row["day"]: row["cost"] for row in usage.by_day()}, first, last)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Usage by person and day"),
            "opts": self.opts,
            "form": form,
            "period": urlencode({"first": first, "last": last}),
            "rows": rows[:ROWS],
            "rows_left_out": len(rows) > ROWS,
            "totals": usage.totals(),
            "chart": chart,
            "highest": max(bar["cost"] for bar in chart),
        }
        return TemplateResponse(request, "admin/interviews/usage_days.html", context)

    def days_csv(self, request: HttpRequest) -> HttpResponse:
        """By person and day: of a period, or everything there is."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        usage = Usage.objects.all()
        if request.GET:
            _form, first, last = PeriodForm.read(request.GET)
            usage = usage.between(first, last)
        response = HttpResponse(
            "\ufeff",  # By this mark a spreadsheet knows UTF-8.
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="usage.csv"'},
        )
        writer = csv.writer(response)
        writer.writerow(COLUMNS)
        for row in usage.by_user_and_day().iterator():
            writer.writerow([_cell(row[column]) for column in COLUMNS])
        return response


def _cell(value: Any) -> Any:
    """Text that a spreadsheet does not take for a formula: anybody chooses their own name."""
    if isinstance(value, Decimal):
        return f"{value:.6f}"
    if isinstance(value, float):
        return round(value, 3)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def bars(costs: Mapping[date, Decimal], first: date, last: date) -> list[dict[str, Any]]:
    """``{"day", "cost", "x", "y", "width", "height"}`` a day, heights in hundredths of the
    chart's."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    highest = max(costs.values(), default=Decimal(0)) or Decimal(1)
    step = WIDTH / len(days)
    return [
        {
            "day": day,
            "cost": (cost := costs.get(day, Decimal(0))),
            "x": round(step * number, 2),
            "y": round(100 - float(100 * cost / highest), 2),
            "width": round(0.8 * step, 2),
            "height": round(float(100 * cost / highest), 2),
        }
        for number, day in enumerate(days)
    ]
