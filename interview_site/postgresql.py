"""A PostgreSQL that does not answer: who cannot wait for it says for how long they do.

A server that stands still, or a network that swallows packets, sends no error: neither its own
``statement_timeout`` nor TCP ends such a wait, only the client can.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

_limit: ContextVar[float | None] = ContextVar("query_seconds", default=None)


@contextmanager
def answered_within(seconds: float) -> Iterator[None]:
    """Queries of the block, and of the tasks that begin in it, raise ``OperationalError`` unless
    PostgreSQL answers within ``seconds``; 0: it may take as long as it likes."""
    before = _limit.set(seconds or None)
    try:
        yield
    finally:
        _limit.reset(before)


class Connection(psycopg.Connection[Any]):
    """Is closed, and so never used again, once an answer has not come in time."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        limit = _limit.get()
        if limit is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        began = monotonic()
        try:
            return super().wait(gen, interval, limit)
        except psycopg.OperationalError:
            if monotonic() - began < limit:
                raise
            self.close()
            raise psycopg.OperationalError(f"PostgreSQL does not answer in {limit:g} s") from None
