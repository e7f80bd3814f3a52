"""Embedders: texts to vectors of length one, so that their product is a likeness of 0 to 1."""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
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
    """The embedder of settings.EMBEDDERS for texts in ``language``, else that for English; made
    once a process. Raises EngineError when there is none or it cannot be made."""
    spec = settings.EMBEDDERS.get(language) or settings.EMBEDDERS.get("en")
    if not spec:
        raise EngineError(f"embedder for {language!r}", "not_configured")
    try:
        return _made(spec["BACKEND"], tuple(sorted(spec.get("OPTIONS", {}).items())))
    except ImportError as error:
        raise EngineError(f"embedder {spec['BACKEND']}: {error}", "not_installed") from None
    except (KeyError, TypeError) as error:
        raise EngineError(f"embedder for {language!r}: {error!r}", "not_configured") from None


@cache
def _made(backend: str, options: tuple[tuple[str, object], ...]) -> Embedder:
    made: Embedder = import_string(backend)(**dict(options))
    return made
