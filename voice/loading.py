"""Engines from configuration: ``{"recognizer": {"BACKEND": "…", "OPTIONS": {…}}, …}``."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from voice.clips import PreparedSynthesizer
from voice.engines import Engines
from voice.errors import EngineError


def load(config: Mapping[str, Any]) -> Engines:
    """The bundle of one profile. Models are loaded by ``warm`` or at first use, not here.

    Raises EngineError naming the role whose backend is missing or cannot be made.
    """
    return Engines(
        detector=_build("detector", config.get("detector")),
        turn_model=_build("turn_model", config.get("turn_model")),
        recognizer=_build("recognizer", config.get("recognizer")),
        model=_build("model", config.get("model")),
        synthesizers={
            language: PreparedSynthesizer(_build(f"synthesizers.{language}", spec))
            for language, spec in config.get("synthesizers", {}).items()
        },
    )


def _build(role: str, spec: Mapping[str, Any] | None) -> Any:
    if not spec:
        raise EngineError(role, "not_configured")
    module, _, name = str(spec["BACKEND"]).rpartition(".")
    try:
        backend = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise EngineError(role, f"no backend {spec['BACKEND']}") from error
    return backend(**spec.get("OPTIONS", {}))
