import asyncio
from collections.abc import AsyncGenerator

from hypothesis import given
from hypothesis import strategies as st

from voice.sentences import clauses, split


def test_the_first_clause_is_early_and_later_ones_are_sentences() -> None:
    text = "That is a good example, thank you. Could you say, in short, what you did? Please."
    assert split(text) == [
        "That is a good example,",
        "thank you.",
        "Could you say, in short, what you did?",
        "Please.",
    ]


def test_korean_clauses() -> None:
    text = "네, 말씀 감사합니다. 그때 팀에서 어떤 역할을 맡으셨는지, 조금 더 들려주시겠어요?"
    assert split(text) == [
        "네, 말씀 감사합니다.",
        "그때 팀에서 어떤 역할을 맡으셨는지, 조금 더 들려주시겠어요?",
    ]


def test_abbreviations_and_numbers_are_not_ends() -> None:
    assert split("Dr. Kim handled 3.5 million rows, e.g. Orders.") == [
        "Dr. Kim handled 3.5 million rows,",
        "e.g. Orders.",
    ]


def test_a_text_without_any_boundary_is_cut_at_a_space() -> None:
    parts = split("word " * 200)
    assert len(parts) > 1
    assert all(len(part) <= 225 for part in parts)


def test_a_clause_comes_before_the_text_is_finished() -> None:
    async def deltas() -> AsyncGenerator[str]:
        yield "I see what you "
        yield "mean. And"
        await asyncio.sleep(3600)
        yield " then?"

    async def main() -> None:
        stream = clauses(deltas())
        assert await asyncio.wait_for(anext(stream), 60) == "I see what you mean."
        await stream.aclose()

    asyncio.run(main())


@given(st.text(alphabet="abc 가나다,.?! \n", max_size=300), st.integers(1, 7))
def test_nothing_is_lost_however_the_text_arrives(text: str, size: int) -> None:
    async def deltas() -> AsyncGenerator[str]:
        for start in range(0, len(text), size):
            yield text[start : start + size]

    async def main() -> list[str]:
        return [clause async for clause in clauses(deltas())]

    assert "".join("".join(asyncio.run(main())).split()) == "".join(text.split())
    assert "".join("".join(split(text)).split()) == "".join(text.split())
