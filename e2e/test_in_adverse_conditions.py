"""The room without what it would like to have: WebGL, a camera, a microphone, a wide screen, the
only tab, the right owner."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from e2e import pages, speech
from e2e.api import Api
from e2e.browser import context
from e2e.room import Room
from e2e.server import Server

pytestmark = pytest.mark.browser

TITLE = "A first conversation"
WRITTEN = "I work on a team that sells software for libraries."
PHONE = (360, 740)


@pytest.fixture
def interview(candidate_api: Api) -> Iterator[str]:
    made = candidate_api.interview(TITLE)
    yield made
    if candidate_api.get(f"interviews/{made}/")["ended_at"] is None:
        candidate_api.post(f"interviews/{made}/end/")


def candidate(browser: Browser, server: Server, **options) -> Page:
    page = context(browser, server.url, **options).new_page()
    pages.sign_in(page, server.accounts["candidate"])
    return page


def enter(page: Page, interview: str) -> Room:
    room = Room(page)
    page.goto(f"/interviews/{interview}/check/")
    pages.consent_and_enter(page)
    return room


def test_without_webgl_and_camera_a_still_picture_talks(
    bare_browser: Browser, server: Server, interview: str
) -> None:
    page = candidate(bare_browser, server)
    room = enter(page, interview)
    room.entered()
    expect(page.locator("#picture")).to_have_attribute("data-picture", "still")
    drawn = "document.querySelector('.stage-poster').naturalWidth"
    room.until(lambda: page.evaluate(drawn), "the still picture is there")
    room.press("camera")
    expect(page.locator(".toast[data-kind=warning]")).to_be_visible()
    room.heard_out()
    room.answer(speech.recorded("young_man"))
    assert room.count("user_transcript")
    assert room.errors == []


def test_a_denied_microphone_leads_to_written_answers(
    bare_browser: Browser, server: Server, interview: str
) -> None:
    page = candidate(bare_browser, server, microphone=False, permissions=["clipboard-read"])
    room = enter(page, interview)
    expect(page.locator("#curtain")).to_have_attribute("data-curtain", "microphone")
    page.locator("#curtain [data-curtain-actions] button").last.click()
    room.entered()
    expect(page.locator("#answer-text")).to_be_visible()
    room.heard_out()
    room.write(WRITTEN)
    assert WRITTEN in room.said_by("candidate")
    assert room.errors == []


def test_a_second_tab_takes_over(browser: Browser, server: Server, interview: str) -> None:
    first = enter(candidate(browser, server), interview)
    first.entered()
    first.heard_out()
    said = first.transcript()
    second = Room(first.page.context.new_page())
    second.page.goto(f"/interviews/{interview}/")
    second.entered()
    second.until(lambda: second.transcript() == said, "the second tab shows what was said")
    first.until(lambda: first.curtain == "closed.4409", "the first tab says where it goes on")
    first.page.locator("#curtain button").click()
    second.until(lambda: second.curtain == "closed.4409", "the first tab takes it back")
    first.until(lambda: first.curtain == "", "the first tab goes on")


def test_somebody_elses_interview_is_not_found(
    browser: Browser, server: Server, playwright: Playwright
) -> None:
    admin = Api(playwright, server, server.accounts["admin"])
    foreign = admin.interview(TITLE)
    admin.close()
    page = candidate(browser, server)
    for path in ("", "check/", "results/"):
        response = page.goto(f"/interviews/{foreign}/{path}")
        assert response and response.status == 404
    expect(page.locator("main h1")).to_be_visible()


def test_a_narrow_screen_shows_the_room_without_scrolling_sideways(
    browser: Browser, server: Server, interview: str
) -> None:
    page = candidate(browser, server, size=PHONE, has_touch=True)
    room = enter(page, interview)
    room.entered()
    room.speaking()
    for _panel in ("before", "transcript"):
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]
        end = page.locator("[data-action=end]").bounding_box()
        assert end and end["x"] >= 0 and end["x"] + end["width"] <= PHONE[0]
        room.press("transcript")
