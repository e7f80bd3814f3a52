import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.interview import Interview


class Utterance(models.Model):
    """One stretch of speech of either side; times in milliseconds on the interview's clock.

    ``text_said`` is what was recognized or synthesised, ``text_heard`` what counts as said: the
    same for a candidate, of an interviewer only what was played. Until it is over, ``end_ms`` is
    null. ``grounds``: what a follow-up rests on, ``[{"source": "answer" | "resume" | "job" |
    "company", "utterance" | "document": id | null, "start", "end", "text"}]``, the span in letters.
    """

    class Speaker(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        INTERVIEWER = "interviewer", _("interviewer")

    class Source(models.TextChoices):
        VOICE = "voice", _("voice")
        TYPED = "typed", _("typed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, related_name="utterances", verbose_name=_("interview")
    )
    sequence = models.PositiveIntegerField(_("sequence"))
    speaker = models.CharField(_("speaker"), max_length=11, choices=Speaker)
    text_said = models.TextField(_("said"), blank=True)
    text_heard = models.TextField(_("heard"), blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    source = models.CharField(_("source"), max_length=5, choices=Source, default=Source.VOICE)
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    start_ms = models.PositiveIntegerField(_("start"), default=0)
    end_ms = models.PositiveIntegerField(_("end"), null=True, blank=True)
    audio_start_ms = models.PositiveIntegerField(_("start in the recording"), null=True, blank=True)
    interrupted = models.BooleanField(_("interrupted"), default=False)
    audio_lost = models.BooleanField(_("sound was lost"), default=False)
    question = models.SlugField(_("question"), blank=True)
    translates = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translates"),
    )
    grounds = models.JSONField(_("rests on"), default=list, blank=True)
    latency = models.JSONField(_("latency"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("utterance")
        verbose_name_plural = _("utterances")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "sequence"], name="utterance_sequence_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    speaker__in=["candidate", "interviewer"], source__in=["voice", "typed"]
                ),
                name="utterance_speaker_and_source_known",
            ),
            models.CheckConstraint(
                condition=models.Q(end_ms=None) | models.Q(end_ms__gte=models.F("start_ms")),
                name="utterance_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence=None)
                | models.Q(confidence__gte=0, confidence__lte=1),
                name="utterance_confidence_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.get_speaker_display()}: {self.text_heard[:60]}"

    def as_history(self) -> dict[str, str]:
        return {"utterance": str(self.pk), "speaker": self.speaker, "text": self.text_heard}
