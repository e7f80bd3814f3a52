"""The moderator of this process: what guards interviews and live transcriptions alike."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from voice.engines import Moderator


@cache
def moderator() -> Moderator:
    """The engine of the setting MODERATOR; made once, loaded when first used."""
    config: Mapping[str, Any] = settings.MODERATOR
    made: Moderator = import_string(config["BACKEND"])(**config.get("OPTIONS", {}))
    return made
