"""What a candidate needs to have the same chance as others."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

EXTRA = ((0, _("none")), (25, "+25 %"), (50, "+50 %"), (100, "+100 %"))


class Accommodation(models.Model):
    """Extra time and other ways to take part, for all interviews of one candidate from now on.

    It holds no reason: that would be health data, and nobody here needs it. It changes how long an
    interview and its questions may take and how the candidate takes part, never a score.
    """

    candidate = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="accommodation",
        verbose_name=_("candidate"),
    )
    extra_time = models.PositiveSmallIntegerField(
        _("extra time"), choices=EXTRA, default=0, help_text=_("Of the interview and each question")
    )
    typed = models.BooleanField(
        _("typed answers"), default=False, help_text=_("Also where the interview has none.")
    )
    captions = models.BooleanField(
        _("captions"), default=False, help_text=_("Everything that is said is shown as text.")
    )
    patient = models.BooleanField(
        _("long pauses"), default=False, help_text=_("The interviewer waits longer in a pause.")
    )

    class Meta:
        verbose_name = _("accommodation")
        verbose_name_plural = _("accommodations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(extra_time__lte=200), name="accommodation_time_bounded"
            )
        ]

    def __str__(self) -> str:
        return str(self.candidate)

    def applied(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """``snapshot`` of a config as this candidate's interview runs on it."""
        options = dict(snapshot["options"])
        options["typed_answers"] = options["typed_answers"] or self.typed
        options["captions"] = self.captions
        if self.patient:
            options["patience"] = "long"
        factor = 1 + self.extra_time / 100
        seconds = snapshot["duration_seconds"]
        options["extra_seconds"] = round(seconds * factor) - seconds
        changed = snapshot | {"options": options, "duration_seconds": round(seconds * factor)}
        if guide := snapshot.get("guide"):
            questions = [
                question
                | {
                    "seconds": round(question["seconds"] * factor),
                    "answer_seconds": round(question["answer_seconds"] * factor),
                }
                for question in guide["questions"]
            ]
            changed["guide"] = guide | {"questions": questions}
        return changed
