"""The moderator of this process: what guards interviews and live transcriptions alike."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from voice.engines import Moderator


@cache
def moderator() -> Moderator:
    """The engine of the setting MODERATOR; made once, loaded when first used."""
    made: Moderator = import_string(settings.MODERATOR["BACKEND"])(**settings.MODERATOR["OPTIONS"])
    return made
