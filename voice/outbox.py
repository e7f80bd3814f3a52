"""One queue, one writer: events leave a call in the order in which they were put."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from voice.errors import VoiceError
from voice.events import Event, Sound, State, StateChanged

LIMIT = 4_000
"""Events that may wait; more than a minute of sound. A receiver further behind is gone."""


class ReceiverTooSlow(VoiceError):
    """The other end does not take what it is sent; the call must end so that it can resume."""


class Outbox:
    """Events on their way to ``deliver``; sound that has lost its meaning can be taken back."""

    def __init__(self, deliver: Callable[[Event], Awaitable[None]]) -> None:
        self.state: State | None = None
        """The last one that was shown."""
        self._deliver = deliver
        self._events: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def put(self, event: Event) -> None:
        """Raises ``ReceiverTooSlow``."""
        if len(self._events) >= LIMIT:
            raise ReceiverTooSlow(f"{LIMIT} events are waiting")
        self._events.append(event)
        self._empty.clear()
        self._arrived.set()

    def show(self, state: State) -> None:
        """Tell what the interviewer is doing, if that is new."""
        if state != self.state:
            self.state = state
            self.put(StateChanged(state))

    def recall_sound(self, utterance: str) -> None:
        """Remove this utterance's sound that has not left yet."""
        kept = [
            event
            for event in self._events
            if not (isinstance(event, Sound) and event.utterance == utterance)
        ]
        self._events.clear()
        self._events.extend(kept)

    async def drained(self) -> None:
        """Everything put so far has been delivered."""
        await self._empty.wait()

    async def run(self) -> None:
        """Deliver, until it is cancelled; raises what ``deliver`` raises."""
        while True:
            await self._arrived.wait()
            while self._events:
                await self._deliver(self._events.popleft())
            self._arrived.clear()
            self._empty.set()
