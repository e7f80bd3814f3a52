"""``python -m benchmarks.costs.seed PROFILE…``: one interview config a profile, and only those.

Run on a database with the demo in it; a config is named as its profile.
"""

import sys

import django


def seed(profiles: list[str]) -> None:
    from interviews.models import InterviewConfig

    backend = InterviewConfig.objects.get(title="Backend engineer")
    InterviewConfig.objects.all().delete()
    for profile in profiles:
        backend.pk, backend.title, backend.profile = None, profile, profile
        backend.save()


if __name__ == "__main__":
    django.setup()
    seed(sys.argv[1:])
