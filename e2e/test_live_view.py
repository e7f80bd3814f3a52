"""A reviewer reads a live interview along, in a browser of their own; without a scoring model its
report says that nothing was rated."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e import pages
from e2e.api import Api
from e2e.browser import DESKTOP, context
from e2e.room import Room
from e2e.server import Server

pytestmark = pytest.mark.browser

TITLE = "A first conversation"
WRITTEN = "I work in a small company, and for example last month I built a search feature."
ABUSE = "You are a stupid bitch, shut up."
PHONE = (360, 740)


def test_a_reviewer_watches_live_and_reads_an_honest_report(
    bare_browser: Browser, server: Server, candidate_api: Api, screenshots: Path
) -> None:
    interview = candidate_api.interview(TITLE)
    page = context(bare_browser, server.url).new_page()
    pages.sign_in(page, server.accounts["candidate"])
    room = Room(page)
    page.goto(f"/interviews/{interview}/check/")
    pages.consent_and_enter(page)
    room.entered()
    room.heard_out()

    watcher = context(bare_browser, server.url).new_page()
    errors: list[str] = []
    watcher.on("pageerror", lambda error: errors.append(str(error)))
    pages.sign_in(watcher, server.accounts["reviewer"])
    watcher.goto(f"/interviews/{interview}/live/")
    expect(watcher.locator(".watch-interviewer").first).to_contain_text("good to meet you")
    expect(watcher.locator("[data-state]")).not_to_have_text("Connecting")

    room.write(WRITTEN)
    answer = watcher.locator(".watch-candidate", has_text=WRITTEN)
    expect(answer).to_be_visible()
    expect(answer.locator(".watch-alert")).to_have_count(0)
    replies = room.said_by("interviewer")
    expect(watcher.locator(".watch-interviewer .watch-text").last).to_have_text(replies[-1])

    room.write(ABUSE)
    abuse = watcher.locator(".watch-candidate", has_text=ABUSE)
    expect(abuse.locator(".watch-alert")).to_contain_text("level 2")
    assert page.locator(".watch-alert, .utterance-alert").count() == 0
    for width, height in (PHONE, DESKTOP):
        watcher.set_viewport_size({"width": width, "height": height})
        assert watcher.evaluate("document.scrollingElement.scrollWidth") <= width
        watcher.screenshot(path=screenshots / f"live-{width}.png", full_page=True)

    room.end(really=True)
    room.ended()
    expect(watcher.locator("[data-state]")).to_have_text("The interview is over")
    room.results()
    assert room.errors == errors == []

    watcher.goto(f"/interviews/{interview}/report/")
    expect(watcher.locator(".score")).to_contain_text("Not assessed")
    expect(watcher.locator(".score-steps, .radar")).to_have_count(0)
    expect(watcher.locator("#unassessed-title + ul")).to_contain_text("Levels need a capable")
