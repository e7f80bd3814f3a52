from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interviews.models import Interview
from interviews.recordings.files import RecordingFiles, recorded_interviews

ASKED_AT_ONCE = 500
"""How many recordings one query asks about: databases bound the values that a query may hold."""


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
        deleted = 0
        for some in batched(found, ASKED_AT_ONCE):
            rows = Interview.objects.filter(pk__in=some).exclude(ended_at__lt=long_ago)
            for interview_id in some - set(rows.values_list("pk", flat=True)):
                RecordingFiles(interview_id).delete()
                deleted += 1
        self.stdout.write(f"Deleted {deleted} recordings, kept {len(found) - deleted}.")


def batched(found: set[UUID], size: int) -> Iterator[set[UUID]]:
    rest = iter(found)
    while some := set(islice(rest, size)):
        yield some
