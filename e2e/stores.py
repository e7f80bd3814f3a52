"""Where a server under test keeps its data: nothing of it is there before, nothing stays."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

REDIS_DATABASES = 16


@contextmanager
def fresh(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a server with an SQLite file in ``folder``; where DATABASE_URL or
    REDIS_URL is set, with an empty database on the same PostgreSQL or Redis."""
    environment = {"MEDIA_ROOT": str(folder / "media"), "STATIC_ROOT": str(folder / "static")}
    if url := os.environ.get("REDIS_URL"):
        environment["REDIS_URL"] = _empty_redis(url)
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        with _empty_postgresql(url) as environment["DATABASE_URL"]:
            yield environment
    else:
        yield environment | {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}


@contextmanager
def _empty_postgresql(url: str) -> Iterator[str]:
    name = f"interviews_e2e_{os.getpid()}"
    admin = urlsplit(url)._replace(path="/postgres").geturl()
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(drop)


def _empty_redis(url: str) -> str:
    """The next database of the same Redis: the given one is the other tests'."""
    parts = urlsplit(url)
    number = (int(parts.path.strip("/") or 0) + 1) % REDIS_DATABASES
    own = parts._replace(path=f"/{number}").geturl()
    with redis.Redis.from_url(own) as client:
        client.flushdb()
    return own
