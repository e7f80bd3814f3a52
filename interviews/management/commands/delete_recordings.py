from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interviews.models import Interview
from interviews.recordings.files import RecordingFiles, recorded_interviews


class Command(BaseCommand):
    help = (
        "Delete the recordings of interviews that ended more than DAYS ago, and those whose"
        " interview was deleted. Transcripts and scores stay."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", type=int, metavar="DAYS", required=True)

    def handle(self, *, older_than: int, **options: object) -> None:
        if older_than < 0:
            raise CommandError("--older-than takes a number of days, 0 or more.")
        long_ago = timezone.now() - timedelta(days=older_than)
        # In this order: an interview that begins meanwhile is not taken for a deleted one.
        found = recorded_interviews()
        kept = set(Interview.objects.exclude(ended_at__lt=long_ago).values_list("pk", flat=True))
        for interview_id in found - kept:
            RecordingFiles(interview_id).delete()
        self.stdout.write(f"Deleted {len(found - kept)} recordings, kept {len(found & kept)}.")
