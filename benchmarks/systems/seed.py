"""``python -m benchmarks.systems.seed PROFILE``: the benchmark's interviews, and only those.

Run on a database with the demo in it. The interviews use the engine profile of that name.
"""

import sys

import django


def seed(profile: str) -> None:
    from avatars.models import Persona
    from benchmarks.conversations.replies import guide
    from interviews.guides.files import store
    from interviews.models import InterviewConfig

    stored = store(guide(), approved=True)
    InterviewConfig.objects.all().delete()
    for language in ("en", "ko"):
        InterviewConfig.objects.create(
            title=f"Benchmark {language}",
            role="any role",
            language=language,
            duration_minutes=120,
            persona=Persona.objects.order_by("pk")[0],
            guide=stored,
            profile=profile,
        )


if __name__ == "__main__":
    django.setup()
    seed(sys.argv[1])
