"""Keys of providers: looked up when a connection is made, so that a new one needs no restart."""

import os
from pathlib import Path

from voice.errors import EngineError


def secret(variable: str, engine: str) -> str:
    """The value of an environment variable, or what the file holds that ``<variable>_FILE`` names.

    The environment of a running process cannot be changed from outside; a file can. It is read
    each time: it is small, and connections are few. Raises ``EngineError`` (``missing_key``).
    """
    if value := os.environ.get(variable, ""):
        return value
    if path := os.environ.get(f"{variable}_FILE", ""):
        try:
            if value := Path(path).read_text(encoding="utf-8").strip():
                return value
        except (OSError, UnicodeDecodeError):
            pass
    raise EngineError(engine, "missing_key")
