"""What an admin does before candidates come: a guide from a file, approved, and its interview."""

from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, expect


def import_guide(page: Page, path: Path) -> None:
    """Import it, read it, approve it; over the one that an earlier try has left."""
    page.goto("/admin/interviews/interviewguide/import/")
    page.locator("[name=file]").set_input_files(path)
    page.locator("[name=overwrite]").check()
    page.locator("#content [type=submit]").click()
    page.wait_for_url("**/change/")
    page.goto(page.url.removesuffix("change/") + "approval/")
    page.locator("[name=approve]").click()
    page.wait_for_url("**/change/")


def add_interview(
    page: Page, title: str, *, language: str, persona: str, guide: str, minutes: int = 5
) -> None:
    """Make it, unless an earlier try has."""
    page.goto(f"/admin/interviews/interviewconfig/?{urlencode({'q': title})}")
    if page.get_by_role("link", name=title, exact=True).count():
        return
    page.goto("/admin/interviews/interviewconfig/add/")
    page.locator("[name=title]").fill(title)
    page.locator("[name=role]").fill(title)
    page.locator("[name=language]").select_option(language)
    page.locator("[name=duration_minutes]").fill(str(minutes))
    _choose(page, "persona", persona)
    _choose(page, "guide", guide)
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def _choose(page: Page, field: str, words: str) -> None:
    """From a list that is searched as one types."""
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text=words).first.click()
