"""The worker's side: writes the replies that are asked for on the channel ``inference``."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import asdict
from functools import cache
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import ChannelFull
from django.conf import settings
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from interviews.inference import ALIVE_EVERY
from voice.engines import LanguageModel, Message
from voice.errors import EngineError
from voice.metering import Use, metered

log = logging.getLogger(__name__)

ACCEPTED_WITHIN = 0.5
"""Seconds that a caller has to take up an offer."""
STALE = 5.0
"""Seconds after which nobody waits for an offer any more; clocks may differ by less than that."""
AGAIN = 1.0
"""Seconds before the layer is asked again when it is out of reach."""
GATHER = 0.03
"""Seconds for which deltas are put together, after the first: a message each would cost more than
it brings at sixty a second."""


@cache
def model() -> LanguageModel:
    """The engine of the setting INFERENCE_ENGINE; made once, loaded when first used."""
    config: Mapping[str, Any] = settings.INFERENCE_ENGINE
    made: LanguageModel = import_string(config["BACKEND"])(**config.get("OPTIONS", {}))
    return made


class InferenceConsumer(AsyncConsumer):
    """All requests of one worker process. Each holds one of the scope's ``slots``, which the worker
    took for it and which is free again when it is done with.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._slots: asyncio.Semaphore = scope["slots"]
        self._asked: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        try:
            while True:
                try:
                    await super().__call__(scope, receive, send)
                    return
                except (RedisError, OSError) as error:
                    # Whoever waits at its channel asks another worker; the requests that come go
                    # to the next one.
                    log.warning("the channel layer is out of reach: %s", type(error).__name__)
                    await asyncio.sleep(AGAIN)
        finally:
            for task in self._tasks.values():
                task.cancel()

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """No database is used here, so none of its connections is looked after."""
        request = message.get("request", "")
        match message["type"]:
            case "request" if self._is_new(message):
                self._asked[request] = asyncio.Event()
                task = asyncio.create_task(self._serve(message))
                self._tasks[request] = task
                task.add_done_callback(lambda _: self._forget(request))
            case "request":
                self._slots.release()
            case "accept" if request in self._asked:
                self._asked[request].set()
            case "decline" if request in self._tasks:
                self._tasks[request].cancel()

    def _is_new(self, message: Mapping[str, Any]) -> bool:
        """Whether somebody may wait for it; the layer gives a message twice at times."""
        age = time.time() - message.get("sent_at", 0.0)
        return age < STALE and message.get("request") not in self._tasks

    def _forget(self, request: str) -> None:
        del self._tasks[request], self._asked[request]
        self._slots.release()

    async def _serve(self, message: Mapping[str, Any]) -> None:
        caller, request = message["reply_to"], message["request"]
        with suppress(TimeoutError, RedisError, ChannelFull):
            offer = {"type": "offer", "request": request, "worker": self.channel_name}
            await self.channel_layer.send(caller, offer)
            await asyncio.wait_for(self._asked[request].wait(), ACCEPTED_WITHIN)
            await self._write(_Reply(self.channel_layer, caller, request), message)

    async def _write(self, reply: "_Reply", message: Mapping[str, Any]) -> None:
        alive = asyncio.create_task(reply.keep_alive())
        uses: list[Use] = []
        try:
            with metered(uses.append):
                async with aclosing(_deltas(message)) as deltas:
                    async for delta in deltas:
                        await reply.add(delta)
            await reply.done(uses)
        except EngineError as error:
            log.warning("a reply could not be written: %s", error)
            await reply.failed(error.code, retryable=error.retryable)
        except Exception as error:
            if isinstance(error, RedisError | ChannelFull):
                raise
            log.exception("a reply could not be written")
            await reply.failed("internal", retryable=True)
        finally:
            alive.cancel()


async def _deltas(request: Mapping[str, Any]) -> AsyncGenerator[str]:
    messages = [Message(role, text) for role, text in request["messages"]]
    tokens = request["max_tokens"]
    if schema := request.get("schema"):
        yield json.dumps(await model().structured(messages, schema, max_tokens=tokens))
        return
    temperature = request["temperature"]
    async with aclosing(
        model().reply(messages, max_tokens=tokens, temperature=temperature)
    ) as deltas:
        async for delta in deltas:
            yield delta


class _Reply:
    """Sends one reply's deltas, the first at once."""

    def __init__(self, layer: Any, caller: str, request: str) -> None:
        self._layer = layer
        self._caller = caller
        self._request = request
        self._number = 0
        self._gathered = ""
        self._sent_at = 0.0

    async def keep_alive(self) -> None:
        with suppress(RedisError, ChannelFull):
            while True:
                await asyncio.sleep(ALIVE_EVERY)
                await self._send(type="alive")

    async def add(self, delta: str) -> None:
        self._gathered += delta
        if asyncio.get_running_loop().time() - self._sent_at >= GATHER:
            await self._flush()

    async def done(self, uses: Sequence[Use]) -> None:
        await self._flush()
        await self._send(type="done", number=self._number, uses=[asdict(use) for use in uses])

    async def failed(self, code: str, *, retryable: bool) -> None:
        await self._send(type="failed", code=code, retryable=retryable)

    async def _flush(self) -> None:
        if self._gathered:
            text, self._gathered = self._gathered, ""
            self._sent_at = asyncio.get_running_loop().time()
            await self._send(type="delta", number=self._number, text=text)
            self._number += 1

    async def _send(self, **message: Any) -> None:
        await self._layer.send(self._caller, {**message, "request": self._request})
