"""What the local providers were asked and what they sent, by their own clock."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["words", "reply", "sound", "speech"]
"""Words of an answer, a written reply, its sound; ``speech``: a reply that is spoken at once."""


@dataclass(eq=False, slots=True)
class Work:
    """One request. Times are seconds of the event loop's clock."""

    role: Role
    asked: float
    """When the whole request had arrived."""
    text: str = ""
    """What is to be spoken, where that is told."""
    sent: list[tuple[float, str]] = field(default_factory=list)
    """Each piece of the answer and when it left; sound has no text."""

    def send(self, text: str = "") -> None:
        self.sent.append((now(), text))

    @property
    def first(self) -> float | None:
        return self.sent[0][0] if self.sent else None

    @property
    def last(self) -> float | None:
        return self.sent[-1][0] if self.sent else None


class Ledger:
    """The work of all providers, in the order in which it was asked for."""

    def __init__(self) -> None:
        self.works: list[Work] = []

    def begin(self, role: Role, text: str = "") -> Work:
        work = Work(role, now(), text)
        self.works.append(work)
        return work


def now() -> float:
    return asyncio.get_running_loop().time()
