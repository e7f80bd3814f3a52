"""How the scoring model's levels compare with people's, for those who decide how far to trust it.

A pair is the model's level and the first level that a reviewer gave the same competency of the same
interview: later ratings may have been moved by what the page showed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Exists, F, OuterRef
from django.db.models.fields.json import KeyTextTransform

from accounts.models import User
from interviews.models import Interview, Rating, Score
from interviews.models.interview_queries import InterviewQuerySet
from interviews.models.score import RUBRIC
from interviews.scoring.agreement import Agreement, Pair


@dataclass(frozen=True, slots=True)
class Compared:
    """One pair with what it may be grouped by."""

    pair: Pair
    interview: str
    language: str
    config: str
    competency: str
    blind: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """``groups``: ``{"language": {"en": Agreement}, "config": …, "competency": …}``."""

    overall: Agreement
    blind: Agreement
    between_reviewers: Agreement
    interviews: int
    groups: dict[str, dict[str, Agreement]] = field(default_factory=dict)


GROUPS = ("language", "config", "competency")


def calibration(user: User) -> Calibration:
    """Over the interviews that ``user`` may see, leaving out what blind rating hides from them."""
    seen = Interview.objects.visible_to(user).exclude(candidate=user)
    firsts = _first_ratings(seen, user)
    compared = list(_compared(seen, firsts, user))
    groups: dict[str, dict[str, list[Pair]]] = {name: defaultdict(list) for name in GROUPS}
    for each in compared:
        for name in GROUPS:
            groups[name][getattr(each, name)].append(each.pair)
    return Calibration(
        overall=Agreement.of(each.pair for each in compared),
        blind=Agreement.of(each.pair for each in compared if each.blind),
        between_reviewers=Agreement.of(_between(firsts)),
        interviews=len({each.interview for each in compared}),
        groups={
            name: {key: Agreement.of(pairs) for key, pairs in sorted(found.items())}
            for name, found in groups.items()
        },
    )


def _first_ratings(seen: InterviewQuerySet, user: User) -> dict[tuple, Rating]:
    """``{(interview, competency, reviewer): rating}``, of those with a level."""
    rows = (
        Rating.objects.filter(interview__in=seen, level__isnull=False, reviewer__isnull=False)
        .visible_to(user)
        .order_by("created_at", "pk")
        .defer("reason")
    )
    found: dict[tuple, Rating] = {}
    for row in rows:
        found.setdefault((row.interview_id, row.competency, row.reviewer_id), row)
    return found


def _compared(
    seen: InterviewQuerySet, firsts: dict[tuple, Rating], user: User
) -> Iterable[Compared]:
    same = {name: OuterRef(name) for name in ("interview", "competency")}
    scores = (
        Score.objects.filter(interview__in=seen, scorer=RUBRIC, valid=True, level__isnull=False)
        .filter(Exists(Rating.objects.filter(**same)))
        .visible_to(user)
        .annotate(
            config=KeyTextTransform("title", "interview__snapshot"),
            language=F("interview__language"),
        )
        .values("interview_id", "competency", "level", "language", "config")
    )
    levels = {(score["interview_id"], score["competency"]): score for score in scores}
    for (interview, competency, _reviewer), rating in firsts.items():
        score = levels.get((interview, competency))
        if score is None or score["level"] is None or rating.level is None:
            continue
        yield Compared(
            Pair(score["level"], rating.level),
            interview=str(interview),
            language=score["language"],
            config=score["config"] or "",
            competency=competency,
            blind=rating.blind,
        )


def _between(firsts: dict[tuple, Rating]) -> Iterable[Pair]:
    by_competency: dict[tuple, list[Rating]] = defaultdict(list)
    for (interview, competency, _reviewer), rating in firsts.items():
        by_competency[interview, competency].append(rating)
    for ratings in by_competency.values():
        for one, other in combinations(ratings, 2):
            if one.level and other.level:
                yield Pair(one.level, other.level)
