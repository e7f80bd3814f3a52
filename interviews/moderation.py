"""The moderator of this process: what guards interviews and live transcriptions alike."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from voice.engines import Moderator
from voice.panel import Panel


@cache
def moderator() -> Moderator:
    """The engine of the setting MODERATOR, or the panel of those that it names; made once, loaded
    when first used."""
    config: Mapping[str, Any] = settings.MODERATOR
    if "BACKEND" in config:
        return _made(config)
    return Panel({name: _made(member) for name, member in config.items()})


def moderators() -> dict[str, Moderator]:
    """Each one that is configured, by name; the whole panel is the last, as ``combined``."""
    whole = moderator()
    if not isinstance(whole, Panel):
        return {type(whole).__name__: whole}
    return {**whole.members, "combined": whole}


def _made(config: Mapping[str, Any]) -> Moderator:
    made: Moderator = import_string(config["BACKEND"])(**config.get("OPTIONS", {}))
    return made
