"""Answered turns, numbered and told in the order of their numbers."""

from typing import Protocol

from voice.events import TurnCompleted


class Outlet(Protocol):
    """Where completed turns go."""

    def put(self, event: TurnCompleted) -> None: ...


class Completions:
    """A turn is told as completed once it is on disk, which a later one may be sooner."""

    def __init__(self, outbox: Outlet, turns: int) -> None:
        self._outbox = outbox
        self._given = self._told = turns
        self._waiting: dict[int, TurnCompleted | None] = {}

    def number(self) -> int:
        """The next turn's number; it is owed one ``settle``."""
        self._given += 1
        return self._given

    def settle(self, number: int, event: TurnCompleted | None) -> None:
        """Tell ``event`` after those of smaller numbers; None: this turn could not be filed."""
        self._waiting[number] = event
        while self._told + 1 in self._waiting:
            self._told += 1
            if completed := self._waiting.pop(self._told):
                self._outbox.put(completed)
