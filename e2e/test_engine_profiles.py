"""A full interview on each profile of hosted engines, their providers being on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from e2e import pages, speech
from e2e.api import Api
from e2e.browser import context
from e2e.providers import ANSWER, Providers, providers
from e2e.room import Room
from e2e.server import Server, serving

pytestmark = pytest.mark.browser

TITLE = "A first conversation"
PROFILES = ("openai-elevenlabs", "openai-realtime", "gemini-live")


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    with providers(tmp_path_factory.mktemp("providers")) as running:
        yield running


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def server(local: Providers, profile: str, tmp_path: Path) -> Iterator[Server]:
    environment = local.environment | {"VOICE_PROFILE": profile}
    with serving(tmp_path, environment) as running:
        yield running


def test_a_full_interview(
    server: Server,
    local: Providers,
    profile: str,
    playwright: Playwright,
    bare_browser: Browser,
    screenshots: Path,
) -> None:
    page = context(bare_browser, server.url).new_page()
    pages.sign_in(page, server.accounts["candidate"])
    room = Room(page)
    pages.open_set_up(page)
    pages.choose_interview(page, TITLE)
    interview = pages.consent_and_enter(page)
    answers = room.answer_to_the_end(speech.recorded("young_man"))
    page.screenshot(path=screenshots / f"profile-{profile}.png")
    witness = room.witness
    [ended] = witness.of_type("interview_ended")
    assert ended["reason"] == "finished"
    assert witness.of_type("ai_visemes")
    assert not witness.of_type("error")
    assert not [n for n in witness.of_type("notice") if n["code"] == "engine_switched"]
    room.results()
    assert room.errors == []

    api = Api(playwright, server, server.accounts["reviewer"])
    transcript = api.transcript(interview)
    api.close()
    heard = [entry["text"] for entry in transcript if entry["speaker"] == "candidate"]
    # The local models hear all of it in each stretch of speech, of which a pause makes two; of an
    # answer that comes in pieces, as from a machine that is held up, there may be two as well.
    assert answers <= len(heard) <= 2 * answers
    assert all(ANSWER in text and not text.replace(ANSWER, "").strip() for text in heard)
    asked = " ".join(e["heard_text"] for e in transcript if e["speaker"] == "interviewer")
    for question in ("what kind of work do you do", "proud of", "learn next"):
        assert question in asked
    if profile == "openai-realtime":
        assert local.realtime.model.directives
    if profile == "gemini-live":
        assert local.gemini.model.directives
