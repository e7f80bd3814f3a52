"""What may come next in an interview, and how far it has come; pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class MoveKind(StrEnum):
    """What the interviewer does next."""

    GREET = "greet"
    ASK = "ask"
    PROBE = "probe"
    REPEAT = "repeat"
    WAIT = "wait"
    FAREWELL = "farewell"


class Intent(StrEnum):
    """What an answer is that is no answer to the question."""

    ANSWER = "answer"
    REPEAT = "repeat"
    SKIP = "skip"
    TIME = "time"
    UNCLEAR = "unclear"
    """What was said did not reach us well enough to be judged."""
    DOUBT = "doubt"
    """What was said sounded like danger, and may have been something else."""
    MISHEARD = "misheard"
    """It was something else."""


@dataclass(frozen=True, slots=True)
class Move:
    """The next thing to do; ``probe`` is an index into the question's probes."""

    kind: MoveKind
    question: str | None = None
    probe: int | None = None
    intent: Intent = Intent.ANSWER
    reminds: bool = False
    reason: str | None = None
    """Why the interview ends, of a farewell."""
    grounds: list[Any] = field(default_factory=list, compare=False)
    """What a follow-up rests on, once it is phrased: ``facts.Ground``."""


@dataclass(slots=True)
class Progress:
    """How far an interview has come; kept with it as JSON."""

    greeted: bool = False
    current: str | None = None
    asked: list[str] = field(default_factory=list)
    asked_at: float = 0.0
    probes: dict[str, list[int]] = field(default_factory=dict)
    reminded: bool = False
    farewell: bool = False
    unclear: list[str] = field(default_factory=list)
    """Questions whose answer was asked for again, because ours was no fair record of it."""
    sound_lost: bool = False
    """Sound of the answer under way did not reach us."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Progress":
        known = {key: data[key] for key in cls.__dataclass_fields__ if key in data}
        return cls(**known)

    def done(self, move: Move, now: float) -> None:
        """``move`` has been heard, at ``now`` seconds of the interview's clock."""
        self.reminded = self.reminded or move.reminds
        match move.kind:
            case MoveKind.GREET | MoveKind.ASK if move.question:
                self.greeted = True
                self.current, self.asked_at = move.question, now
                if move.question not in self.asked:
                    self.asked.append(move.question)
            case MoveKind.PROBE if move.question and move.probe is not None:
                self.probes.setdefault(move.question, []).append(move.probe)
            case MoveKind.REPEAT if move.question and move.intent is Intent.UNCLEAR:
                self.unclear.append(move.question)
            case MoveKind.FAREWELL:
                self.farewell = True
