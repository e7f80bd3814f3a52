from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q, Sum

from interviews.models import Interview, Usage

ROLES = [role.value for role in Usage.Role]


class Command(BaseCommand):
    help = "What an interview costs with each engine profile, from the recorded usage."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=float, default=10.0, help="scaled to this length")
        parser.add_argument("--shortest", type=float, default=1.0, help="minutes; shorter are left")

    def handle(self, *, minutes: float, shortest: float, **options: object) -> None:
        recorded = Interview.objects.filter(clock_seconds__gte=60 * shortest).exclude(usage=None)
        profiles = sorted(set(recorded.values_list("snapshot__profile", flat=True)))
        if not profiles:
            raise CommandError("No interview with recorded usage is long enough.")
        names = " | ".join(str(Usage.Role(role).label) for role in ROLES)
        self.stdout.write(f"| profile | interviews | minutes | {names} | {minutes:g} minutes |")
        self.stdout.write("|---|---:|---:|" + "---:|" * (len(ROLES) + 1))
        for profile in profiles:
            self.stdout.write(
                self._row(profile, recorded.filter(snapshot__profile=profile), minutes)
            )

    def _row(self, profile: str, interviews, minutes: float) -> str:
        length = sum(interviews.values_list("clock_seconds", flat=True)) / 60
        usage = Usage.objects.filter(interview__in=interviews)
        scale = Decimal(minutes / length)
        costs = {
            row["role"]: row
            for row in usage.values("role").annotate(
                total=Sum("cost"), unpriced=Count("pk", filter=Q(cost=None))
            )
        }
        cells = []
        for role in ROLES:
            row = costs.get(role)
            known = row and row["total"] is not None
            cell = f"${row['total'] * scale:.4f}" if row and known else "–"
            cells.append(cell + (" + ?" if row and row["unpriced"] else ""))
        total = sum((row["total"] or 0 for row in costs.values()), Decimal(0)) * scale
        figures = " | ".join(cells)
        return f"| {profile} | {len(interviews)} | {length:.1f} | {figures} | ${total:.4f} |"
