"""Where a server under test keeps its data: nothing of it is there before, nothing stays."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

REDIS_DATABASES = 16

_taken: set[int] = set()
"""Numbers of the servers that run: two at once must not drop each other's data or take each
other's tasks."""


@contextmanager
def fresh(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a server with an SQLite file in ``folder``; where DATABASE_URL or
    REDIS_URL is set, with an empty database on the same PostgreSQL or Redis."""
    number = next(free for free in count(1) if free not in _taken)
    _taken.add(number)
    environment = {"MEDIA_ROOT": str(folder / "media"), "STATIC_ROOT": str(folder / "static")}
    try:
        if url := os.environ.get("REDIS_URL"):
            environment["REDIS_URL"] = _empty_redis(url, number)
        url = os.environ.get("DATABASE_URL", "")
        if url.startswith("postgres"):
            with _empty_postgresql(url, number) as environment["DATABASE_URL"]:
                yield environment
        else:
            yield environment | {"DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}
    finally:
        _taken.discard(number)


@contextmanager
def _empty_postgresql(url: str, number: int) -> Iterator[str]:
    name = f"interviews_e2e_{os.getpid()}_{number}"
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


def _empty_redis(url: str, number: int) -> str:
    """A later database of the same Redis: the given one is the other tests'."""
    parts = urlsplit(url)
    database = (int(parts.path.strip("/") or 0) + number) % REDIS_DATABASES
    own = parts._replace(path=f"/{database}").geturl()
    with redis.Redis.from_url(own) as client:
        client.flushdb()
    return own
