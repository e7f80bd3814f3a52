"""The interview room, driven as a candidate drives it."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from e2e.speech import Sentence
from e2e.witness import Witness

SETTLED = 0.8
"""Seconds of listening silence after which nothing more is coming."""
EXCHANGE_SECONDS = 180
"""Longer than any answer and the reply to it, on a busy machine."""
MOST_ANSWERS = 7
"""More than the shortest of the shipped guides asks for."""


class Room:
    """One page that shows an interview, from its beginning to its results."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def until(self, what: Callable[[], Any], hope: str, seconds: float = EXCHANGE_SECONDS) -> Any:
        """Wait for something to come true. Not ``wait_for_function``: the page's own content
        security policy forbids it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if value := what():
                return value
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{hope}: not within {seconds:.0f} s; state {self.state}")

    # -- what can be seen and heard ---------------------------------------------------------

    @property
    def state(self) -> str:
        return self.page.locator("#state").get_attribute("data-state") or ""

    @property
    def curtain(self) -> str:
        """What stands before the stage, or nothing."""
        curtain = self.page.locator("#curtain")
        return (curtain.get_attribute("data-curtain") or "") if curtain.is_visible() else ""

    @property
    def loudness(self) -> float:
        return float(self.page.evaluate("__room.stats().rms"))

    @property
    def seconds_left(self) -> int:
        minutes, seconds = self.page.locator("#timer").inner_text().split(":")
        return 60 * int(minutes) + int(seconds)

    @property
    def witness(self) -> Witness:
        return Witness.of(self.page)

    def now(self) -> float:
        """The page's clock, in seconds."""
        return float(self.page.evaluate("performance.now()")) / 1000

    def count(self, message: str) -> int:
        """How many messages of a type have come since the page was loaded."""
        counted = "type => __witness.messages.filter(message => message.type === type).length"
        return int(self.page.evaluate(counted, message))

    def transcript(self) -> list[str]:
        """Who and what, entry by entry."""
        return self.page.locator("#transcript-list li").all_text_contents()

    def said_by(self, speaker: str) -> list[str]:
        entries = self.page.locator(f"#transcript-list [data-speaker={speaker}] p")
        return entries.all_text_contents()

    # -- what happens -----------------------------------------------------------------------

    def entered(self) -> None:
        """The interview has begun: the server has said so."""
        self.until(lambda: self.count("connected"), "the server answers")

    def heard_out(self) -> None:
        """The interviewer has said everything and listens, or has said goodbye."""

        def quiet() -> bool:
            return self.state in ("listening", "ended") and self.loudness < 0.003

        while True:
            self.until(quiet, "the interviewer listens")
            deadline = time.monotonic() + SETTLED
            while time.monotonic() < deadline and quiet():
                self.page.wait_for_timeout(100)
            if quiet():
                return

    def speaking(self) -> None:
        """The interviewer can be heard."""
        self.until(lambda: self.loudness > 0.02, "the interviewer speaks")

    def ended(self) -> None:
        self.until(lambda: self.curtain == "ended", "the interview ends")

    # -- what the candidate does ------------------------------------------------------------

    def say(self, sentence: Sentence) -> tuple[float, float]:
        """Speak; gives the moments at which it began and ended."""
        began, ended = self.page.evaluate("wav => __microphone.say(wav)", sentence.base64)
        return began / 1000, ended / 1000

    def answer(self, sentence: Sentence) -> None:
        """Speak and hear the reply out."""
        self._exchange(lambda: self.say(sentence))

    def answer_to_the_end(self, sentence: Sentence) -> int:
        """Enter, and give the same answer to every question; gives how often."""
        self.entered()
        self.speaking()
        self.heard_out()
        answers = 0
        while not self.count("interview_ended"):
            assert answers < MOST_ANSWERS
            answers += 1
            self.answer(sentence)
        self.ended()
        return answers

    def write(self, text: str) -> None:
        """Type an answer and hear the reply out."""
        if not self.page.locator("#answer").is_visible():
            self.press("keyboard")
        self.page.locator("#answer-text").fill(text)
        self._exchange(self.page.locator("#answer [type=submit]").click)

    def _exchange(self, act: Callable[[], Any]) -> None:
        before = self.count("turn_complete")
        act()
        self.until(
            lambda: self.count("turn_complete") > before or self.count("interview_ended"),
            "the interviewer replies",
        )
        self.heard_out()

    def press(self, action: str) -> None:
        self.page.locator(f"[data-action={action}]").click()

    def end(self, *, really: bool) -> None:
        self.press("end")
        self.page.locator(f"#end-dialog button[value={'end' if really else 'stay'}]").click()

    def results(self) -> Page:
        """Follow the way out to the finished results."""
        self.page.locator("#curtain a").click()
        self.page.wait_for_url("**/results/")
        pending = self.page.locator("[data-results-pending]")
        expect(pending).to_have_count(0, timeout=1000 * EXCHANGE_SECONDS)
        return self.page
