"""An interview in Korean, on pages in Korean, to its end."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e import pages, speech
from e2e.api import Api
from e2e.browser import context
from e2e.errors import letter_error_rate
from e2e.room import Room
from e2e.server import Server

pytestmark = pytest.mark.browser

TITLE = "맛보기 면접"
ANSWERS = (
    "저는 회사에서 서버 개발 업무를 맡고 있습니다.",
    "최근에는 결제 서비스를 새로 만들었습니다.",
    "제가 검색 기능을 설계했고 시간이 부족해서 어려웠지만 결국 출시했습니다.",
    "데이터베이스를 더 공부하고 싶습니다.",
)
GOODBYE = "안녕히"
MOST_ANSWERS = 7
"""Three questions and three follow-ups, and one that was not understood."""


@pytest.fixture(scope="session")
def answers() -> list[speech.Sentence]:
    """Made before Playwright runs: both want the thread's event loop."""
    return speech.korean(*ANSWERS)


def test_an_interview_in_korean(
    answers: list[speech.Sentence],
    bare_browser: Browser,
    server: Server,
    reviewer_api: Api,
    screenshots: Path,
) -> None:
    page = context(bare_browser, server.url, locale="ko-KR").new_page()
    pages.sign_in(page, server.accounts["candidate"])
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    room = Room(page)
    pages.open_set_up(page)
    pages.choose_interview(page, TITLE)
    interview = pages.consent_and_enter(page)
    room.entered()
    room.speaking()
    expect(page.locator("#state span")).to_have_text("말하는 중")
    page.screenshot(path=screenshots / "room-ko.png")
    room.heard_out()

    said: list[str] = []
    while GOODBYE not in room.said_by("interviewer")[-1]:
        assert len(said) < MOST_ANSWERS
        sentence = answers[min(len(said), len(answers) - 1)]
        said.append(sentence.text)
        room.answer(sentence)

    room.ended()
    [ended] = room.witness.of_type("interview_ended")
    assert ended["reason"] == "finished"
    results = room.results()
    results.screenshot(path=screenshots / "results-ko.png", full_page=True)
    assert room.errors == []

    transcript = reviewer_api.transcript(interview)
    heard = [e for e in transcript if e["speaker"] == "candidate"]
    # An answer that comes in pieces, as from a machine that is held up, may be taken for two.
    assert len(said) <= len(heard) <= 2 * len(said)
    expect(results.locator(".utterance-candidate")).to_have_count(len(heard))
    assert {entry["language"] for entry in heard} == {"ko"}
    written = " ".join(entry["text"] for entry in heard)
    assert letter_error_rate(" ".join(said), written) <= 0.4
    asked = [entry["text"] for entry in transcript if entry["speaker"] == "interviewer"]
    assert len(asked) > len(said)
    assert all(re.search("[가-힣]", text) and not re.search("[a-z]", text) for text in asked)
