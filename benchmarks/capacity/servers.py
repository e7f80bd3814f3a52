"""The servers whose capacity is measured, each in processes of its own on the local providers."""

import asyncio
import json
import os
import secrets
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis.asyncio

from benchmarks.capacity.dialects import Dialect, Ours
from benchmarks.capacity.dialects import Pipecat as PipecatDialect
from benchmarks.peers.pipecat_client import Pipecat
from benchmarks.systems import Providers
from interview_site.env import BASE_DIR

START_SECONDS = 180.0
LOG = BASE_DIR / "benchmarks" / "results" / "capacity-server.log"
"""What the last server of ours said."""
INTERVIEWS_EACH = 4
"""Of a caller's: one lasts for six answers, about two and a half minutes."""


@dataclass(frozen=True, slots=True)
class Running:
    name: str
    port: int
    pid: int
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class OurSetup:
    """``database`` is the URL of a PostgreSQL server, on which a database is made and dropped;
    empty: SQLite. ``redis`` is needed for more than one process.
    """

    processes: int = 1
    server: str = "daphne"
    database: str = ""
    redis: str = ""

    @property
    def name(self) -> str:
        many = f"{self.processes} processes" if self.processes > 1 else "one process"
        return f"ours, {many} on {self.server}"


@asynccontextmanager
async def our_server(
    setup: OurSetup, providers: Providers, callers: int
) -> AsyncGenerator[Running]:
    """``manage.py serve`` with a database of its own and interviews for ``callers``.

    Raises ``RuntimeError`` with its last lines if it does not come up.
    """
    with TemporaryDirectory(prefix="interview-capacity-") as folder:
        async with _database(setup.database, Path(folder)) as database:
            environment = _environment(Path(folder), setup, providers, database)
            made = json.loads(
                await _run("-m", "benchmarks.capacity.site", str(callers * INTERVIEWS_EACH),
                           environment=environment)
            )  # fmt: skip
            port = free_port()
            LOG.parent.mkdir(exist_ok=True)
            with LOG.open("wb") as sink:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-W", "ignore", "manage.py", "serve", "--port", str(port),
                    "--server", setup.server, "--processes", str(setup.processes), "--no-worker",
                    cwd=BASE_DIR, env=environment, stdout=sink, stderr=sink,
                )  # fmt: skip
            try:
                await _ready(process)
                dialect = Ours(made["token"], made["interviews"])
                yield Running(setup.name, port, process.pid, dialect)
            finally:
                if process.returncode is None:
                    process.terminate()
                await process.wait()


@asynccontextmanager
async def pipecat_server(providers: Providers) -> AsyncGenerator[Running]:
    """Raises ``RuntimeError`` where there is none."""
    system = Pipecat(providers)
    await system.start()
    try:
        yield Running("Pipecat 1.14, one process", system.port, system.pids[0], PipecatDialect())
    finally:
        await system.stop()


async def _ready(process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while "Ready:" not in _log():
                if process.returncode is not None:
                    raise TimeoutError
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise RuntimeError(f"the server did not start:\n{_log()[-2000:]}") from None


def _log() -> str:
    return LOG.read_text(errors="replace")


def _environment(
    folder: Path, setup: OurSetup, providers: Providers, database: str
) -> dict[str, str]:
    engines = folder / "engines.json"
    engines.write_text(json.dumps({"embedded": hosted_engines(providers)}))
    return os.environ | {
        "DATABASE_URL": database,
        "REDIS_URL": setup.redis,
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(),
        "DEBUG": "off",
        "HTTPS": "off",
        "LOG_LEVEL": "WARNING",
        "TASK_QUEUE": "database",
        "SCORING_MODEL": "",
        "VOICE_ENGINES_FILE": str(engines),
        "OPENAI_API_KEY": "none",
        "ELEVENLABS_API_KEY": "none",
    }


def hosted_engines(providers: Providers) -> dict[str, object]:
    """Hosted engines at the local providers; detector and turn model are this machine's."""

    def engine(backend: str, **options: object) -> dict[str, object]:
        return {"BACKEND": f"voice.adapters.{backend}", "OPTIONS": options}

    speech = engine("elevenlabs_speech.ElevenLabsSpeech", base_url=providers.elevenlabs)
    return {
        "detector": engine("silero.Silero"),
        "turn_model": engine("smart_turn.SmartTurn"),
        "recognizer": engine("openai_transcription.OpenAITranscription", base_url=providers.openai),
        "live_recognizer": engine("openai_live.OpenAILive", base_url=providers.openai),
        "model": engine("openai_chat.OpenAIChat", model="local", base_url=providers.openai),
        "synthesizers": {"en": speech, "ko": speech},
    }


@asynccontextmanager
async def _database(server: str, folder: Path) -> AsyncGenerator[str]:
    if not server:
        # Not in memory: several processes may share it.
        yield f"sqlite:///{folder}/db.sqlite3"
        return
    name = f"capacity_{secrets.token_hex(4)}"
    async with await psycopg.AsyncConnection.connect(server, autocommit=True) as admin:
        await admin.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


async def _run(*arguments: str, environment: dict[str, str]) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", *arguments,
        cwd=BASE_DIR, env=environment, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{arguments[1]} failed:\n{err.decode()[-2000:]}")
    return out


async def reachable_database(url: str) -> str:
    """``url`` if databases can be made there, else an empty one."""
    with suppress(psycopg.Error):
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=3) as connection:
            asked = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            found = await (await connection.execute(asked)).fetchone()
            return url if found and found[0] else ""
    return ""


async def reachable_redis(url: str) -> str:
    """``url`` if it answers, else an empty one."""
    if url:
        client = redis.asyncio.from_url(url, socket_connect_timeout=3)
        with suppress(redis.RedisError, OSError):
            await client.ping()
            await client.aclose()
            return url
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
