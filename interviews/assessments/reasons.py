"""Why something could not be assessed, in words for candidates and reviewers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from interviews.conversation.validity import Flaw
from interviews.scoring.judgement import Reason

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

REASONS: "Mapping[str, StrPromise]" = {
    Flaw.LOST: _("Sound was lost on the way, so the answer is not complete."),
    Flaw.LOW_CONFIDENCE: _("The sound was too poor to be written down reliably."),
    Flaw.ECHO: _("The microphone picked up the interviewer instead of the answer."),
    Flaw.GARBLED: _("What was written down repeats itself: it was not understood."),
    Flaw.WRONG_LANGUAGE: _("The answer is not in the language of the interview."),
    Flaw.TOO_SHORT: _("The answer is too short to be judged."),
    Reason.NO_ANSWER: _("No question on this was answered."),
    Reason.NO_ANCHORS: _("The guide describes no levels for this competency."),
    Reason.NOT_SHOWN: _("The answers do not speak to this competency."),
    Reason.QUOTE_NOT_FOUND: _(
        "The model quoted words that are not in the transcript, so its level does not count."
    ),
    Reason.NO_EVIDENCE: _("The model quoted nothing, so its level does not count."),
    Reason.BEYOND_EVIDENCE: _(
        "The model's level claims more than the amount of evidence bears, so it does not count."
    ),
    Reason.PASSES_DISAGREE: _("Two independent readings disagree; a person has to judge."),
    Reason.MALFORMED: _("The scoring model gave no usable answer."),
    Reason.INJECTION: _(
        "Words in the answer speak to the scorer instead of answering; a person has to judge."
    ),
}
NO_MODEL = _("Levels need a capable scoring model or a person.")


def reason_text(code: str, language: str | None = None) -> str:
    """In ``language``, else in the reader's; "" for what is no reason."""
    if code not in REASONS:
        return ""
    with translation.override(language or translation.get_language()):
        return str(REASONS[code])
