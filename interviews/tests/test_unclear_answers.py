"""An answer that did not reach us well is asked for again, kindly, and once."""

from dataclasses import replace

import pytest

from interviews.tests.test_interviewer import Conversation, answer
from voice.agent import Answer

OFFER = "did not reach me clearly"
LONG = "Last year I rewrote the importer together with two colleagues from another team."


def says(conversation: Conversation, given: Answer) -> str:
    reply = conversation.interviewer.reply(given)
    conversation.interviewer.heard(given)
    return conversation.hears(reply)


@pytest.fixture
def talk() -> Conversation:
    made = Conversation()
    made.opens()
    return made


def test_what_was_hardly_understood_is_asked_for_again_once(talk: Conversation) -> None:
    doubtful = replace(answer(LONG), confidence=0.2)
    assert OFFER in says(talk, doubtful)
    assert talk.interviewer.progress.current == "opening"
    assert OFFER not in says(talk, replace(doubtful, utterance="u2"))


def test_the_next_question_may_be_offered_again_too(talk: Conversation) -> None:
    doubtful = replace(answer(LONG), confidence=0.2)
    says(talk, doubtful)
    assert "What about first?" in says(talk, answer(LONG, "u2"))
    assert OFFER in says(talk, replace(doubtful, utterance="u3"))


def test_an_echo_and_another_language_are_asked_for_again(talk: Conversation) -> None:
    assert OFFER in says(talk, answer("Hello Mina I am Sora What about opening"))
    korean = Conversation("ko")
    korean.opens()
    assert "또렷하게 들리지 않았습니다" in says(korean, answer(LONG, language="ko"))


def test_lost_sound_is_asked_for_again_and_noted_with_its_answer_only(talk: Conversation) -> None:
    talk.interviewer.progress.sound_lost = True
    assert OFFER in says(talk, answer(LONG))
    assert talk.interviewer.lacks_sound("u1")
    says(talk, answer(LONG, "u2"))
    assert not talk.interviewer.lacks_sound("u2")


def test_typed_words_short_answers_and_requests_are_not_asked_for_again(
    talk: Conversation,
) -> None:
    assert OFFER not in says(talk, replace(answer(LONG), source="typed", confidence=None))
    assert OFFER not in says(talk, answer("Yes, I did.", "u2"))
    unsure = replace(answer("Could you repeat that?", "u3"), confidence=0.1)
    assert OFFER not in says(talk, unsure)


def test_at_the_end_of_the_time_nothing_is_asked_for_again(talk: Conversation) -> None:
    talk.seconds = 550
    assert OFFER not in says(talk, replace(answer(LONG), confidence=0.2))
