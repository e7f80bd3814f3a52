"""Replies that are begun before it is known that nothing more is said, in virtual time."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from voice.adapters.scripted import (
    ScriptedModel,
    ScriptedRecognizer,
    ScriptedTurnModel,
    scripted_engines,
)
from voice.adapters.scripted_live import ScriptedLive
from voice.agent import Answer, Reply
from voice.drafts import KEPT, MOST, Drafts, same_words
from voice.endpointing import Patience
from voice.engines import Message
from voice.sentences import clauses
from voice.tests.cast import ScriptedAgent, scene
from voice.tests.virtual_time import run


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("I wrote the cache", "I wrote the cache.", True),
        ("and then, Kafka", "And then Kafka", True),
        ("캐시를 썼습니다", "캐시를 썼습니다.", True),
        ("I wrote the cache", "I wrote the cache and", False),
        ("캐시를 썼습니다", "캐시를 썼습니까", False),
        ("C++", "C", True),
    ],
)
def test_the_same_words(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same


def answer(text: str, utterance: str = "u") -> Answer:
    return Answer(utterance, text, "en", "voice", 0.9, 0.0, 1.0)


def drafts(model: ScriptedModel) -> Drafts:
    def reply(to: Answer) -> Reply:
        asked = model.reply([Message("candidate", to.text)], max_tokens=9)
        return Reply(clauses(asked), "en")

    return Drafts(reply)


async def read(reply: Reply) -> str:
    return " ".join([clause async for clause in reply.clauses])


def test_the_same_words_again_are_answered_by_what_was_begun() -> None:
    async def main() -> None:
        model = ScriptedModel(first_token=0.3)
        ahead = drafts(model)
        ahead.guess(answer("I wrote the cache"))
        await asyncio.sleep(0.4)
        reply = ahead.reply(answer("I wrote the cache."))
        assert await read(reply) == model.text
        ahead.leave(reply, for_good=False)
        await asyncio.sleep(KEPT / 2)
        assert await read(ahead.reply(answer("I wrote the cache"))) == model.text
        assert len(model.contexts) == 1

    run(main())


def test_other_words_free_the_stream_and_are_asked_for_anew() -> None:
    async def main() -> None:
        model = ScriptedModel(first_token=9.0)
        ahead = drafts(model)
        ahead.guess(answer("I wrote"))
        await asyncio.sleep(0.1)
        ahead.reply(answer("I wrote the cache."))
        await asyncio.sleep(0.05)
        assert (len(model.contexts), model.open_streams) == (2, 1)
        ahead.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert model.open_streams == 0

    run(main())


def test_guesses_are_bounded_and_an_abandoned_one_is_given_up() -> None:
    async def main() -> None:
        model = ScriptedModel(first_token=9.0)
        ahead = drafts(model)
        for number in range(9):
            ahead.guess(answer(f"word {number}"))
            await asyncio.sleep(0.01)
        assert len(model.contexts) == MOST
        reply = ahead.reply(answer("all of it"))
        await asyncio.sleep(0.01)
        ahead.leave(reply, for_good=False)
        await asyncio.sleep(KEPT + 0.1)
        assert model.open_streams == 0

    run(main())


def test_what_was_given_the_floor_is_not_given_it_again() -> None:
    async def main() -> None:
        model = ScriptedModel()
        ahead = drafts(model)
        first = ahead.reply(answer("Yes."))
        await asyncio.sleep(0.1)
        ahead.give(first)
        assert ahead.reply(answer("Yes.")) is not first

    run(main())


def test_a_failure_reaches_who_reads_and_is_not_kept() -> None:
    async def main() -> None:
        model = ScriptedModel(fails=True)
        ahead = drafts(model)
        reply = ahead.reply(answer("Yes."))
        with pytest.raises(Exception, match="unavailable"):
            await read(reply)
        model.fails = False
        assert await read(ahead.reply(answer("Yes."))) == model.text

    run(main())


def asking(model: ScriptedModel) -> ScriptedAgent:
    def compose(to: Answer) -> AsyncGenerator[str]:
        return clauses(model.reply([Message("candidate", to.text)], max_tokens=9))

    return ScriptedAgent(compose=compose)


def test_a_cough_after_the_answer_costs_no_second_request() -> None:
    async def main() -> None:
        model = ScriptedModel(first_token=0.35, per_token=1 / 60)
        reader = ScriptedRecognizer(delay=0.1)
        patience = Patience(finished=0.8, unsure=0.8)
        engines = scripted_engines(
            recognizer=reader, model=model, turn_model=ScriptedTurnModel(delay=0.05)
        )
        async with scene(engines, asking(model), patience=patience) as s:
            await s.speak(1.0)
            await s.silence(0.5)
            await s.speak(0.1)
            while not s.turns:
                await s.silence(0.1)
        assert len(reader.requests) >= 2
        assert len(model.contexts) == 1
        assert model.open_streams == 0

    run(main())


def test_a_late_final_is_not_waited_for_before_the_model_is_asked() -> None:
    async def main() -> None:
        model = ScriptedModel(first_token=0.35, per_token=1 / 60)
        script = ScriptedLive(lag=0.05, final=0.6)
        engines = replace(scripted_engines(model=model), live_recognizer=script)
        asked: list[float] = []
        loop = asyncio.get_running_loop()
        original = model.reply

        def reply(*args: object, **options: object) -> AsyncGenerator[str]:
            asked.append(loop.time())
            return original(*args, **options)  # type: ignore[arg-type]

        model.reply = reply  # type: ignore[method-assign]
        async with scene(engines, asking(model)) as s:
            await s.silence(0.5)
            await s.speak(1.2)
            ended = loop.time()
            while not s.turns:
                await s.silence(0.1)
        assert s.finals == ["one two three four"]
        assert len(asked) == 1
        assert asked[0] - ended < 0.3

    run(main())
