"""The product as its users reach it: ``manage.py serve`` in a process and database of its own."""

import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from interview_site.env import BASE_DIR

START_SECONDS = 300.0
"""How long migrating, seeding and warming may take on a busy machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: ``host`` and port, without a scheme; the URL of its database."""

    address: str
    pid: int
    database: str = ""


@asynccontextmanager
async def serving(
    *,
    engines: Mapping[str, Any] | None = None,
    seed: Sequence[str] = (),
    **variables: str,
) -> AsyncIterator[Server]:
    """A seeded server with warm engines, gone with everything that it wrote at the end.

    ``engines`` are its engine profiles (None: the embedded ones), ``seed`` are arguments of a
    further Python process that fills its database, ``variables`` are set in its environment.
    Raises ``RuntimeError`` with the server's last lines if it does not come up.
    """
    with TemporaryDirectory(prefix="interview-bench-") as folder:
        environment = _environment(Path(folder))
        for command in ("migrate", "seed_demo"):
            await _python(environment, "manage.py", command, "--verbosity", "0")
        environment |= variables
        if engines:
            profiles = Path(folder) / "engines.json"
            profiles.write_text(json.dumps(engines))
            environment["VOICE_ENGINES_FILE"] = str(profiles)
        if seed:
            await _python(environment, *seed)
        port = _free_port()
        log = Path(folder) / "server.log"
        with log.open("wb") as sink:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-W", "ignore", "manage.py", "serve", "--port", str(port),
                cwd=BASE_DIR, env=environment, stdout=sink, stderr=sink,
            )  # fmt: skip
        try:
            async with asyncio.timeout(START_SECONDS):
                while "Ready:" not in (text := log.read_text(errors="replace")):
                    if process.returncode is not None:
                        raise RuntimeError(f"the server did not start:\n{text[-2000:]}")
                    await asyncio.sleep(0.2)
            yield Server(f"127.0.0.1:{port}", process.pid, environment["DATABASE_URL"])
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


async def _python(environment: Mapping[str, str], *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments,
        cwd=BASE_DIR, env=environment, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if await process.wait():
        raise RuntimeError(f"{' '.join(arguments)} failed")


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "REDIS_URL": "",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(),
        "DJANGO_SETTINGS_MODULE": "interview_site.settings",
        "DEBUG": "off",
        "HTTPS": "off",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
