"""``python -m benchmarks.profiles.seed PROFILE``: the one interview of a profile's server.

Run on a database with the demo in it; the config is named as its profile.
"""

import sys
from pathlib import Path

import django

GUIDE = Path(__file__).with_name("guide.yaml")


def seed(profile: str) -> None:
    from interviews.guides.document import GuideDocument, parse
    from interviews.guides.files import store
    from interviews.models import InterviewConfig

    interpreter = InterviewConfig.Kind.INTERPRETER
    interpreting = profile == interpreter.value
    config = InterviewConfig.objects.filter(language="en").exclude(kind=interpreter)[0]
    guide = parse(GUIDE.read_text(encoding="utf-8"), GuideDocument, source=GUIDE.name)
    stored = None if interpreting else store(guide, approved=True)
    InterviewConfig.objects.all().delete()
    config.pk, config.title, config.profile, config.guide = None, profile, profile, stored
    config.duration_minutes = 30
    if interpreting:
        config.kind = interpreter
    config.save()


if __name__ == "__main__":
    django.setup()
    seed(sys.argv[1])
