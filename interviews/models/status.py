"""Where an interview stands, and why it ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TransitionError(Exception):
    """The interview's status does not allow this step."""


class PlanReached(Exception):
    """The candidate's plan does not allow to begin now; the message says why."""


class Status(models.TextChoices):
    """Where an interview stands."""

    READY = "ready", _("ready")
    LIVE = "live", _("live")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")
    ABANDONED = "abandoned", _("abandoned")
    FAILED = "failed", _("failed")


class EndReason(models.TextChoices):
    """Why it is over."""

    FINISHED = "finished", _("finished")
    TIME_UP = "time_up", _("time was up")
    CANDIDATE = "candidate", _("ended by the candidate")
    ABANDONED = "abandoned", _("abandoned")
    FAILED = "failed", _("failed")


class RecordingLoss(models.TextChoices):
    """Why an interview goes on without its recording."""

    DISK = (
        "disk",
        _(
            "The recording was lost during the conversation: the server's disk was full or failed."
            " The transcript is whole."
        ),
    )
    SLOW = (
        "slow",
        _(
            "The recording was lost during the conversation: the server's disk was too slow for"
            " it. The transcript is whole."
        ),
    )


UNDER_WAY = (Status.LIVE, Status.PAUSED)
OVER = (Status.ENDED, Status.ABANDONED, Status.FAILED)
