"""``python -m benchmarks.capacity.site <count>``: prepare the database for callers.

Migrates, adds one interview config on the engine profile ``embedded`` whose every reply a language
model phrases, a candidate without limits, and ``count`` interviews; prints a JSON object with the
API token and the ids.
"""

import json
import os
import sys

import django


def prepare(count: int) -> dict[str, object]:
    from django.core.management import call_command

    from accounts.models import ApiToken, Plan, User
    from avatars.models import Persona
    from benchmarks.conversations.replies import guide
    from interviews.guides.files import store
    from interviews.models import Interview, InterviewConfig

    call_command("migrate", verbosity=0)
    call_command("seed_demo", "--no-accounts", stdout=sys.stderr)
    stored = store(guide())
    stored.approve()
    config = InterviewConfig.objects.create(
        title="Capacity",
        role="engineer",
        language="en",
        duration_minutes=30,
        persona=Persona.objects.order_by("pk")[0],
        guide=stored,
        profile="embedded",
    )
    plan = Plan.objects.create(
        name="capacity",
        minutes_per_month=10_000_000,
        longest_interview_minutes=180,
        concurrent_interviews=30_000,
    )
    user = User.objects.create_user("capacity@example.com", name="Robin", plan=plan)
    _, token = ApiToken.objects.issue(user)
    ids = [str(Interview.objects.create_from(config, user).pk) for _ in range(count)]
    return {"token": token, "interviews": ids}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    django.setup()
    print(json.dumps(prepare(int(sys.argv[1]))))
