from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.turn_taking import Act, Floor, Happening, Situation, acts


def after(situation: Situation, act: Act) -> Situation:
    """What each act makes of a situation, as the call performs it."""
    match act:
        case Act.DRAFT:
            assert not situation.drafting, "a draft is begun while there is one"
            return replace(situation, drafting=True)
        case Act.DISCARD:
            assert situation.drafting
            return replace(situation, drafting=False)
        case Act.GIVE:
            assert situation.drafting, "the floor is given to no draft"
            assert situation.floor is Floor.FREE, "two have the floor"
            return replace(
                situation,
                drafting=False,
                floor=Floor.THINKING,
                answering=True,
                unanswered=True,
                talking=False,
            )
        case Act.CLEAR:
            assert situation.floor is not Floor.FREE
            return replace(situation, floor=Floor.FREE, answering=False)
        case Act.CLOSE:
            return replace(situation, talking=False)
        case Act.SUSPEND:
            return replace(situation, talking=False, unanswered=True)
        case Act.FORGET:
            return replace(situation, talking=False, unanswered=False)
        case Act.TAKE:
            assert situation.floor is Floor.FREE, "two have the floor"
            return replace(situation, floor=Floor.THINKING, answering=True)
        case Act.SAY:
            assert situation.floor is Floor.FREE, "two have the floor"
            assert situation.owed
            return replace(situation, floor=Floor.THINKING, answering=False, owed=False)
        case Act.WAIT:
            return replace(situation, waiting=True)
        case Act.WAIT_NO_MORE:
            return replace(situation, waiting=False)


def happen(situation: Situation, happening: Happening) -> Situation:
    """What comes of a happening: first what it is itself, then what is done about it."""
    if happening is Happening.ENDED:
        situation = replace(situation, talking=False)
    if happening is Happening.STARTED:
        situation = replace(situation, talking=True)
    if happening in (Happening.OWED, Happening.CONCLUDED):
        situation = replace(situation, owed=True)
    for act in acts(situation, happening):
        situation = after(situation, act)
    return situation


POSSIBLE = [
    situation
    for floor in Floor
    for talking, drafting, answering, unanswered, waiting, owed in product((False, True), repeat=6)
    if not (floor is Floor.FREE and answering)
    and not (drafting and not talking)
    and not (talking and floor is not Floor.FREE)
    for situation in [Situation(floor, talking, drafting, answering, unanswered, waiting, owed)]
]


def can_happen(situation: Situation, happening: Happening) -> bool:
    match happening:
        case Happening.STARTED:
            return not situation.talking
        case Happening.PAUSED:
            return situation.talking and not situation.drafting
        case Happening.RESUMED | Happening.ENDED:
            return situation.talking
    return True


@pytest.mark.parametrize("happening", Happening)
def test_whatever_happens_is_possible_to_do_in_every_situation(happening: Happening) -> None:
    for situation in POSSIBLE:
        if can_happen(situation, happening):
            assert happen(situation, happening) in POSSIBLE


def test_who_speaks_or_types_is_never_spoken_over() -> None:
    for situation in POSSIBLE:
        for happening in (Happening.STARTED, Happening.TYPED):
            if can_happen(situation, happening):
                assert happen(situation, happening).floor is not Floor.AUDIBLE


def test_time_to_think_is_never_broken_by_something_that_is_owed() -> None:
    for situation in POSSIBLE:
        thinking = happen(situation, Happening.TAKES_TIME)
        for happening in (Happening.OWED, Happening.TURN_OVER, Happening.INTERRUPTS):
            assert Act.SAY not in acts(replace(thinking, owed=True), happening)


def test_half_an_answer_is_kept_while_its_speaker_thinks() -> None:
    talking = Situation(talking=True, drafting=True)
    thinking = happen(talking, Happening.TAKES_TIME)
    assert (thinking.talking, thinking.drafting, thinking.unanswered) == (False, False, True)
    assert thinking.shown == "waiting"


def test_a_greeting_that_is_being_prepared_is_not_lost_to_the_wish_for_time() -> None:
    preparing = Situation(floor=Floor.THINKING, answering=False)
    assert happen(preparing, Happening.TAKES_TIME).floor is Floor.THINKING


def test_the_end_answers_what_is_open_and_otherwise_says_goodbye() -> None:
    for situation in POSSIBLE:
        concluded = happen(situation, Happening.CONCLUDED)
        assert concluded.floor is Floor.THINKING
        assert concluded.answering == (situation.talking or situation.unanswered)


@given(st.lists(st.sampled_from(Happening), max_size=200), st.data())
def test_on_every_path_there_is_one_speaker(path: list[Happening], data: st.DataObject) -> None:
    situation = Situation()
    for happening in path:
        if not can_happen(situation, happening):
            continue
        situation = happen(situation, happening)
        assert situation in POSSIBLE
        # Between two happenings a turn may become audible, be over, or have its answer recorded.
        if situation.floor is not Floor.FREE:
            floor = data.draw(st.sampled_from(Floor))
            free = floor is Floor.FREE
            answering = situation.answering and not free
            situation = replace(situation, floor=floor, answering=answering)
            if free or floor is Floor.AUDIBLE:
                situation = replace(situation, unanswered=False)
