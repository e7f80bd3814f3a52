"""What a candidate's plan still allows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Limits:
    plan: str
    minutes_left_this_month: int
    longest_interview_minutes: int
    concurrent_interviews: int
    under_way: int

    @classmethod
    def of(cls, user: User, now: datetime | None = None) -> Self:
        """The month is the calendar month of the site's time zone."""
        today = timezone.localtime(now)
        month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        plan = user.current_plan
        left = plan.minutes_per_month - user.interviews.minutes_used(month)
        return cls(
            plan=plan.name,
            minutes_left_this_month=max(0, int(left)),
            longest_interview_minutes=plan.longest_interview_minutes,
            concurrent_interviews=plan.concurrent_interviews,
            under_way=user.interviews.under_way().count(),
        )

    def refusal(self, duration_minutes: float) -> str:
        """Why an interview of that length may not begin now; empty if it may."""
        if duration_minutes > self.longest_interview_minutes:
            return _("Your plan allows interviews of at most %(minutes)d minutes.") % {
                "minutes": self.longest_interview_minutes
            }
        if duration_minutes > self.minutes_left_this_month:
            return _("Your plan has %(minutes)d minutes left this month.") % {
                "minutes": self.minutes_left_this_month
            }
        if self.under_way >= self.concurrent_interviews:
            return _("Your plan allows %(count)d interviews at a time.") % {
                "count": self.concurrent_interviews
            }
        return ""
