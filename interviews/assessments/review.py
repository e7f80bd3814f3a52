"""People decide: reviewers rate competencies, and their level stands in place of a model's."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from interviews.models import Interview, Rating, Score
from interviews.models.score import REVIEWER, RUBRIC

LONGEST_REASON = 2_000


def may_review(user: User, interview: Interview) -> bool:
    """Of an interview that ``user`` may see. Nobody rates their own."""
    if interview.candidate_id == user.pk:
        return False
    return user.is_reviewer


def is_blind(interview: Interview) -> bool:
    return bool(interview.snapshot["options"].get("blind_rating"))


def hidden_levels(interview: Interview, user: User) -> set[str]:
    """The competencies that ``user`` has to rate before their levels are shown."""
    if not is_blind(interview) or not may_review(user, interview):
        return set()
    rated = Rating.objects.filter(interview=interview, reviewer=user)
    every = {each["slug"] for each in interview.snapshot["guide"]["competencies"]}
    return every.difference(rated.values_list("competency", flat=True))


@transaction.atomic
def rate(
    interview: Interview, reviewer: User, competency: str, level: int | None, reason: str
) -> Rating:
    """Keep a rating and let it count; ``level`` None: it cannot be judged.

    Raises ``ValidationError`` for a competency that the guide has not, a level off the scale, no
    reason, or an interview that is still going on.
    """
    names = {each["slug"]: each["name"] for each in interview.snapshot["guide"]["competencies"]}
    reason = reason.strip()
    if competency not in names:
        raise ValidationError({"competency": _("The interview has no such competency.")})
    if level is not None and level not in range(1, 6):
        raise ValidationError({"level": _("Levels go from 1 to 5.")})
    if not reason:
        raise ValidationError({"reason": _("Say why: the reason is kept with the level.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("The reason is too long.")})
    if not interview.is_over:
        raise ValidationError({"level": _("The interview is not over yet.")})
    Interview.objects.select_for_update().get(pk=interview.pk)
    scores = Score.objects.filter(interview=interview, competency=competency)
    # Blind is who could not know: the page hid every level, or there was none.
    known = scores.filter(scorer__in=(RUBRIC, REVIEWER), level__isnull=False).exists()
    blind = competency in hidden_levels(interview, reviewer) or not known
    model = scores.filter(scorer=RUBRIC, valid=True).values_list("level", flat=True).first()
    rating = Rating.objects.create(
        interview=interview,
        competency=competency,
        reviewer=reviewer,
        level=level,
        reason=reason,
        blind=blind,
        model_level=model,
    )
    Score.objects.update_or_create(
        interview=interview,
        competency=competency,
        scorer=REVIEWER,
        defaults={
            "competency_name": names[competency],
            "level": level,
            "rationale": reason,
            "evidence": [],
            "valid": True,
            "unassessable_reason": "" if level else reason,
            "details": {"rating": rating.pk, "reviewer": str(reviewer)},
            "created_at": rating.created_at,
        },
    )
    return rating
