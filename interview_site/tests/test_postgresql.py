"""A PostgreSQL that accepts connections, and then says nothing."""

import socket
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.abc import PQGen
from psycopg.pq import ConnStatus, PGconn
from psycopg.waiting import Wait

from interview_site.env import database
from interview_site.postgresql import Connection, answered_within


@pytest.fixture
def silent() -> Iterator[Connection]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        pgconn = PGconn.connect_start(f"host=127.0.0.1 port={port}".encode())
        yield Connection(pgconn)
        pgconn.finish()


def answer(patience: int = 1_000_000) -> PQGen[str]:
    """Comes after ``patience`` looks, of which there are ten in a second."""
    for _ in range(patience):
        yield Wait.R
    return "at last"


def test_an_answer_that_does_not_come_in_time_is_an_error_and_the_connections_end(
    silent: Connection,
) -> None:
    with answered_within(0.2), pytest.raises(psycopg.OperationalError, match="does not answer"):
        silent.wait(answer())
    assert silent.closed
    assert silent.pgconn.status == ConnStatus.BAD


@pytest.mark.parametrize("limit", [None, 0, 60])
def test_a_slow_answer_is_waited_for(silent: Connection, limit: float | None) -> None:
    if limit is None:
        assert silent.wait(answer(5)) == "at last"
    else:
        with answered_within(limit):
            assert silent.wait(answer(5)) == "at last"
    assert not silent.closed


def test_another_error_is_left_as_it_is(silent: Connection) -> None:
    def fail() -> PQGen[str]:
        raise psycopg.OperationalError("of its own")
        yield Wait.R

    with answered_within(60), pytest.raises(psycopg.OperationalError, match="of its own"):
        silent.wait(fail())
    assert not silent.closed


def test_the_patience_ends_with_its_block(silent: Connection) -> None:
    with answered_within(0.1):
        pass
    assert silent.wait(answer(3)) == "at last"


def test_what_a_url_says_counts_more_than_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://name:word@host/base?connect_timeout=9")
    options = database()["OPTIONS"]
    assert int(options["connect_timeout"]) == 9
    assert options["tcp_user_timeout"] > 0
    assert options["pool"]["connection_class"] is Connection
