"""Embedders: texts to vectors of length one, so that their product is a likeness of 0 to 1."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Protocol

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from voice.errors import EngineError

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Synchronous: called on a thread of its own. Raises EngineError when it cannot embed."""

    name: str
    """Kept with each vector: those of different names cannot be compared."""
    alike: float
    """From which likeness on two texts have something to do with each other."""
    close: float
    """From which likeness on they are about the same matter."""
    weighs: bool
    """Its vectors count features, and a rare one should weigh more than a common one."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text."""


def embedder(language: str) -> Embedder:
    """The embedder of settings.EMBEDDERS for texts in ``language``; made once a process."""
    spec = settings.EMBEDDERS[language if language in settings.EMBEDDERS else "en"]
    return _made(spec["BACKEND"], tuple(sorted(spec.get("OPTIONS", {}).items())))


@cache
def _made(backend: str, options: tuple[tuple[str, object], ...]) -> Embedder:
    module, _, name = backend.rpartition(".")
    try:
        made: Embedder = getattr(import_module(module), name)(**dict(options))
    except ImportError as error:
        raise EngineError(f"embedder {backend}: {error}", "not_installed") from None
    return made
