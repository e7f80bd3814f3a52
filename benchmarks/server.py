"""The product as its users reach it: ``manage.py serve`` in a process and database of its own."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from interview_site.env import BASE_DIR

START_SECONDS = 300.0
"""How long migrating, seeding and warming may take on a busy machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: ``host`` and port, without a scheme."""

    address: str
    pid: int


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """A seeded server with warm engines, gone with everything that it wrote at the end.

    Raises ``RuntimeError`` with the server's last lines if it does not come up.
    """
    with TemporaryDirectory(prefix="interview-bench-") as folder:
        environment = _environment(Path(folder))
        for command in ("migrate", "seed_demo"):
            await _manage(environment, command)
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
            yield Server(f"127.0.0.1:{port}", process.pid)
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()


async def _manage(environment: dict[str, str], command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "manage.py", command, "--verbosity", "0",
        cwd=BASE_DIR, env=environment, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if await process.wait():
        raise RuntimeError(f"manage.py {command} failed")


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "REDIS_URL": "",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(),
        "DEBUG": "off",
        "HTTPS": "off",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
