from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from e2e.api import Api
from e2e.browser import FAKE_DEVICES, NO_3D, SOFTWARE_3D, launched
from e2e.server import ROOT, Server, serving

SCREENSHOTS = ROOT / "var" / "e2e"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Any:
    report = yield
    server = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(server, Server):
        report.sections.append(("what the server printed", server.output()))
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


# A module each: while Playwright runs, its thread has an event loop, which other tests' own
# loops do not bear.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Draws in three dimensions and has a camera."""
    with launched(playwright, *SOFTWARE_3D, *FAKE_DEVICES) as running:
        yield running


@pytest.fixture(scope="module")
def bare_browser(playwright: Playwright) -> Iterator[Browser]:
    """Neither WebGL nor a camera, and nobody who grants a permission. It also leaves the processor
    to the engines, where software would draw."""
    with launched(playwright, *NO_3D) as running:
        yield running


@pytest.fixture(autouse=True)
def nobody_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whose test is over leaves: a room that goes on talking would slow the next one down."""
    yield
    for used in request.node.funcargs.values():
        if isinstance(used, Browser):
            for left in used.contexts:
                left.close()


@pytest.fixture(scope="module")
def candidate_api(playwright: Playwright, server: Server) -> Iterator[Api]:
    api = Api(playwright, server, server.accounts["candidate"])
    yield api
    api.close()


@pytest.fixture(scope="module")
def reviewer_api(playwright: Playwright, server: Server) -> Iterator[Api]:
    api = Api(playwright, server, server.accounts["reviewer"])
    yield api
    api.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where the tests leave pictures of what they saw, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS
