"""What a candidate is told by ``notice`` and ``error``: what happened, and what to do now."""

from django.utils.translation import gettext_lazy as _

NOTICES = {
    "time_nearly_up": _("About two minutes are left."),
    "taking_time": _("Take your time. The interviewer waits until you speak."),
    "engine_switched": _("The voice changes for technical reasons. The conversation goes on."),
    "not_understood": _("I did not catch that. Please say it again, or type your answer."),
    "type_instead": _("You cannot be heard at the moment. You may type your answers."),
    "nothing_heard": _("Nothing was heard. Check your microphone, or type your answer."),
    "saving_takes_long": _(
        "Saving your answer takes longer than usual. Please keep this page open and wait: "
        "the conversation goes on by itself."
    ),
    "recording_lost": _(
        "The recording had to be given up for technical reasons. The conversation goes on, and "
        "what is said is still written down."
    ),
    "help": _(
        "If you or somebody else is in danger, call the emergency number: 112, in the US 911. "
        "To talk to somebody at any time: US 988, UK and Ireland 116 123, Korea 109; "
        "elsewhere see findahelpline.com."
    ),
}

FAILURES = {
    "stt_failed": _(
        "Your words could not be written down. Please say them again, or type your answer."
    ),
    "llm_failed": _("The interviewer could not find words. Please go on."),
    "tts_failed": _("The interviewer's voice is not available. Please read the subtitles."),
    "internal": _("Something went wrong on our side. Please say that again; nothing else is lost."),
}
