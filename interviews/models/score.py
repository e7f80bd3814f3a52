"""What the interview showed, and, kept apart from it, how it was delivered."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from interviews.models.interview import Interview
from interviews.models.rating import Rating
from interviews.models.utterance import Utterance

POINTS, RUBRIC, REVIEWER = "expected-points", "rubric", "reviewer"
"""Scorers: the guide's keywords, a scoring model on the rubric, a person."""


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: User) -> Self:
        """Of interviews that ``user`` may see. Candidates see of their own what the config shows
        them; where ratings are blind, reviewers see levels once they have given theirs."""
        option = "interview__snapshot__options__"
        mine = Rating.objects.filter(
            interview=models.OuterRef("interview"),
            competency=models.OuterRef("competency"),
            reviewer=user,
        )
        own = models.Q(interview__candidate=user)
        points = models.Q(scorer=POINTS)
        shown = models.Case(
            models.When(own, **{f"{option}candidate_sees": "transcript"}, then=False),
            models.When(own & ~points, **{f"{option}candidate_sees": "feedback"}, then=False),
            models.When(own | points, then=True),
            models.When(**{f"{option}blind_rating": True}, then=models.Exists(mine)),
            default=True,
            output_field=models.BooleanField(),
        )
        return self.filter(shown)

    def effective(self) -> Self:
        """A person's level stands in place of a model's."""
        ruled = Score.objects.filter(
            interview=models.OuterRef("interview"),
            competency=models.OuterRef("competency"),
            scorer=REVIEWER,
        )
        return self.filter(~models.Q(scorer=RUBRIC) | ~models.Exists(ruled))


class Score(models.Model):
    """One competency judged by one scorer, with the words that show it.

    ``evidence``: ``[{"utterance": id, "quote": text}]``, a model's also with ``start`` and ``end``
    in characters. No level without evidence, unless a person gave it. ``details["reason"]`` is the
    code of ``unassessable_reason``.
    """

    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="scores", verbose_name=_("interview")
    )
    competency = models.SlugField(_("competency"))
    competency_name = models.JSONField(_("competency's name"), default=dict, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    rationale = models.TextField(_("rationale"), blank=True)
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    scorer = models.CharField(_("scorer"), max_length=120)
    valid = models.BooleanField(_("valid"), default=True)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    unassessable_reason = models.TextField(_("why it cannot be assessed"), blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["competency", "scorer"]
        indexes = [models.Index(fields=["competency", "level"], name="score_by_level")]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "competency", "scorer"], name="score_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(level=None) | models.Q(level__gte=1, level__lte=5),
                name="score_level_1_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(level=None) | ~models.Q(evidence=[]) | models.Q(scorer=REVIEWER),
                name="score_level_needs_evidence",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence=None)
                | models.Q(confidence__gte=0, confidence__lte=1),
                name="score_confidence_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.level or '–'}"


class AnswerFeedback(models.Model):
    """How one answer was delivered: for the candidate's practice, never part of a score.

    ``fillers``: ``{word: count}``; ``covered_points``: keys of the question's expected points.
    """

    utterance = models.OneToOneField(
        Utterance, on_delete=models.CASCADE, related_name="feedback", verbose_name=_("utterance")
    )
    seconds = models.FloatField(_("seconds"), default=0.0)
    words = models.PositiveIntegerField(_("words"), default=0)
    words_per_minute = models.FloatField(_("words per minute"), null=True)
    fillers = models.JSONField(_("fillers"), default=dict, blank=True)
    covered_points = models.JSONField(_("covered points"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("answer feedback")
        verbose_name_plural = _("answer feedback")

    def __str__(self) -> str:
        return f"{self.words} / {self.seconds:.0f} s"
