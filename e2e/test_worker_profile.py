"""A full interview whose follow-ups a model in another process writes, over a real Redis."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from playwright.sync_api import Browser, Playwright

from e2e import pages, speech
from e2e.api import Api
from e2e.browser import context
from e2e.room import Room
from e2e.server import ROOT, START_SECONDS, Server, serving
from interview_site.env import embedded_engines

pytestmark = pytest.mark.browser

TITLE = "A first conversation"
REDIS_DATABASE = 14
PATIENT = {"offer_timeout": 10.0, "silence_timeout": 10.0, "first_timeout": 60.0}
"""With a worker that a busy machine holds up."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A Redis database of its own, and engines of which the language model is elsewhere."""
    given = urlsplit(os.environ.get("REDIS_URL") or "redis://localhost:6379/0")
    url = given._replace(path=f"/{REDIS_DATABASE}").geturl()
    with redis.Redis.from_url(url) as store:
        store.flushdb()
    remote = {"BACKEND": "interviews.inference.remote.RemoteModel", "OPTIONS": PATIENT}
    profiles = tmp_path / "engines.json"
    profiles.write_text(json.dumps({"embedded": embedded_engines() | {"model": remote}}))
    return {"REDIS_URL": url, "VOICE_ENGINES_FILE": str(profiles)}


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path) -> Iterator[None]:
    """It is warm when the test begins."""
    settings = os.environ | environment | {"HTTPS": "off", "SECRET_KEY": "a-key-for-tests-only"}
    settings |= {"LOG_LEVEL": "INFO"}
    path = tmp_path / "worker.log"
    with path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "runworker", "inference"],
            cwd=ROOT,
            env=settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _warm(process, path)
            yield
        finally:
            process.kill()
            process.wait()


def _warm(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "is warm" not in (printed := log.read_text(errors="replace")):
        assert process.poll() is None and time.monotonic() < deadline, printed
        time.sleep(0.2)


@pytest.fixture
def server(environment: dict[str, str], worker: None, tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path, environment) as running:
        yield running


def test_a_full_interview(
    server: Server, playwright: Playwright, bare_browser: Browser, screenshots: Path
) -> None:
    page = context(bare_browser, server.url).new_page()
    pages.sign_in(page, server.accounts["candidate"])
    room = Room(page)
    pages.open_set_up(page)
    pages.choose_interview(page, TITLE)
    interview = pages.consent_and_enter(page)
    room.answer_to_the_end(speech.recorded("young_man"))
    page.screenshot(path=screenshots / "profile-worker.png")
    [ended] = room.witness.of_type("interview_ended")
    assert ended["reason"] == "finished"
    assert not room.witness.of_type("error")
    room.results()
    assert room.errors == []

    api = Api(playwright, server, server.accounts["reviewer"])
    usage = api.usage(interview)
    api.close()
    written = [row for row in usage["rows"] if row["role"] == "model"]
    assert written, "no follow-up was asked of the worker"
    assert all(row["output_tokens"] > 0 for row in written)
