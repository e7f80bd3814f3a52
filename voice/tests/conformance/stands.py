"""Every adapter with the provider that it is tried against."""

import asyncio
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pytest

from voice.engines import Engine
from voice.errors import EngineError
from voice.tests.wire.fault import CODE, SECRET, Fault
from voice.tests.wire.server import Provider, Wire, serve

KEY = "sk-a-key-that-nobody-may-see"
SHORT = 0.25
"""Seconds of the time-outs that a test waits for."""

HANG_UP = 0.1
"""Seconds within which a provider must learn that nobody wants its answer any more."""

E = TypeVar("E", bound=Engine)
P = TypeVar("P", bound=Provider)


@dataclass(frozen=True)
class Stand(Generic[E, P]):
    """``make`` takes the provider's address and options; ``short`` are the time-out options of
    ``adapter``."""

    name: str
    adapter: type
    provider: Callable[[], P]
    make: Callable[..., E]
    short: tuple[str, ...]

    @asynccontextmanager
    async def open(
        self, fault: Fault | None = None, **options: Any
    ) -> AsyncGenerator[tuple[E, P, Wire]]:
        provider = self.provider()
        provider.fault = fault
        if fault in (Fault.SLOW_TO_START, Fault.STALLED):
            waits = self.short[:1] if fault is Fault.SLOW_TO_START else self.short[1:]
            options |= dict.fromkeys(waits, SHORT)
        async with serve(provider) as wire:
            engine = self.make(wire.url, **options)
            try:
                yield engine, provider, wire
            finally:
                await engine.close()

    def __str__(self) -> str:
        return self.name


async def frees(cancel: Awaitable[Any] | None, freed: asyncio.Event) -> None:
    """``cancel`` lets the provider know within ``HANG_UP`` that nobody wants its answer, which
    would go on for ever otherwise; None: what cancels is under way already. In virtual time."""
    cancelling = asyncio.ensure_future(cancel) if cancel else None
    try:
        async with asyncio.timeout(HANG_UP):
            await freed.wait()
    except TimeoutError:
        raise AssertionError("the provider was not told in time") from None
    finally:
        if cancelling:
            await cancelling


def by_name(stands: list[Any]) -> list[Any]:
    """For ``pytest.mark.parametrize``."""
    return [pytest.param(stand, id=str(stand)) for stand in stands]


def check_error(error: EngineError, fault: Fault, log: str) -> None:
    """The code, and nothing of the key, the request or the answer, neither here nor in the log."""
    assert (error.code, error.retryable) == CODE[fault]
    assert error.retry_after == (60.0 if fault is Fault.RATE_LIMITED_FOR_A_MINUTE else None)
    told = "".join(traceback.format_exception(error)) + log
    assert SECRET not in told
    assert KEY not in told
