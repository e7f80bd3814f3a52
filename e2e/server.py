"""The product as a person starts it: ``manage.py serve --demo`` in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from e2e import stores

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 420
"""Generous: six engines are loaded, on a machine that may be busy with the other tests."""
STOP_SECONDS = 20
ROLES = ("candidate", "reviewer", "admin")
FORGOTTEN = ("PYTHONASYNCIODEBUG", "DJANGO_SETTINGS_MODULE", "VOICE_ENGINES_FILE", "DEBUG")
"""What the tests set for themselves, and what would replace the embedded engines."""


@dataclass(frozen=True, slots=True)
class Account:
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    accounts: dict[str, Account]
    log: Path

    def output(self, lines: int = 80) -> str:
        """The end of what it has printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def serving(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    *,
    program: Sequence[str] = ("manage.py",),
) -> Iterator[Server]:
    """A server with stores of its own, which go with it; files are kept under ``folder``.
    ``settings`` are further environment variables, ``program`` is what Python runs."""
    log = folder / "server.log"
    port = _free_port()
    with stores.fresh(folder) as environment, log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", *program, "serve", "--demo", "--port", str(port)],
            cwd=ROOT,
            env=_environment() | environment | dict(settings or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _ready(process, log)
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    return kept | {"HTTPS": "off", "SECRET_KEY": "a-key-for-browser-tests-only"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _ready(process: subprocess.Popen[bytes], log: Path) -> Server:
    """Wait for the ``Ready:`` line and the accounts after it."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lines = log.read_text(errors="replace").splitlines()
        urls = [line.removeprefix("Ready: ") for line in lines if line.startswith("Ready: ")]
        fields = [line.split() for line in lines]
        accounts = {f[0]: Account(f[1], f[2]) for f in fields if len(f) == 3 and f[0] in ROLES}
        if urls and len(accounts) == len(ROLES):
            assert urlsplit(urls[0]).hostname == "127.0.0.1"
            return Server(urls[0].rstrip("/"), accounts, log)
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError("the server did not become ready:\n" + "\n".join(lines[-40:]))
