"""Whose turn it is: one state machine for answers that are spoken, ended by a button, or typed.

Pure: no task, no I/O, no clock. ``acts`` says what has to be done in a situation when something
happens; the call does it, in that order, and nothing else decides who may speak. Hands-free and
push-to-talk differ only in what brings ``ENDED`` about: evidence, or the released button.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from voice.events import State


class Floor(Enum):
    """What the interviewer does with the right to speak."""

    FREE = "free"
    THINKING = "thinking"
    AUDIBLE = "audible"


class Happening(Enum):
    STARTED = "the candidate begins to speak"
    PAUSED = "the candidate falls silent; the answer may go on"
    RESUMED = "the candidate goes on"
    ENDED = "the answer is over, by the evidence or by the button"
    TYPED = "an answer was typed"
    TAKES_TIME = "the candidate asks for time to think"
    INTERRUPTS = "the candidate wants silence"
    CONCLUDED = "the call has to come to its end"
    OWED = "there is something to be said unasked"
    TURN_OVER = "one of the interviewer's turns is over"


class Act(Enum):
    DRAFT = "begin a draft of the reply to what has been said"
    DISCARD = "throw the draft away"
    GIVE = "give the draft the floor"
    CLEAR = "take the floor from the interviewer"
    CLOSE = "end the open utterance here: what was said counts"
    SUSPEND = "end the open utterance for now: what is said next belongs to it"
    FORGET = "what was being said is no answer"
    TAKE = "give the floor to the reply to what was typed"
    SAY = "give the floor to what is owed"
    WAIT = "say nothing until the candidate speaks or types"
    WAIT_NO_MORE = "the candidate is through with thinking"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the decision rests on."""

    floor: Floor = Floor.FREE
    talking: bool = False
    """The candidate's utterance is open: voiced, or in a pause that may not be its end."""
    drafting: bool = False
    answering: bool = False
    """The turn that has the floor replies to an answer; otherwise it is said unasked."""
    unanswered: bool = False
    """An ended utterance is not recorded yet: what is said next still belongs to it."""
    waiting: bool = False
    owed: bool = False

    @property
    def shown(self) -> State:
        """What the candidate is told that the interviewer does."""
        if self.floor is Floor.AUDIBLE:
            return "speaking"
        if self.floor is Floor.THINKING:
            return "thinking"
        if self.talking:
            return "hearing"
        return "waiting" if self.waiting else "listening"


def acts(situation: Situation, happening: Happening) -> Iterator[Act]:
    """What is to be done, in order, when ``happening`` meets ``situation``."""
    match happening:
        case Happening.STARTED:
            yield Act.WAIT_NO_MORE
            yield from _silence(situation)
        case Happening.PAUSED:
            yield from _draft_anew(situation)
        case Happening.RESUMED:
            yield from _without_draft(situation)
        case Happening.ENDED:
            if not situation.drafting:
                yield Act.DRAFT
            yield from _free(situation)
            yield Act.GIVE
        case Happening.TYPED:
            yield Act.WAIT_NO_MORE
            yield from _silence(situation)
            yield Act.FORGET
            yield Act.TAKE
        case Happening.TAKES_TIME:
            yield from _without_draft(situation)
            if situation.floor is Floor.THINKING and situation.answering:
                yield Act.CLEAR
            if situation.talking:
                yield Act.SUSPEND
            yield Act.WAIT
        case Happening.INTERRUPTS:
            if situation.floor is Floor.AUDIBLE:
                yield Act.CLEAR
        case Happening.CONCLUDED:
            yield Act.WAIT_NO_MORE
            yield from _silence(situation)
            if situation.talking or situation.unanswered:
                yield from (Act.CLOSE, Act.DRAFT, Act.GIVE)
            else:
                yield Act.SAY
        case Happening.OWED | Happening.TURN_OVER:
            quiet = situation.floor is Floor.FREE and not situation.talking
            if situation.owed and quiet and not situation.waiting:
                yield Act.SAY


def _silence(situation: Situation) -> Iterator[Act]:
    yield from _without_draft(situation)
    yield from _free(situation)


def _without_draft(situation: Situation) -> Iterator[Act]:
    if situation.drafting:
        yield Act.DISCARD


def _draft_anew(situation: Situation) -> Iterator[Act]:
    yield from _without_draft(situation)
    yield Act.DRAFT


def _free(situation: Situation) -> Iterator[Act]:
    if situation.floor is not Floor.FREE:
        yield Act.CLEAR
