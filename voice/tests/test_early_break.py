# ruff: noqa: E501
"""The first words of a reply are spoken before their clause is whole, where a phrase ends."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from voice.sentences import clauses, split


def written(text: str) -> list[str]:
    async def deltas() -> AsyncGenerator[str]:
        for word in text.split(" "):
            yield f"{word} "

    async def main() -> list[str]:
        return [clause async for clause in clauses(deltas(), early=True)]

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("You moved the cache to Redis when the load grew, so why?", "You moved the cache"),
        ("You said that two weeks were lost and what broke first?", "You said that two weeks were lost"),
        ("You rebuilt the whole nightly service alone, why?", "You rebuilt the whole nightly service alone,"),
        ("When you found the leak in production what did you do?", "When you found the leak"),
        ("What did you measure?", "What did you measure?"),
        ("Thank you very much, and how did the team decide?", "Thank you very much,"),
        ("캐시를 먼저 넣었다고 하셨는데 그때 어떤 지표를 보셨나요?", "캐시를 먼저 넣었다고"),
        ("팀에서 성능이 느려진 원인을 찾으셨을 때 무엇부터 보셨나요?", "팀에서 성능이 느려진 원인을"),
        ("가장 어려운 문제가 되는 부분은 무엇이었나요?", "가장 어려운 문제가 되는 부분은"),
        ("네, 그렇군요. 다음은 무엇이었나요?", "네, 그렇군요."),
    ],
)  # fmt: skip
def test_the_first_clause_ends_with_a_phrase(text: str, first: str) -> None:
    parts = written(text)
    assert parts[0] == first
    assert " ".join(parts) == text


def test_nothing_is_broken_off_after_a_word_that_binds() -> None:
    text = "You and the others of the team were in the middle of a very long outage on the weekend"
    first = written(text)[0]
    assert first.split()[-1] in {"team", "others", "middle", "outage"}


def test_what_is_finished_is_not_broken() -> None:
    text = "You moved the cache to Redis when the load grew, so how did it go?"
    assert split(text)[0] == "You moved the cache to Redis when the load grew,"


def test_the_first_clause_does_not_wait_for_the_comma() -> None:
    async def deltas() -> AsyncGenerator[str]:
        yield "You moved the cache to "
        await asyncio.sleep(3600)
        yield "Redis, so?"

    async def main() -> None:
        stream = clauses(deltas(), early=True)
        assert await asyncio.wait_for(anext(stream), 60) == "You moved the cache"
        await stream.aclose()

    asyncio.run(main())
