"""The way of a person through the pages, by what they see and press."""

from playwright.sync_api import Page, expect

from e2e.server import Account


def sign_in(page: Page, account: Account) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(account.email)
    page.locator("[name=password]").fill(account.password)
    page.locator("main [type=submit]").click()
    page.wait_for_url("**/")


def presses(page: Page) -> int:
    """How often the pointer was pressed in this tab."""
    return int(page.evaluate("Number(sessionStorage.getItem('presses') ?? 0)"))


def open_set_up(page: Page) -> None:
    page.locator("main a[href='/interviews/new/']").first.click()
    expect(page.locator("#setup")).to_be_visible()


def choose_interview(page: Page, title: str) -> None:
    """From the set-up to the device check."""
    card = page.locator(".setup-card", has_text=title)
    if not card.locator("input").is_checked():
        card.click()
    page.locator("#setup .setup-bar button").click()
    page.wait_for_url("**/check/")


def consent_and_enter(page: Page) -> str:
    """From the device check into the room; gives the interview's id."""
    page.locator("input[name=consent]").check()
    page.locator("[data-enter-room]").click()
    room = page.locator("main.room")
    expect(room).to_be_attached()
    return room.get_attribute("data-interview") or ""
