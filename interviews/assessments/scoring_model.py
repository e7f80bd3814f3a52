"""The language model that scores: the setting SCORING_MODEL, or none."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from voice.engines import LanguageModel


def is_there() -> bool:
    return bool(settings.SCORING_MODEL)


def name(config: Mapping[str, Any] | None = None) -> str:
    """What the record calls it; "" if there is none."""
    config = config or settings.SCORING_MODEL
    if not config:
        return ""
    model = config.get("OPTIONS", {}).get("model", "")
    return str(model or config["BACKEND"].rpartition(".")[2])[:120]


@asynccontextmanager
async def scoring_model(config: Mapping[str, Any] | None = None) -> AsyncIterator[LanguageModel]:
    """Made for one use: a client's connections belong to the event loop that made them, and every
    task has a loop of its own. Raises whatever the adapter's class raises."""
    config = config or settings.SCORING_MODEL or {}
    made: LanguageModel = import_string(config["BACKEND"])(**config.get("OPTIONS", {}))
    try:
        yield made
    finally:
        await made.close()
