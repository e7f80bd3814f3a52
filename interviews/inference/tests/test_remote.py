"""A model in another process: the caller and the worker over the channel layer."""

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers, get_channel_layer
from channels.routing import ChannelNameRouter

from interviews.inference import CHANNEL
from interviews.inference import consumer as worker_side
from interviews.inference.consumer import InferenceConsumer
from interviews.inference.remote import RemoteModel
from interviews.mailbox import Mailbox
from interviews.management.commands.runworker import InferenceWorker
from voice.adapters.scripted import ScriptedModel
from voice.engines import Message
from voice.errors import EngineError
from voice.failover import FailoverModel
from voice.metering import Use, metered, used

ASKED = [Message("system", "You phrase."), Message("candidate", "저는 서버를 옮겼습니다.")]
TEXT = "You moved the server. 무엇이 가장 어려웠나요?"


class Faulty(ScriptedModel):
    """Writes half, then fails as a provider does."""

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        yield "You moved "
        raise EngineError("faulty", "rate_limited", retryable=True)


@pytest.fixture(autouse=True)
def fresh_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer belongs to one event loop as long as anybody receives from it."""
    monkeypatch.setattr(channel_layers, "backends", {})
    monkeypatch.setattr(worker_side, "ACCEPTED_WITHIN", 60.0)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    model = ScriptedModel(text=TEXT)
    monkeypatch.setattr(worker_side, "model", lambda: model)
    monkeypatch.setattr("interviews.management.commands.runworker.model", lambda: model)
    return model


def remote(**waits: float) -> RemoteModel:
    """With patience for a busy machine, but for the ``waits`` that are tested."""
    return RemoteModel(
        **({"offer_timeout": 60.0, "silence_timeout": 60.0, "first_timeout": 60.0} | waits)  # type: ignore[arg-type]
    )


@asynccontextmanager
async def working() -> AsyncIterator[None]:
    """One worker, in this process."""
    router = ChannelNameRouter({CHANNEL: InferenceConsumer.as_asgi()})
    worker = InferenceWorker(router, [CHANNEL], get_channel_layer())
    running = asyncio.create_task(worker.handle())
    await asyncio.sleep(0.05)
    try:
        yield
    finally:
        await stop(worker, running)


async def stop(worker: Any, running: asyncio.Task[None]) -> None:
    running.cancel()
    tasks = [running, *(one["future"] for one in worker.application_instances.values())]
    tasks += [task for task in asyncio.all_tasks() if "listener" in repr(task.get_coro())]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=30)


def die() -> None:
    """Whoever is writing stops without a word."""
    for task in asyncio.all_tasks():
        if "InferenceConsumer._serve" in repr(task.get_coro()):
            task.cancel()


async def written(model: Any, **options: Any) -> str:
    async with aclosing(model.reply(ASKED, max_tokens=40, **options)) as deltas:
        return "".join([delta async for delta in deltas])


async def test_a_reply_is_written_elsewhere(model: ScriptedModel) -> None:
    async with working():
        text = await written(remote(), temperature=0.7)
    assert text.split() == TEXT.split()
    assert list(model.contexts[0]) == ASKED


async def test_what_a_reply_used_is_told_to_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Paid(ScriptedModel):
        async def reply(self, *args: Any, **options: Any) -> AsyncGenerator[str]:
            async for delta in super().reply(*args, **options):
                yield delta
            used(Use("model", "paid", "m", input_tokens=12, output_tokens=3))

    paid = Paid(text=TEXT)
    monkeypatch.setattr(worker_side, "model", lambda: paid)
    monkeypatch.setattr("interviews.management.commands.runworker.model", lambda: paid)
    uses: list[Use] = []
    async with working():
        with metered(uses.append):
            await written(remote())
    assert uses == [Use("model", "paid", "m", input_tokens=12, output_tokens=3)]


async def test_a_reply_streams(model: ScriptedModel) -> None:
    model.per_token = 60.0
    async with working():
        stream = remote().reply(ASKED, max_tokens=40)
        first = await anext(stream)
        assert first.split() == ["You"] and model.open_streams == 1
        await stream.aclose()


async def test_a_reply_that_nobody_wants_any_more_frees_the_model(model: ScriptedModel) -> None:
    model.per_token = 3600.0
    async with working():
        async with aclosing(remote().reply(ASKED, max_tokens=40)) as deltas:
            await anext(deltas)
        async with asyncio.timeout(30):
            while model.open_streams:  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_an_object_is_written_elsewhere(model: ScriptedModel) -> None:
    model.objects = ['{"level": 4, "rationale": "구체적입니다."}']
    async with working():
        made = await remote().structured(ASKED, {"type": "object"}, max_tokens=200)
    assert made == {"level": 4, "rationale": "구체적입니다."}


async def test_a_long_thought_is_no_dead_worker(model: ScriptedModel) -> None:
    model.first_token = 4.0
    async with working():
        text = await written(remote(silence_timeout=3.0))
    assert text.split() == TEXT.split() and len(model.contexts) == 1


async def test_thinking_has_an_end(model: ScriptedModel) -> None:
    model.first_token = 3600.0
    async with working():
        with pytest.raises(EngineError, match="timeout"):
            await written(remote(first_timeout=0.4))


async def test_so_has_a_silence_in_the_middle_of_a_reply(model: ScriptedModel) -> None:
    model.per_token = 3600.0
    async with working():
        with pytest.raises(EngineError, match="timeout"):
            async with asyncio.timeout(60):
                await written(remote(delta_timeout=0.4))


async def test_an_object_may_take_longer_than_a_first_word(model: ScriptedModel) -> None:
    model.objects, model.first_token = ["{}"], 1.0
    async with working():
        patient = remote(first_timeout=0.1)
        assert await patient.structured(ASKED, {"type": "object"}, max_tokens=9) == {}


async def test_being_cancelled_while_the_layer_is_away_is_being_cancelled(
    model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.per_token = 3600.0
    standby = ScriptedModel(text="Nobody asked for this.")
    failover = FailoverModel("model", {"worker": remote(), "here": standby})
    async with working():
        task = asyncio.create_task(written(failover))
        async with asyncio.timeout(30):
            while not model.contexts:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

        async def away(*message: object) -> None:
            raise ConnectionError("Redis is away")

        monkeypatch.setattr(get_channel_layer(), "send", away)
        task.cancel()
        await asyncio.wait([task], timeout=30)
        monkeypatch.undo()
    assert task.cancelled()
    assert standby.contexts == []


async def test_without_a_worker_the_engine_that_stands_by_writes() -> None:
    standby = ScriptedModel(text="What did you learn?", languages=frozenset({"en"}))
    absent = remote(offer_timeout=0.05)
    with pytest.raises(EngineError, match="no_worker"):
        await written(absent)
    failover = FailoverModel("model", {"worker": absent, "here": standby})
    assert (await written(failover)).split() == ["What", "did", "you", "learn?"]


async def test_another_worker_goes_on_where_the_first_one_died(model: ScriptedModel) -> None:
    model.per_token = 0.1
    text = ""
    async with working():
        stream = remote(silence_timeout=3.0).reply(ASKED, max_tokens=40)
        text += await anext(stream) + await anext(stream)
        die()
        text += "".join([delta async for delta in stream])
    assert text.split() == TEXT.split()
    assert len(model.contexts) == 2


async def test_a_worker_that_would_go_on_differently_is_not_listened_to(
    model: ScriptedModel,
) -> None:
    model.per_token = 0.1
    async with working():
        stream = remote(silence_timeout=3.0).reply(ASKED, max_tokens=40)
        text = await anext(stream)
        die()
        model.text = "Another thing entirely."
        with pytest.raises(EngineError, match="interrupted"):
            text += "".join([delta async for delta in stream])
    assert text.split() == ["You"]


async def test_a_busy_worker_takes_the_next_request_when_it_is_free(
    model: ScriptedModel, settings: Any
) -> None:
    settings.INFERENCE_SLOTS = 1
    model.per_token = 0.05
    async with working():
        texts = await asyncio.gather(*(written(remote()) for _ in range(2)))
    assert [text.split() for text in texts] == [TEXT.split()] * 2


async def test_a_worker_without_a_free_slot_leaves_requests_to_others(
    model: ScriptedModel, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INFERENCE_SLOTS = 1
    model.per_token = 3600.0
    async with working():
        busy = asyncio.create_task(written(remote()))
        async with asyncio.timeout(30):
            while not model.contexts:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        waiting = asyncio.create_task(written(remote()))
        await asyncio.sleep(0.2)
        monkeypatch.setattr(worker_side, "model", lambda: ScriptedModel(text=TEXT))
        async with working():
            assert (await asyncio.wait_for(waiting, 30)).split() == TEXT.split()
        busy.cancel()


async def test_a_request_that_comes_twice_is_one(model: ScriptedModel, settings: Any) -> None:
    """The Redis layer gives what it believes to be undelivered again."""
    settings.INFERENCE_SLOTS = 2
    layer = get_channel_layer()
    async with working(), Mailbox() as mailbox:
        asked = {
            "type": "request", "request": "one", "reply_to": mailbox.channel,
            "sent_at": time.time(), "messages": [["candidate", "Hello."]], "max_tokens": 9,
            "temperature": 0.0,
        }  # fmt: skip
        await layer.send(CHANNEL, asked)
        await layer.send(CHANNEL, asked)
        offer = await mailbox.next(30)
        model.per_token = 3600.0
        await layer.send(offer["worker"], {"type": "accept", "request": "one"})
        assert (await mailbox.next(30))["type"] == "delta"
        assert len(model.contexts) == 1
        await layer.send(offer["worker"], {"type": "decline", "request": "one"})
        async with asyncio.timeout(30):
            while model.open_streams:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        model.per_token = 0.0
        texts = await asyncio.gather(*(written(remote()) for _ in range(2)))
    assert [text.split() for text in texts] == [TEXT.split()] * 2


@pytest.mark.parametrize("message", [{"sent_at": 0.0, "request": "old"}, {}])
async def test_a_request_that_nobody_waits_for_takes_up_no_slot(
    model: ScriptedModel, settings: Any, message: dict[str, Any]
) -> None:
    settings.INFERENCE_SLOTS = 1
    async with working():
        for _ in range(3):
            await get_channel_layer().send(CHANNEL, {"type": "request", **message})
        assert (await written(remote())).split() == TEXT.split()


async def test_a_worker_outlives_a_layer_that_was_away(
    model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_side, "AGAIN", 0.05)
    monkeypatch.setattr(worker_side, "ACCEPTED_WITHIN", 0.05)
    receive, answers = InMemoryChannelLayer.receive, itertools.count()

    async def once_away(self: InMemoryChannelLayer, channel: str) -> Any:
        # The first is the caller's, the second the worker's.
        if channel != CHANNEL and next(answers) == 1:
            raise ConnectionError("Redis is away")
        return await receive(self, channel)

    monkeypatch.setattr(InMemoryChannelLayer, "receive", once_away)
    async with working():
        text = await written(remote(offer_timeout=1.0, silence_timeout=1.0, attempts=30))
    assert text.split() == TEXT.split()


async def test_the_failure_of_the_workers_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = Faulty()
    monkeypatch.setattr(worker_side, "model", lambda: faulty)
    monkeypatch.setattr("interviews.management.commands.runworker.model", lambda: faulty)
    async with working():
        with pytest.raises(EngineError, match="rate_limited") as failure:
            await written(remote())
    assert failure.value.retryable


async def test_an_empty_reply_ends(model: ScriptedModel) -> None:
    model.text = ""
    async with working():
        assert await written(remote()) == ""
