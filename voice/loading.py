"""Engines from configuration: ``{"recognizer": {"BACKEND": "…", "OPTIONS": {…}}, …}``."""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from voice.clips import PreparedSynthesizer
from voice.engines import Engines
from voice.errors import EngineError
from voice.failover import (
    Failover,
    FailoverLive,
    FailoverModel,
    FailoverRecognizer,
    FailoverSynthesizer,
)

_FAILOVERS: Mapping[str, type[Failover[Any]]] = {
    "recognizer": FailoverRecognizer,
    "live_recognizer": FailoverLive,
    "model": FailoverModel,
    "synthesizers": FailoverSynthesizer,
}


def load(config: Mapping[str, Any], made: dict[str, Any] | None = None) -> Engines:
    """The bundle of one profile. Models are loaded by ``warm`` or at first use, not here.

    A role may hold a list of entries, tried in order. ``made`` keeps engines for the next
    profile: what is configured alike is one engine, with one circuit and one store of clips.
    Raises ``EngineError`` naming the role whose backend is missing or cannot be made.
    """
    made = {} if made is None else made
    return Engines(
        detector=_build("detector", config.get("detector"), made),
        turn_model=_build("turn_model", config.get("turn_model"), made),
        recognizer=_build("recognizer", config.get("recognizer"), made),
        model=_build("model", config.get("model"), made),
        synthesizers={
            language: _synthesizer(f"synthesizers.{language}", spec, made)
            for language, spec in config.get("synthesizers", {}).items()
        },
        live_recognizer=_live(config.get("live_recognizer"), made),
        speech=_build("speech", config["speech"], made) if config.get("speech") else None,
    )


def _synthesizer(role: str, spec: Any, made: dict[str, Any]) -> PreparedSynthesizer:
    engine = _build(role, spec, made)
    several = isinstance(spec, list)
    prepared: PreparedSynthesizer = _once(
        made, ["prepared", role, spec], lambda: PreparedSynthesizer(engine, several=several)
    )
    return prepared


def _live(spec: Any, made: dict[str, Any]) -> FailoverLive | None:
    """Never without its fail-over: what fails must be left alone, for another one reads."""
    if not spec:
        return None
    entries = [spec] if isinstance(spec, Mapping) else spec
    built: FailoverLive = _build("live_recognizer", entries, made)
    return built


def _build(role: str, spec: Any, made: dict[str, Any]) -> Any:
    if not spec:
        raise EngineError(role, "not_configured")
    if isinstance(spec, Mapping):
        return _one(role, spec, made)
    failover = _FAILOVERS.get(role.partition(".")[0])
    if failover is None:
        raise EngineError(role, "takes one engine, no list")
    engines: dict[str, Any] = {}
    for entry in spec:
        name = str(entry.get("NAME") or str(entry.get("BACKEND", "")).rpartition(".")[2])
        if name in engines:
            raise EngineError(role, f"two engines named {name}: give one a NAME")
        engines[name] = _one(role, entry, made)
    return _once(made, ["failover", role, spec], lambda: failover(role, engines))


def _one(role: str, spec: Mapping[str, Any], made: dict[str, Any]) -> Any:
    if not spec.get("BACKEND"):
        raise EngineError(role, "names no BACKEND")
    options = spec.get("OPTIONS", {})

    def make() -> Any:
        module, _, name = str(spec["BACKEND"]).rpartition(".")
        try:
            backend = getattr(import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise EngineError(role, f"no backend {spec['BACKEND']}") from error
        return backend(**options)

    return _once(made, [spec["BACKEND"], options], make)


def _once(made: dict[str, Any], configured: Any, make: Callable[[], Any]) -> Any:
    """What was made for the same configuration, else what ``make`` gives."""
    same = json.dumps(configured, sort_keys=True, default=str)
    if same not in made:
        made[same] = make()
    return made[same]
