"""Which interviews there are, for whom, and how one is made."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from interviews.models.config import InterviewConfig
from interviews.models.status import UNDER_WAY, TransitionError

if TYPE_CHECKING:
    from interviews.models.interview import Interview


LOOK_AGAIN = 20.0
"""Seconds within which a call that is alive has stored that its candidate was seen."""


def grace() -> timedelta:
    """How long a candidate may be away before the interview counts as abandoned."""
    return timedelta(seconds=settings.GRACE_SECONDS)


def is_draft(snapshot: dict[str, Any]) -> bool:
    """Whether the questions of an interview have not been approved by anybody."""
    return (snapshot.get("guide") or {}).get("status") == "draft"


class InterviewQuerySet(models.QuerySet["Interview"]):
    """Interviews by who may see them, how they stand and what was said in them."""

    def visible_to(self, user: User) -> Self:
        """Candidates see their own, reviewers also those of configs of their groups, admins all.

        An interview whose config was deleted keeps no group: its candidate and admins see it.
        """
        if user.is_admin:
            return self
        mine = models.Q(candidate=user)
        if user.is_reviewer:
            mine |= models.Q(config__in=InterviewConfig.objects.for_groups_of(user))
        return self.filter(mine)

    def under_way(self) -> Self:
        return self.filter(status__in=UNDER_WAY)

    def lapsed(self, now: datetime) -> Self:
        """Under way, but their candidates have not been seen for longer than the grace period."""
        return self.under_way().filter(seen_at__lt=now - grace())

    def end_lapsed(self, now: datetime | None = None, *, patience: float = 0.0) -> int:
        """Abandon what has lapsed; returns how many.

        What a connection holds may only look lapsed, since the database stood still and took no
        news of it: it is abandoned if there is none within ``patience`` seconds either, and not at
        all without patience.
        """
        now = now or timezone.now()
        lapsed = self.lapsed(now)
        ended = sum(interview.abandon(now) for interview in lapsed.filter(connection=None))
        if patience and lapsed.exclude(connection=None).exists():
            time.sleep(patience)
            ended += sum(interview.abandon(now) for interview in lapsed.all())
        return ended

    def minutes_used(self, since: datetime) -> float:
        """Minutes of conversation in the interviews that began after ``since``."""
        seconds = self.filter(started_at__gte=since).aggregate(
            seconds=Coalesce(models.Sum("clock_seconds"), 0.0)
        )["seconds"]
        return float(seconds) / 60

    def saying(self, words: str) -> Self:
        """Interviews in whose transcript every one of ``words`` is said, in any order.

        By substring, not by stem: Korean words carry their particles with them, and no stemmer for
        it ships with PostgreSQL. A trigram index serves it there (see the initial migration).
        """
        utterance = apps.get_model("interviews", "Utterance")
        said = utterance._default_manager.filter(interview=models.OuterRef("pk"))
        found = self
        for word in words.split():
            found = found.filter(models.Exists(said.filter(text_heard__icontains=word)))
        return found


class InterviewManager(models.Manager.from_queryset(InterviewQuerySet)):  # type: ignore[misc]
    """Makes interviews out of configs."""

    def create_from(
        self, config: InterviewConfig, candidate: User, *, language: str = "", **fields: Any
    ) -> "Interview":
        """A new interview; a config that is held in one language overrules ``language``.

        It runs on what the candidate's accommodation makes of the config. Raises
        TransitionError if the config's guide is a draft.
        """
        if config.language != InterviewConfig.Language.AUTO:
            language = config.language
        snapshot = config.snapshot()
        if is_draft(snapshot):
            raise TransitionError(gettext("Nobody has approved its questions yet."))
        if accommodation := getattr(candidate, "accommodation", None):
            snapshot = accommodation.applied(snapshot)
        interview: Interview = self.create(
            config=config,
            candidate=candidate,
            snapshot=snapshot,
            language=language or InterviewConfig.Language.AUTO,
            **fields,
        )
        return interview
