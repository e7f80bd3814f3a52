"""What staff see of a live interview: its words as they are said, and as the model writes them.

An interview in a call sends nothing until somebody watches: a watcher says so every few seconds
to the interview's group, and its call publishes for as long as it was asked to lately.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from voice.engines import LanguageModel, Message, Writing
from voice.events import (
    CallEnded,
    CandidateWords,
    Event,
    InterviewerWords,
    SoundCleared,
    StateChanged,
    TurnCompleted,
)

log = logging.getLogger(__name__)

ASK_EVERY = 5.0
"""Seconds after which a watcher asks again."""
LEASE = 15.0
"""Seconds for which a call publishes after it was asked to."""
PUBLISHING = 1.0
"""Seconds that Redis may take to pass a message on: an alert is waiting behind it."""
WAITING = 200
"""How much may wait to be published; the oldest is dropped beyond that."""


def group(interview_id: uuid.UUID) -> str:
    """The channel-layer group of an interview's watchers."""
    return f"watch.{interview_id}"


def described(event: Event) -> dict[str, Any] | None:
    """An event of the call as watchers are told of it: JSON with its ``kind``; None: not at all."""
    match event:
        case StateChanged(value=value):
            return {"kind": "state", "value": value}
        case CandidateWords(utterance=utterance, text=text, is_final=final):
            return {"kind": "candidate", "utterance": utterance, "text": text, "is_final": final}
        case InterviewerWords(utterance=utterance, text=text):
            return {"kind": "interviewer", "utterance": utterance, "text": text}
        case SoundCleared(utterance=utterance, heard_text=text):
            return {"kind": "cut", "utterance": utterance, "text": text}
        case TurnCompleted(turn=turn):
            return {"kind": "turn", "turn": turn}
        case CallEnded(reason=reason):
            return {"kind": "ended", "reason": reason}
    return None


async def publish(interview_id: uuid.UUID, told: Mapping[str, Any]) -> None:
    """Tell all watchers; never raises, nobody is owed it."""
    message = {"type": "watch.told", "told": dict(told)}
    try:
        async with asyncio.timeout(PUBLISHING):
            await get_channel_layer().group_send(group(interview_id), message)
    except (RedisError, ChannelFull, OSError) as error:
        log.warning("watchers could not be told: %s", type(error).__name__)


class Moment:
    """Where a call is: what somebody who begins to watch in the middle of a sentence has missed."""

    def __init__(self) -> None:
        self._state: str | None = None
        self._lines: dict[str, dict[str, Any]] = {}
        self._draft = ""

    def take(self, told: Mapping[str, Any]) -> None:
        match told:
            case {"kind": "state", "value": value}:
                self._state = value
            case {"kind": "candidate" | "interviewer" | "cut" as kind, "utterance": utterance}:
                speaker = "candidate" if kind == "candidate" else "interviewer"
                before = self._lines.get(speaker, {})
                text = told["text"]
                if before.get("utterance") != utterance:
                    self._lines.pop(speaker, None)  # The newer one goes to the end.
                elif kind == "interviewer":
                    text = before["text"] + text
                self._lines[speaker] = {
                    "utterance": utterance,
                    "speaker": speaker,
                    "text": text,
                    "is_final": told.get("is_final", True),
                }
            case {"kind": "draft"}:
                self._draft = ""
            case {"kind": "token", "text": text}:
                self._draft += text

    def told(self) -> dict[str, Any]:
        """The latest words of each speaker whole, the older first; what the model has written."""
        lines = list(self._lines.values())
        return {"kind": "now", "state": self._state, "lines": lines, "draft": self._draft}


class Broadcast:
    """Publishes one call while it is watched, in a task of its own: the call never waits."""

    def __init__(self, interview_id: uuid.UUID) -> None:
        self._interview_id = interview_id
        self._until = 0.0
        self._moment = Moment()
        self._queue: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self._publishing: asyncio.Task[None] | None = None

    @property
    def watched(self) -> bool:
        return asyncio.get_running_loop().time() < self._until

    def ask(self, *, opening: bool = False) -> None:
        """Somebody watches; ``opening``: from now on, and so has missed what is being said."""
        missed = opening or not self.watched
        self._until = asyncio.get_running_loop().time() + LEASE
        if self._publishing is None:
            self._publishing = asyncio.create_task(self._publish())
        if missed:
            # In the same queue as the rest: whole lines are told before what is added to them.
            self._put(self._moment.told())

    def tell(self, told: Mapping[str, Any] | None) -> None:
        if told is None:
            return
        self._moment.take(told)
        if self.watched:
            self._put(told)

    def _put(self, told: Mapping[str, Any]) -> None:
        if self._queue.qsize() >= WAITING:
            self._queue.get_nowait()
        self._queue.put_nowait(told)

    def close(self) -> None:
        if self._publishing:
            self._publishing.cancel()

    async def _publish(self) -> None:
        while True:
            await publish(self._interview_id, await self._queue.get())


class WatchedModel:
    """A language model whose deltas are also told to watchers, said or not."""

    def __init__(self, model: LanguageModel, broadcast: Broadcast) -> None:
        self._model = model
        self._broadcast = broadcast

    @property
    def languages(self) -> frozenset[str]:
        return self._model.languages

    @property
    def writing(self) -> Writing:
        return self._model.writing

    async def warm(self) -> None:
        await self._model.warm()

    async def close(self) -> None:
        """The model is everybody's."""

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        self._broadcast.tell({"kind": "draft"})
        async with aclosing(
            self._model.reply(messages, max_tokens=max_tokens, temperature=temperature)
        ) as deltas:
            async for delta in deltas:
                self._broadcast.tell({"kind": "token", "text": delta})
                yield delta

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        return await self._model.structured(messages, schema, max_tokens=max_tokens)
