"""A follow-up that rests on a document: looked up while the candidate speaks, named, recorded."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from interviews.conversation.facts import Fact
from interviews.conversation.interviewer import Interviewer
from interviews.conversation.moves import Move, MoveKind, Progress
from interviews.conversation.probing import Sources
from interviews.tests.snapshots import question, snapshot
from voice.adapters.scripted import ScriptedModel
from voice.agent import Answer, Reply, Speech
from voice.engines import Writing
from voice.tests.virtual_time import run as run_virtually

FACT = Fact(
    "resume",
    100,
    150,
    "Cut the checkout latency with a Redis cache",
    "en",
    likeness=0.7,
    close=True,
)
KOREAN_FACT = Fact(
    "resume", 3, 30, "레디스 캐시로 결제 응답 시간을 단축", "ko", likeness=0.5, close=True
)
SAID = "We had a slow checkout service and I built a cache in front of it, because users left."


def talk(
    facts: Sequence[Fact],
    model: ScriptedModel | None,
    language: str = "en",
    finding_seconds: float = 0.01,
) -> tuple[Interviewer, list[str]]:
    queries: list[str] = []

    async def find(text: str, language: str) -> Sequence[Fact]:
        queries.append(text)
        await asyncio.sleep(finding_seconds)
        return facts

    progress = Progress(greeted=True)
    progress.done(Move(MoveKind.ASK, "first"), 0.0)
    parts: dict[str, Any] = {} if language == "en" else {"language": "ko"}
    interviewer = Interviewer(
        snapshot(**parts), model=model, candidate="Mina", language=language, clock=lambda: 20.0,
        progress=progress, find=find,
    )  # fmt: skip
    return interviewer, queries


def said_after(interviewer: Interviewer, text: str) -> tuple[str, Reply]:
    """What it says to ``text``, of which it heard the beginning a moment before."""
    reply: list[Reply] = []

    async def run() -> str:
        await interviewer.hearing(text[:70])
        answer = Answer("u1", text, interviewer.expected_language, "voice", 0.9, 0.0, 9.0)
        reply.append(interviewer.reply(answer))
        interviewer.heard(answer)
        return " ".join([clause async for clause in reply[0].clauses])

    return run_virtually(run()), reply[0]


def test_documents_are_asked_while_the_candidate_speaks_and_only_for_news() -> None:
    interviewer, queries = talk([FACT], None)

    async def speak() -> None:
        for end in range(5, len(SAID), 5):
            await interviewer.hearing(SAID[:end])

    run_virtually(speak())
    assert len(queries) == 1
    assert queries[0].startswith("What about first? We had a slow")


def test_a_model_is_shown_the_fact_and_may_name_it() -> None:
    text = (
        "You built a cache, and your résumé says Redis cut the checkout latency. "
        "What was the result?"
    )
    model = ScriptedModel(text)
    interviewer, _ = talk([FACT], model)
    said, reply = said_after(interviewer, SAID)
    assert said == text
    assert "Résumé: Cut the checkout latency" in model.contexts[-1][-1].text
    move = reply.purpose
    assert isinstance(move, Move)
    assert [(one.source, one.start, one.end) for one in move.grounds[1:]] == [("resume", 100, 150)]
    spoken = move.grounds[0]
    assert (spoken.source, spoken.utterance) == ("answer", "u1")
    assert SAID[spoken.start : spoken.end] == spoken.text


def test_what_neither_the_answer_nor_a_fact_says_is_not_spoken() -> None:
    text = "Your résumé says you led Memcached at Amazon. What was the result?"
    interviewer, _ = talk([FACT], ScriptedModel(text))
    said, reply = said_after(interviewer, SAID)
    assert said.endswith("What was the result?") and "Memcached" not in said
    assert isinstance(reply.purpose, Move) and reply.purpose.grounds == []


def test_a_small_model_is_not_shown_facts() -> None:
    model = ScriptedModel("You built a cache; what was the result?", writing=Writing(facts=False))
    interviewer, _ = talk([FACT], model)
    said_after(interviewer, SAID)
    assert "Redis" not in "".join(message.text for message in model.contexts[-1])


@pytest.mark.parametrize(
    ("language", "fact", "text", "expected"),
    [
        (
            "en",
            FACT,
            SAID,
            "In your résumé you write: Cut the checkout latency with a Redis cache.",
        ),
        (
            "ko",
            KOREAN_FACT,
            "느린 결제 서비스 앞에 제가 캐시를 만들었습니다. 사용자들이 떠나고 있었기 때문입니다.",
            "이력서에 레디스 캐시로 결제 응답 시간을 단축, 이렇게 적어 주셨는데요.",
        ),
    ],
)
def test_without_a_model_the_guides_wording_cites_it_once(
    language: str, fact: Fact, text: str, expected: str
) -> None:
    interviewer, _ = talk([fact], None, language)
    said, reply = said_after(interviewer, text)
    assert expected in said
    assert isinstance(reply.purpose, Move)
    assert [one.source for one in reply.purpose.grounds] == ["resume"]
    interviewer.spoke(Speech("s", language, 20.0, said="x", heard="", purpose=reply.purpose))
    assert expected not in said_after(interviewer, text)[0]


def test_a_fact_that_is_only_near_is_not_cited() -> None:
    near = Fact("resume", 0, 10, "Wrote Kotlin", "en", likeness=0.35)
    job = Fact("job", 0, 10, "You will build a checkout service", "en", likeness=0.9, close=True)
    interviewer, _ = talk([near, job], None)
    said, _ = said_after(interviewer, SAID)
    assert "résumé" not in said and "You will" not in said


def test_a_probe_may_aim_at_a_part_of_the_story() -> None:
    probes = [{"en": "How did it turn out?", "ko": "어떻게 되었나요?", "star": "result"}]
    questions = [question("first", probes=probes, expected_points=[]), question("second")]
    guide = {"slug": "t", "competencies": [], "questions": questions}
    progress = Progress(greeted=True)
    progress.done(Move(MoveKind.ASK, "first"), 0.0)

    def after(text: str) -> str:
        interviewer = Interviewer(
            snapshot(guide=guide), model=None, candidate="Mina", language="en",
            clock=lambda: 20.0, progress=progress,
        )  # fmt: skip
        return said_after(interviewer, text)[0]

    assert after("Last year I built a cache.").endswith("How did it turn out?")
    assert after("Last year I built a cache and as a result it was faster.").endswith("second?")


def test_the_model_is_warm_before_it_is_needed_and_reads_the_same_beginning_again() -> None:
    model = ScriptedModel("You built a cache; what was the result?")
    interviewer, _ = talk([], model)

    async def hear() -> None:
        for text in ("We", "We had", "We had a slow"):
            await interviewer.hearing(text)

    run_virtually(hear())
    assert len(model.contexts) == 1
    assert model.open_streams == 0
    said_after(interviewer, SAID)
    assert len(model.contexts) == 2
    warm, asked = model.contexts
    assert list(warm[:-1]) == list(asked[:-1])


def test_a_typed_answer_has_its_facts_too() -> None:
    interviewer, queries = talk([FACT], None)

    async def type_it() -> str:
        reply = interviewer.reply(Answer("u1", SAID, "en", "typed", None, 9.0, 9.0))
        return " ".join([clause async for clause in reply.clauses])

    assert "In your résumé you write" in run_virtually(type_it())
    assert len(queries) == 1


def test_slow_documents_are_not_waited_for() -> None:
    interviewer, _ = talk([FACT], None, finding_seconds=60)

    async def reply_after() -> tuple[str, float]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        reply = interviewer.reply(Answer("u1", SAID, "en", "typed", None, 9.0, 9.0))
        said = " ".join([clause async for clause in reply.clauses])
        return said, loop.time() - began

    said, seconds = run_virtually(reply_after())
    assert said.endswith("What was the result?") and "résumé" not in said
    assert seconds < 0.2


class Shelves:
    """Finds what stands under a question, after ``seconds``."""

    def __init__(self, **facts: Fact) -> None:
        self.facts = facts
        self.seconds = 0.0
        self.asked = 0

    async def find(self, text: str, language: str) -> Sequence[Fact]:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        return [fact for name, fact in self.facts.items() if name in text]


@pytest.mark.virtual_time
async def test_what_is_found_too_late_belongs_to_no_other_question() -> None:
    shelves = Shelves(first=FACT)
    shelves.seconds = 1.0
    sources = Sources(shelves.find)
    late = asyncio.create_task(sources.look_up({"en": "The first?"}, SAID, "en"))
    await asyncio.sleep(0.5)
    sources.forget()
    await late
    assert await sources.known({"en": "Another?"}, "Yes.", "en") == []


@pytest.mark.virtual_time
async def test_a_search_that_nobody_waited_for_is_made_again() -> None:
    shelves = Shelves(first=FACT)
    shelves.seconds = 1.0
    sources = Sources(shelves.find)
    assert await sources.known({"en": "The first?"}, SAID, "en") == []
    shelves.seconds = 0.0
    assert await sources.known({"en": "The first?"}, SAID, "en") == [FACT]
    assert shelves.asked == 2
