"""``set.yaml``, checked, with the length of every pause drawn; pure."""

import math
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Annotated, Literal, Self, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

SET = Path(__file__).with_name("set.yaml")

PauseKind = Literal["conjunction", "filler", "clause", "list", "restart", "sentence"]
Noise = Literal["none", "stationary", "babble"]

_MARK = re.compile(r"\s*\{(\w+)\}\s*")


class Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PauseLengths(Document):
    median: float
    sigma: float


class Pauses(Document):
    """Seconds."""

    shortest: float
    longest: float
    kinds: dict[PauseKind, PauseLengths]


class Backchannel(Document):
    """``after``: seconds from when the interviewer's utterance became audible."""

    sound: str
    after: float


class Answer(Document):
    """``say`` is synthesised, ``recorded`` names recordings; one of them is given."""

    say: str = ""
    recorded: str = ""
    backchannels: tuple[Backchannel, ...] = ()
    barge_in: float | None = None
    together: float | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.say) == bool(self.recorded):
            raise ValueError("an answer is either said or recorded")
        return self

    @property
    def parts(self) -> list[str]:
        """The words between the pauses."""
        return _MARK.split(self.say or self.recorded)[::2]

    @property
    def pauses(self) -> list[PauseKind]:
        """The kind of each pause, one fewer than parts."""
        return cast(list[PauseKind], _MARK.split(self.say or self.recorded)[1::2])

    @property
    def onset(self) -> float | None:
        """When the answer begins into the interviewer's utterance; None: after it."""
        return self.together if self.barge_in is None else self.barge_in


class Conversation(Document):
    id: str
    language: Literal["en", "ko"]
    voice: str
    speed: float = 1.0
    noise: Noise = "none"
    snr: float = 60.0
    echo: float | None = None
    """dB by which the interviewer comes back weaker; None: headphones."""
    answers: Annotated[tuple[Answer, ...], Field(min_length=1, max_length=5)]

    @model_validator(mode="after")
    def _first_waits(self) -> Self:
        if self.answers[0].onset is not None:
            raise ValueError("the first answer waits for the greeting")
        return self


class Set(Document):
    seed: int
    pauses: Pauses
    conversations: tuple[Conversation, ...]

    @model_validator(mode="after")
    def _known(self) -> Self:
        ids = [conversation.id for conversation in self.conversations]
        if len(set(ids)) < len(ids):
            raise ValueError("two conversations have one id")
        unknown = {
            kind for c in self.conversations for answer in c.answers for kind in answer.pauses
        } - self.pauses.kinds.keys()
        if unknown:
            raise ValueError(f"unknown kinds of pauses: {sorted(unknown)}")
        return self

    def lengths(self, conversation: Conversation, number: int) -> list[float]:
        """Seconds of each pause of an answer: the same at every run, whatever else changes."""
        random = Random(f"{self.seed} {conversation.id} {number}")
        drawn = []
        for kind in conversation.answers[number].pauses:
            lengths, seconds = self.pauses.kinds[kind], 0.0
            while not self.pauses.shortest <= seconds <= self.pauses.longest:
                seconds = random.lognormvariate(math.log(lengths.median), lengths.sigma)
            drawn.append(round(seconds, 2))
        return drawn


@cache
def conversations() -> Set:
    return Set.model_validate(yaml.safe_load(SET.read_text(encoding="utf-8")))
