"""The worker as a process: it does what waits, and does not outlive who started it."""

import os
import subprocess
import sys

import pytest

from interview_site.env import BASE_DIR


@pytest.fixture
def surroundings(tmp_path) -> dict[str, str]:
    made = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "TASK_QUEUE": "database",
        "REDIS_URL": "",
    }
    manage(made, "migrate", "--verbosity", "0")
    return made


def manage(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, str(BASE_DIR / "manage.py"), *arguments], env=env, check=True)


def test_it_ends_when_whoever_started_it_is_gone(surroundings) -> None:
    command = [sys.executable, str(BASE_DIR / "manage.py"), "work", "--with-parent"]
    worker = subprocess.Popen(
        command, env=surroundings, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert worker.stdin and worker.stderr
    try:
        while b"Starting worker" not in (line := worker.stderr.readline()):
            assert line, "it ended before it began"
        assert worker.poll() is None
        worker.stdin.close()
        assert worker.wait(timeout=120) == 0
    finally:
        worker.kill()
        worker.wait()
        worker.stderr.close()


def test_as_a_batch_it_ends_by_itself(surroundings) -> None:
    manage(surroundings, "work", "--batch")
