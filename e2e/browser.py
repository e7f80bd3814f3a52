"""Chromium for the tests: its microphone is ours, its camera a test picture, its ears a witness."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright, expect

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
SOFTWARE_3D = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NO_3D = ("--disable-3d-apis",)
FAKE_DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
DESKTOP = (1440, 900)
PATIENCE_MS = 60_000
LAUNCH_MS = 180_000

expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def launched(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    path = next(filter(None, map(which, NAMES)), None)
    if path is None:
        raise RuntimeError("the browser tests need Chromium")
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", *flags]
    browser = playwright.chromium.launch(executable_path=path, args=arguments, timeout=LAUNCH_MS)
    try:
        yield browser
    finally:
        browser.close()


def context(
    browser: Browser,
    url: str,
    *,
    locale: str = "en-GB",
    size: tuple[int, int] = DESKTOP,
    microphone: bool = True,
    **options: Any,
) -> BrowserContext:
    """Somebody's browser, signed in nowhere. Without ``microphone`` the browser's own stays."""
    width, height = size
    made = browser.new_context(
        base_url=url, locale=locale, viewport={"width": width, "height": height}, **options
    )
    made.set_default_timeout(PATIENCE_MS)
    if microphone:
        made.add_init_script(path=HERE / "microphone.js")
    made.add_init_script(path=HERE / "witness.js")
    return made
