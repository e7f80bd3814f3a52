"""Follow-ups clause by clause, in virtual time."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from interviews.conversation.follow_up import CONTEXT_LETTERS, TIMEOUT, FollowUpWriter
from interviews.conversation.phrasing import Brief
from interviews.tests.snapshots import snapshot
from voice.adapters.scripted import ScriptedModel
from voice.agent import Reply
from voice.engines import Message, Writing
from voice.tests.virtual_time import run

ENGLISH = Brief(
    "en",
    answer="We moved to Kafka because the old queue lost messages.",
    aim="What did that choice cost you?",
    topic="Names what the choice cost trade-off downside complexity",
)
KOREAN = Brief(
    "ko",
    answer="기존 큐에서 메시지가 유실되어 카프카로 옮겼습니다.",
    aim="그 선택의 단점은 무엇이었나요?",
)
GOOD = "You moved to Kafka because the old queue lost messages. What did that choice cost you?"
GOOD_KOREAN = "카프카로 옮기셨다고 하셨는데요, 그 선택의 단점은 무엇이었나요?"


def spoken(
    model: ScriptedModel, brief: Brief = ENGLISH, thanks: str = "Thank you."
) -> list[tuple[str, float]]:
    """Each clause with the moment at which it is there."""

    async def collect() -> list[tuple[str, float]]:
        loop = asyncio.get_running_loop()
        reply = Reply(_nothing(), brief.language)
        words = FollowUpWriter(model, snapshot()).clauses(brief, thanks, (), reply)
        began = loop.time()
        return [(clause, round(loop.time() - began, 3)) async for clause in words]

    return run(collect())


async def _nothing() -> Any:
    return
    yield ""


def texts(clauses: Sequence[tuple[str, float]]) -> str:
    return " ".join(text for text, _ in clauses)


def test_a_quick_models_first_clause_is_the_first_sound_and_comes_before_its_question() -> None:
    clauses = spoken(ScriptedModel(GOOD, first_token=0.2, per_token=0.01))
    assert clauses == [
        ("You moved to Kafka", 0.24),
        ("because the old queue lost messages.", 0.29),
        ("What did that choice cost you?", 0.35),
    ]


def test_a_late_model_is_preceded_by_thanks() -> None:
    clauses = spoken(ScriptedModel(GOOD, first_token=1.3))
    assert clauses[0] == ("Thank you.", 1.0)
    assert clauses[1][1] == 1.3
    assert texts(clauses[1:]) == GOOD


def test_when_a_model_is_late_is_the_engines_own_matter() -> None:
    patient = ScriptedModel(GOOD, first_token=1.3, writing=Writing(late_after=1.5))
    assert spoken(patient)[0][0] != "Thank you."
    hopeless = ScriptedModel(GOOD, first_token=0.1, writing=Writing(late_after=0.0))
    assert spoken(hopeless)[0] == ("Thank you.", 0.0)


def test_in_korean_too() -> None:
    clauses = spoken(ScriptedModel(GOOD_KOREAN, first_token=0.1, per_token=0.01), KOREAN)
    assert [text for text, _ in clauses] == [
        "카프카로 옮기셨다고 하셨는데요,",
        "그 선택의 단점은 무엇이었나요?",
    ]
    assert clauses[0][1] < clauses[1][1]


def test_an_unfit_first_clause_leaves_the_guides_own_wording() -> None:
    for text in (
        "That is an impressive answer. What did that choice cost you?",
        "You moved to Oracle because of the licence. What did that choice cost you?",
        "Kafka lost 40 messages. What did that choice cost you?",
        "As an AI language model, I move to Kafka. What did it cost?",
    ):
        assert texts(spoken(ScriptedModel(text))) == "Thank you. What did that choice cost you?"


@pytest.mark.parametrize(
    ("answer", "aim", "language"),
    [
        ("No.", "What did that choice cost you?", "en"),
        ("It was that.", "What did that choice cost you?", "en"),
        ("No, not really.", "What did that choice cost you?", "en"),
        ("아니요, 맞습니다.", "그 선택의 단점은 무엇이었나요?", "ko"),
        ("네, 그렇습니다.", "그 선택의 단점은 무엇이었나요?", "ko"),
    ],
)
def test_of_an_answer_with_nothing_to_take_up_the_question_follows_at_once(
    answer: str, aim: str, language: str
) -> None:
    model = ScriptedModel("You said that. What did it cost?", first_token=0.3)
    assert spoken(model, Brief(language, answer, aim)) == [(aim, 0.0)]


def test_the_guides_wording_goes_on_from_a_phrase() -> None:
    text = "You moved to Kafka because your wife asked. What did it cost?"
    assert texts(spoken(ScriptedModel(text))) == (
        "You moved to Kafka – what did that choice cost you?"
    )


def test_an_unfit_later_clause_is_replaced_and_the_whole_is_one_question() -> None:
    begun = "You moved to Kafka because the old queue lost messages."
    for rest in (
        "How old are you?",
        "You chose it with Netflix engineers.",
        "Wouldn't you agree that Kafka was the wrong choice?",
        "We will hire you for that choice, what did it cost?",
        "",
    ):
        assert texts(spoken(ScriptedModel(f"{begun} {rest}"))) == (
            f"{begun} What did that choice cost you?"
        )


def test_the_guides_wording_goes_on_from_a_comma() -> None:
    text = "Since the old queue lost messages, how old are you?"
    assert texts(spoken(ScriptedModel(text))) == (
        "Since the old queue lost messages, what did that choice cost you?"
    )
    text = "카프카로 옮기셨다고 하셨는데요, 결혼은 하셨나요?"
    assert texts(spoken(ScriptedModel(text), KOREAN)) == (
        "카프카로 옮기셨다고 하셨는데요, 그 선택의 단점은 무엇이었나요?"
    )


COLLEAGUE = Brief(
    "en",
    answer="My colleague wanted to rewrite everything and I wanted to fix it step by step.",
    aim="What evidence helped you decide?",
)


def test_what_somebody_else_did_is_not_said_of_the_candidate() -> None:
    text = "You wanted to rewrite everything. What evidence helped you decide?"
    assert texts(spoken(ScriptedModel(text), COLLEAGUE)) == f"Thank you. {COLLEAGUE.aim}"
    text = "You wanted to fix it step by step. What evidence helped you decide?"
    assert texts(spoken(ScriptedModel(text), COLLEAGUE)) == text


def test_a_beginning_that_only_repeats_the_guides_own_words_is_not_begun() -> None:
    text = "You decide by evidence. What evidence helped you decide?"
    assert texts(spoken(ScriptedModel(text), COLLEAGUE)) == f"Thank you. {COLLEAGUE.aim}"


def test_half_a_question_is_not_begun() -> None:
    text = "What did that choice of Kafka, and your religion, cost you?"
    assert texts(spoken(ScriptedModel(text))) == "Thank you. What did that choice cost you?"


def test_a_model_that_stops_in_the_middle_is_not_waited_for() -> None:
    class Stalling(ScriptedModel):
        async def reply(self, messages: Any, **options: Any) -> Any:
            yield "You moved to Kafka because the old queue lost messages. "
            await asyncio.sleep(60)
            yield "What did that choice cost you?"

    clauses = spoken(Stalling())
    assert clauses[0][1] == 0.0
    assert clauses[2:] == [("What did that choice cost you?", TIMEOUT)]


def test_a_reply_that_is_thrown_away_frees_the_models_stream() -> None:
    model = ScriptedModel(GOOD, per_token=0.05)

    async def begin() -> int:
        words = FollowUpWriter(model, snapshot()).clauses(
            ENGLISH, "Thank you.", (), Reply(_nothing(), "en")
        )
        async for _ in words:
            break
        await words.aclose()
        await asyncio.sleep(0.01)
        return model.open_streams

    assert run(begin()) == 0


def test_the_prompts_beginning_stays_the_same_for_all_answers() -> None:
    writer = FollowUpWriter(ScriptedModel(), snapshot())
    other = Brief("en", answer="I like to cook.", aim="Who else was involved?")
    first, second = writer.prompt(ENGLISH, ()), writer.prompt(other, ())
    assert first[:-1] == second[:-1]
    assert "Kafka because" not in "".join(m.text for m in second[-1:])


@pytest.mark.parametrize("tokens", [20, 45])
def test_how_much_it_may_write_is_the_engines_own_matter(tokens: int) -> None:
    asked: list[int] = []

    class Counting(ScriptedModel):
        async def reply(self, messages: Any, *, max_tokens: int, temperature: float = 0.4) -> Any:
            asked.append(max_tokens)
            yield GOOD

    spoken(Counting(writing=Writing(tokens)))
    assert asked == [tokens]


def _prompts(letters: int, turns: int) -> list[str]:
    """What is sent in the turns of one interview, each answer of so many letters."""
    writer = FollowUpWriter(ScriptedModel(), snapshot())
    conversation: list[Message] = []
    sent = []
    for turn in range(turns):
        conversation.append(Message("interviewer", f"What about part {turn}?"))
        conversation.append(Message("candidate", f"{turn} ".ljust(letters, "x")))
        prompt = writer.prompt(ENGLISH, conversation[-24:])
        sent.append("\n".join(f"{message.role}: {message.text}" for message in prompt))
    return sent


@pytest.mark.parametrize("letters", [40, 150, 300])
def test_most_prompts_begin_with_all_that_the_one_before_told_of_the_conversation(
    letters: int,
) -> None:
    sent = _prompts(letters, 30)
    told = [prompt.rpartition("\n\n")[0] for prompt in sent]
    kept = sum(now.startswith(before) for before, now in pairwise(told))
    assert kept >= (len(told) - 1) / 2
    assert len(set(map(len, told))) < len(told), "it does not grow without end"


@pytest.mark.parametrize("letters", [40, 150, 300, 900, 3000])
def test_a_prompt_holds_the_end_of_the_conversation_and_no_more_than_it_may(letters: int) -> None:
    for turn, prompt in enumerate(_prompts(letters, 30)):
        so_far = prompt.rpartition("\n\n")[0].partition("So far:\n")[2]
        assert len(so_far) <= CONTEXT_LETTERS + 100
        assert (f"What about part {turn}?" in so_far) is (letters < CONTEXT_LETTERS)
