"""Turns as tasks: drafted, given the floor, stopped, and settled exactly once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Literal

from voice.agent import Agent, Reply
from voice.answering import Answering
from voice.errors import EngineError
from voice.events import CallEnded, Failed
from voice.floor import Floor
from voice.outbox import Outbox, ReceiverTooSlow
from voice.turn import Outcome, Turn

log = logging.getLogger(__name__)

Think = Coroutine[None, None, None]
"""The stage that finds a turn's reply and gives its clauses."""


class Turns:
    """At most one draft, at most one turn on the floor, and what is to be said after it.

    When to do what with them is ``voice.turn_taking``'s decision; ``over`` asks for the next one.
    """

    def __init__(
        self,
        floor: Floor,
        answering: Answering,
        agent: Agent,
        outbox: Outbox,
        over: Callable[[], None],
    ) -> None:
        self.scope: asyncio.TaskGroup | None = None
        """Set while the call runs; without it nothing is begun."""
        self.draft: Turn | None = None
        self.next: list[Reply] = []
        self._floor = floor
        self._answering = answering
        self._agent = agent
        self._outbox = outbox
        self._ask = over
        self._tasks: dict[Turn, asyncio.Task[None]] = {}

    def begin_draft(self, turn: Turn, think: Think) -> None:
        """Make a reply that is not heard before the draft is given the floor."""
        self.draft = turn
        self._start(turn, think)

    def drop_draft(self) -> None:
        """What it says is never heard."""
        if draft := self.draft:
            self.draft = None
            self._stop(draft)

    def promote_draft(self) -> bool:
        """Give the draft the floor; False: there is none."""
        draft, self.draft = self.draft, None
        if draft is None:
            return False
        self._floor.give(draft)
        return True

    def begin(self, turn: Turn, think: Think) -> None:
        """Give a turn the floor from its beginning."""
        self._floor.give(turn)
        self._start(turn, think)

    def yield_floor(self, *, clear: bool = True) -> None:
        """Whoever holds the floor for us stops; the candidate comes first."""
        if turn := self._floor.turn:
            self._stop(turn, announce=clear)

    def say_next(self) -> None:
        """Say the first of what waits to be said."""
        if self.next:
            turn = Turn(reply=self.next.pop(0))
            self.begin(turn, self._answering.compose(turn))

    def _start(self, turn: Turn, think: Think) -> None:
        assert self.scope is not None
        self._tasks[turn] = task = self.scope.create_task(self._take(turn, think))
        task.add_done_callback(lambda _: self._finished(turn, think))

    def _stop(self, turn: Turn, *, announce: bool = True) -> None:
        self._floor.clear(turn, announce=announce)
        self._tasks[turn].cancel()

    async def _take(self, turn: Turn, think: Think) -> None:
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(think)
                stages.create_task(self._answering.file(turn))
                stages.create_task(self._answering.voice(turn))
                stages.create_task(self._floor.play(turn, lambda: self._outbox.show("speaking")))
        except* EngineError as errors:
            understood = turn.understood.is_set()
            what = "replied to" if understood else "understood"
            log.warning("the answer could not be %s: %s", what, errors.exceptions)
            self._fail(turn, "llm_failed" if understood else "stt_failed")
        except* ReceiverTooSlow:
            raise
        except* Exception:
            # A bug costs this turn and not the call.
            log.exception("a turn failed")
            self._fail(turn, "internal")

    def _fail(self, turn: Turn, code: Literal["stt_failed", "llm_failed", "internal"]) -> None:
        self._floor.fail(turn)
        if turn is self.draft:
            self.draft = None
        if turn.floor.is_set():
            self._outbox.put(Failed(code))
            self.next.insert(0, self._agent.apology())

    def _finished(self, turn: Turn, think: Think) -> None:
        # A task that is cancelled before its first step never enters its own `finally`.
        think.close()
        del self._tasks[turn]
        self._floor.settle(turn)
        if turn.floor.is_set() and self.scope:
            self._over(turn)

    def _over(self, turn: Turn) -> None:
        if turn.reply and turn.reply.ends and turn.outcome is Outcome.COMPLETED:
            self.next.clear()
            self._outbox.put(CallEnded(turn.reply.ends))
            # Whoever speaks into the farewell's echo is not answered any more.
            self.scope = None
        else:
            self._ask()
