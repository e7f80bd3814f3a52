"""A conversation with the interpreter: two languages, two columns, one machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e import pages, speech
from e2e.browser import context
from e2e.providers import Providers, providers
from e2e.room import Room
from e2e.server import Server, serving
from voice.tests.wire.conversation import obey

pytestmark = pytest.mark.browser

TITLE = "통역"
SAID = {
    "Good morning, shall we begin with the budget?": "안녕하세요, 예산부터 시작할까요?",
    "네, 올해 예산은 작년보다 십 퍼센트 늘었습니다.": "Yes, this year's budget is ten percent up.",
}
INTERPRETED = dict(zip(("into Korean", "into English"), SAID.values(), strict=True))
PHONE = (360, 740)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    with providers(tmp_path_factory.mktemp("providers")) as running:
        running.gemini.model.says = _interpreted
        yield running


def _interpreted(directive: str) -> str:
    """By what is asked for and never by how often: a draft that was withdrawn is asked again."""
    wanted = (text for into, text in INTERPRETED.items() if into in directive)
    return next(wanted, "") or obey(directive)


@pytest.fixture(scope="module")
def server(local: Providers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), local.environment) as running:
        yield running


def test_what_is_said_in_one_language_stands_and_sounds_in_the_other(
    server: Server, local: Providers, bare_browser: Browser, screenshots: Path
) -> None:
    page = context(bare_browser, server.url, locale="ko-KR").new_page()
    pages.sign_in(page, server.accounts["candidate"])
    room = Room(page)
    pages.open_set_up(page)
    pages.choose_interview(page, TITLE)
    pages.consent_and_enter(page)
    room.entered()
    expect(page.locator("#columns .columns-empty")).to_be_visible()
    page.screenshot(path=screenshots / "interpreter-empty-ko.png")

    for number, (original, translation) in enumerate(SAID.items(), 1):
        # Once, however many stretches of speech the pauses of one recording make.
        local.gemini.model.hears = [original, ""]
        room.answer(speech.recorded("young_man"))
        row = page.locator("#columns li").nth(number - 1)
        expect(row.locator("[data-role=original]")).to_have_text(original)
        expect(row.locator("[data-role=translation]")).to_have_text(translation)
    first, second = page.locator("#columns li").all()
    assert first.locator("[data-role=original]").get_attribute("lang") == "en"
    assert second.locator("[data-role=original]").get_attribute("lang") == "ko"
    assert room.witness.of_type("ai_visemes")
    assert room.errors == []

    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.screenshot(path=screenshots / f"interpreter-{theme}-ko.png")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    expect(second.locator("[data-role=translation]")).to_be_in_viewport()
    page.screenshot(path=screenshots / "interpreter-360-ko.png")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE[0]
    page.locator("#columns ol").focus()
    expect(page.locator("#columns ol")).to_be_focused()

    page.set_viewport_size({"width": 1440, "height": 900})
    room.end(really=True)
    room.ended()
    results = room.results()
    for text in (*SAID, *SAID.values()):
        expect(results.get_by_text(text)).to_be_visible()
    asked = [told for told in local.gemini.model.directives if "Interpret " in told]
    assert "into Korean" in asked[0] and "into English" in asked[-1]
