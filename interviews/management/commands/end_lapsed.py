from django.core.management.base import BaseCommand

from interviews.models import Interview
from interviews.models.interview_queries import LOOK_AGAIN


class Command(BaseCommand):
    help = "Abandon interviews whose candidates did not come back within GRACE_SECONDS."

    def handle(self, **options: object) -> None:
        ended = Interview.objects.end_lapsed(patience=LOOK_AGAIN)
        self.stdout.write(f"Ended {ended} interviews.")
