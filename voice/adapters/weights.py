"""Weights that ship inside installed packages: found by path, never by importing the package.

Split weights are assembled once into a cache folder: ``VOICE_CACHE_DIR``, else the user's
cache folder. Checksums are computed once a file and remembered there by size and mtime.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError
from importlib.metadata import distribution as installed
from pathlib import Path

from voice.errors import EngineError


def package_file(distribution: str, relative_path: str) -> Path:
    """The file of an installed distribution, its path relative to ``site-packages``.

    Raises ``EngineError`` (``missing_weights``) naming the distribution to install.
    """
    try:
        path = Path(str(installed(distribution).locate_file(relative_path)))
    except PackageNotFoundError:
        raise EngineError(f"package {distribution}", "missing_weights") from None
    if not path.is_file():
        raise EngineError(f"package {distribution}, file {relative_path}", "missing_weights")
    return path


def verified(path: Path, sha256: str) -> Path:
    """``path``, once its checksum is known to be ``sha256`` (64 hex digits).

    Raises ``EngineError`` (``damaged_weights``).
    """
    stat = path.stat()
    facts = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}\0{sha256}"
    verdict = _cache_dir() / "verified" / hashlib.sha256(facts.encode()).hexdigest()
    if verdict.exists():
        return path
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise EngineError(f"file {path.name}", "damaged_weights")
    verdict.parent.mkdir(parents=True, exist_ok=True)
    verdict.touch()
    return path


def joined(parts: Sequence[Path], name: str, sha256: str) -> Path:
    """``parts`` end to end as the file ``name`` (may hold folders) of the cache, verified.

    Processes that start together may each assemble it: the last rename wins, and all are equal.
    Raises ``EngineError`` (``damaged_weights``).
    """
    target = _cache_dir() / name
    size = sum(part.stat().st_size for part in parts)
    if target.is_file() and target.stat().st_size == size:
        try:
            return verified(target, sha256)
        except EngineError:
            target.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, file, 1 << 20)
        os.replace(draft, target)
    finally:
        Path(draft).unlink(missing_ok=True)
    return verified(target, sha256)


def _cache_dir() -> Path:
    if chosen := os.environ.get("VOICE_CACHE_DIR"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "voice-weights"
