from django.core.management.base import BaseCommand

from interviews.models import Interview


class Command(BaseCommand):
    help = "Abandon interviews whose candidates did not come back within GRACE_SECONDS."

    def handle(self, **options: object) -> None:
        self.stdout.write(f"Ended {Interview.objects.end_lapsed()} interviews.")
