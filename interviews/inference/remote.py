"""The caller's side: an ``Engine`` like any other, whose model is somewhere else."""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from interviews.inference import ALIVE_EVERY, CHANNEL
from interviews.mailbox import Mailbox
from voice.engines import Message, Writing
from voice.errors import EngineError
from voice.metering import Use, tokens, used

log = logging.getLogger(__name__)

_NAME = "inference"


class _Lost(Exception):
    """The worker that was writing is gone, or part of its reply is."""


class RemoteModel:
    """Implements ``voice.engines.LanguageModel``.

    A request that nobody offers to write within ``offer_timeout`` seconds is put again, in case
    that a worker took it along when it died; after ``attempts`` of them the engine has failed. A
    worker that is silent for ``silence_timeout`` seconds is taken to be dead: another one writes
    the reply anew and only what goes beyond the text that is known already is passed on. That
    needs a second writing that begins like the first, hence ``temperature`` 0 unless it is set; if
    it begins otherwise, the reply fails. Other time-outs are seconds: to the first delta, between
    two deltas, for a whole object. ``languages`` are what the workers' model writes,
    ``reply_tokens``, ``late_after`` and ``facts`` its ``Writing``: by default the embedded one's.
    """

    def __init__(
        self,
        *,
        languages: Iterable[str] = ("en",),
        temperature: float = 0.0,
        offer_timeout: float = 0.5,
        silence_timeout: float = 1.2,
        first_timeout: float = 10.0,
        delta_timeout: float = 5.0,
        object_timeout: float = 30.0,
        attempts: int = 3,
        reply_tokens: int = 48,
        late_after: float = 0.0,
        facts: bool = False,
    ) -> None:
        assert silence_timeout > 2 * ALIVE_EVERY
        self.languages = frozenset(languages)
        self.writing = Writing(reply_tokens, late_after, facts)
        self._temperature = temperature
        self._offer_timeout = offer_timeout
        self._silence_timeout = silence_timeout
        self._first_timeout = first_timeout
        self._delta_timeout = delta_timeout
        self._object_timeout = object_timeout
        self._attempts = attempts

    async def warm(self) -> None:
        """Raises ``EngineError`` if no worker answers. Workers warm their model by themselves."""
        async for _ in self.reply([Message("candidate", "Hello.")], max_tokens=1):
            pass

    async def close(self) -> None:
        """Nothing to free: the layer is the application's."""

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Stream the reply. ``temperature`` is the engine's own, see above.

        Raises ``EngineError``: ``no_worker``, ``timeout``, ``interrupted`` (the worker died and
        another one would have gone on differently), ``unreachable`` (the layer), or the code of the
        worker's own engine.
        """
        wanted = _wanted(messages, max_tokens) | {"temperature": self._temperature}
        written, whole = "", False
        try:
            async with aclosing(self._stream(wanted, self._first_timeout)) as deltas:
                async for delta in deltas:
                    written += delta
                    yield delta
            whole = True
        finally:
            if written and not whole:
                # The worker only tells what a whole reply used.
                asked = sum(tokens(message.text) for message in messages)
                answered = tokens(written)
                used(Use("model", _NAME, "", asked, 0, answered, estimated=True))

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        """One object that fits ``schema``; raises ``EngineError`` as ``reply`` does."""
        wanted = _wanted(messages, max_tokens) | {"schema": schema}
        async with aclosing(self._stream(wanted, self._object_timeout)) as deltas:
            text = "".join([delta async for delta in deltas])
        made: dict[str, Any] = json.loads(text)
        return made

    async def _stream(self, wanted: Mapping[str, Any], first: float) -> AsyncGenerator[str]:
        """``first``: the seconds that the first delta may take."""
        known = ""
        try:
            for _ in range(self._attempts):
                text = ""
                try:
                    async with Mailbox() as mailbox, aclosing(_Writing(self, mailbox)) as writing:
                        await writing.begin(wanted)
                        async for delta in writing.deltas(first):
                            text += delta
                            if not (text.startswith(known) or known.startswith(text)):
                                raise EngineError(_NAME, "interrupted", retryable=True)
                            if fresh := text[len(known) :]:
                                known = text
                                yield fresh
                        return
                except _Lost:
                    log.warning("a worker was lost after %d letters of a reply", len(known))
        except (RedisError, ChannelFull, OSError) as error:
            raise EngineError(_NAME, "unreachable", retryable=True) from error
        raise EngineError(_NAME, "interrupted" if known else "no_worker", retryable=True)


def _wanted(messages: Sequence[Message], max_tokens: int) -> dict[str, Any]:
    texts = [[message.role, message.text] for message in messages]
    return {"messages": texts, "max_tokens": max_tokens}


class _Writing:
    """One request to one worker."""

    def __init__(self, model: RemoteModel, mailbox: Mailbox) -> None:
        self._model = model
        self._mailbox = mailbox
        self._layer = get_channel_layer()
        self._request = uuid.uuid4().hex
        self._worker = ""

    async def begin(self, wanted: Mapping[str, Any]) -> None:
        """Have a worker accept the request. Raises ``_Lost`` if none offers in time."""
        address = {"request": self._request, "reply_to": self._mailbox.channel}
        request = {"type": "request", "sent_at": time.time(), **address, **wanted}
        await self._layer.send(CHANNEL, request)
        while not self._worker:
            message = await self._next(self._model._offer_timeout)
            if message["type"] == "offer":
                self._worker = message["worker"]
        await self._tell("accept")

    async def deltas(self, first: float) -> AsyncGenerator[str]:
        """Raises ``_Lost`` when the worker falls silent, ``EngineError`` when it gives up."""
        clock = asyncio.get_running_loop().time
        latest = clock() + first
        number = 0
        while True:
            message = await self._next(self._model._silence_timeout)
            match message["type"]:
                case "alive":
                    if clock() > latest:
                        raise EngineError(_NAME, "timeout", retryable=True)
                case "delta" | "done" if message["number"] != number:
                    raise _Lost
                case "delta":
                    number += 1
                    yield message["text"]
                    latest = clock() + self._model._delta_timeout
                case "done":
                    self._worker = ""
                    for use in message["uses"]:
                        used(Use(**use))
                    return
                case "failed":
                    self._worker = ""
                    raise EngineError(_NAME, message["code"], retryable=message["retryable"])
                case "offer":
                    await self._tell("decline", message["worker"])

    async def aclose(self) -> None:
        """Free the worker, if it is still writing; whom that does not reach writes in vain. It
        must not raise: whoever is cancelled comes by here.
        """
        if self._worker:
            with suppress(RedisError, ChannelFull, OSError):
                await asyncio.shield(self._tell("decline"))

    async def _tell(self, what: str, worker: str = "") -> None:
        await self._layer.send(worker or self._worker, {"type": what, "request": self._request})

    async def _next(self, within: float) -> Mapping[str, Any]:
        try:
            return await self._mailbox.next(within)
        except TimeoutError:
            raise _Lost from None
