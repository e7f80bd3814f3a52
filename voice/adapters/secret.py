"""Keys of providers: looked up when a connection is made, so that a new one needs no restart."""

import os
from contextlib import suppress
from pathlib import Path

from voice.errors import EngineError


def secret(variable: str, engine: str) -> str:
    """The value of an environment variable, or what the file holds that ``<variable>_FILE`` names.

    The environment of a running process cannot be changed from outside; a file can. It is read
    each time: it is small, and connections are few. Raises ``EngineError`` (``missing_key``, or
    ``unauthorised`` for what no header can hold).
    """
    value = os.environ.get(variable, "").strip()
    path = os.environ.get(f"{variable}_FILE", "")
    if path and not value:
        # Editors put a mark at the beginning that is no part of the key.
        with suppress(OSError, UnicodeDecodeError):
            value = Path(path).read_text(encoding="utf-8-sig").strip()
    if not value:
        raise EngineError(engine, "missing_key")
    if not (value.isascii() and value.isprintable()):
        # Libraries would raise an error that quotes it.
        raise EngineError(engine, "unauthorised")
    return value
