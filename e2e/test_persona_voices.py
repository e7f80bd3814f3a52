"""An admin listens to a persona's voice, by keyboard, in Korean."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from e2e import pages
from e2e.browser import context
from e2e.server import Server, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


def test_a_voice_is_heard_by_keyboard_and_what_is_wrong_is_said(
    server: Server, bare_browser: Browser
) -> None:
    page = context(bare_browser, server.url, locale="ko-KR", microphone=False).new_page()
    pages.sign_in(page, server.accounts["admin"])
    page.goto("/admin/avatars/persona/")
    page.locator("#result_list tbody th a").first.click()
    button = page.locator("[data-listen][data-profile=embedded][data-language=ko]")
    status = page.locator("[data-status]")
    button.focus()
    page.keyboard.press("Enter")
    expect(status).to_have_text("재생 중입니다.")
    expect(status).to_have_text("")
    expect(button).to_be_focused()
    expect(button).not_to_have_attribute("aria-disabled", "true")

    name = page.locator("td", has=button).locator("input").first
    name.fill("nobody")
    button.click()
    expect(status).to_have_text("엔진에 이런 이름의 목소리가 없습니다.")

    page.context.clear_cookies(name="sessionid")
    button.click()
    expect(status).to_contain_text("로그아웃되었습니다")
