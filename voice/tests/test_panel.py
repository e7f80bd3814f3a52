import asyncio
from dataclasses import dataclass

import pytest

from voice.engines import Verdict
from voice.errors import EngineError
from voice.panel import Panel


@dataclass
class Member:
    verdict: Verdict = Verdict()
    error: Exception | None = None
    waits: bool = False
    closed: bool = False

    async def judge(self, text: str, language: str) -> Verdict:
        if self.waits:
            await asyncio.get_running_loop().create_future()
        if self.error:
            raise self.error
        return self.verdict

    async def warm(self) -> None:
        if self.error:
            raise self.error

    async def close(self) -> None:
        self.closed = True


AWAY = EngineError("hosted", "unavailable")


async def test_the_highest_verdict_counts_with_the_categories_of_all() -> None:
    panel = Panel(
        {
            "one": Member(Verdict(1, ("profanity",), 0.99)),
            "two": Member(Verdict(2, ("threat", "profanity"), 0.6)),
            "three": Member(Verdict(2, ("harassment",), 0.8)),
            "four": Member(),
        }
    )
    assert await panel.judge("…", "en") == Verdict(2, ("harassment", "threat", "profanity"), 0.8)


async def test_nothing_found_by_anybody_is_nothing() -> None:
    assert await Panel({"one": Member(), "two": Member()}).judge("…", "en") == Verdict()


@pytest.mark.parametrize(
    ("member", "line"),
    [
        (Member(error=AWAY), "moderator bad left out: hosted: unavailable"),
        (Member(error=RuntimeError("a bug")), "a bug"),
        (Member(waits=True), "moderator bad left out: more than 0.1 s"),
    ],
)
async def test_one_that_fails_is_left_out(
    member: Member, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    good = Member(Verdict(3, ("self_harm",), 0.9))
    panel = Panel({"bad": member, "good": good}, seconds=0.1)
    assert await panel.judge("…", "en") == good.verdict
    assert line in caplog.text


async def test_none_that_answers_is_an_error() -> None:
    with pytest.raises(EngineError, match="unavailable"):
        await Panel({"one": Member(error=AWAY), "two": Member(error=AWAY)}).judge("…", "en")


async def test_all_are_asked_at_once() -> None:
    meeting = asyncio.Barrier(2)

    class Meets(Member):
        async def judge(self, text: str, language: str) -> Verdict:
            await meeting.wait()
            return Verdict()

    await Panel({"one": Meets(), "two": Meets()}, seconds=10).judge("…", "en")


async def test_it_is_ready_with_whoever_is() -> None:
    bad, good = Member(error=AWAY), Member()
    panel = Panel({"bad": bad, "good": good})
    await panel.warm()
    await panel.close()
    assert bad.closed and good.closed
    with pytest.raises(EngineError):
        await Panel({"bad": bad}).warm()
    with pytest.raises(ValueError):
        Panel({})
