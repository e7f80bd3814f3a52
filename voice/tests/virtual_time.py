"""An event loop whose clock jumps to the next timer instead of waiting for it.

What is on its way over a loopback socket is there before the clock jumps, and while a thread of
an executor works it stands still: so a test that talks to a wire server takes as much time by this
clock as it is told to, on however slow a machine.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

POLL = 0.01
"""Seconds of the machine's own clock after which a thread's work is looked at again."""


class _JumpingSelector(selectors.DefaultSelector):
    """Sleeps no time at all; what would have been slept is added to the loop's clock."""

    loop: "VirtualTimeLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        waits = timeout is None or timeout > 0
        ready = super().select(POLL if waits and self.loop.in_threads else 0)
        if ready or self.loop.in_threads:
            return ready
        if timeout is None:
            raise RuntimeError("nothing will ever happen: all tasks wait for each other")
        self.loop.now += max(0.0, timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.now = 0.0
        self.in_threads = 0
        """How much work the executors have."""
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self.in_threads += 1
        future.add_done_callback(self._left_thread)
        return future

    def _left_thread(self, _: object) -> None:
        self.in_threads -= 1

    async def shutdown_default_executor(self, *timeout: Any) -> None:
        self.in_threads += 1  # The loop waits for them in a thread of its own.
        try:
            await super().shutdown_default_executor(*timeout)
        finally:
            self.in_threads -= 1


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
