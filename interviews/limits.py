"""What a candidate's plan still allows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.utils import timezone
from django.utils.translation import ngettext

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
        plan = user.current_plan
        # The end of these is only waiting to be noted.
        lapsed = user.interviews.lapsed(now or timezone.now())
        return cls(
            plan=plan.name,
            minutes_left_this_month=int(cls.seconds_left(user, now) / 60),
            longest_interview_minutes=plan.longest_interview_minutes,
            concurrent_interviews=plan.concurrent_interviews,
            under_way=user.interviews.under_way().exclude(pk__in=lapsed.values("pk")).count(),
        )

    @staticmethod
    def seconds_left(user: User, now: datetime | None = None) -> float:
        """Of this month's minutes, less what live interviews have used so far."""
        today = timezone.localtime(now)
        month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        left = user.current_plan.minutes_per_month - user.interviews.minutes_used(month)
        return max(0.0, left * 60)

    def refusal(self, duration_minutes: float) -> str:
        """Why an interview of that length may not begin now; empty if it may."""
        if duration_minutes > self.longest_interview_minutes:
            return ngettext(
                "Your plan allows interviews of at most %(minutes)d minute.",
                "Your plan allows interviews of at most %(minutes)d minutes.",
                self.longest_interview_minutes,
            ) % {"minutes": self.longest_interview_minutes}
        if duration_minutes > self.minutes_left_this_month:
            return ngettext(
                "Your plan has %(minutes)d minute left this month, less than it takes.",
                "Your plan has %(minutes)d minutes left this month, less than it takes.",
                self.minutes_left_this_month,
            ) % {"minutes": self.minutes_left_this_month}
        if self.under_way >= self.concurrent_interviews:
            return ngettext(
                "Your plan allows %(count)d interview at a time: end the one under way first.",
                "Your plan allows %(count)d interviews at a time: end one under way first.",
                self.concurrent_interviews,
            ) % {"count": self.concurrent_interviews}
        return ""
