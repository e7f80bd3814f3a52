import asyncio
from dataclasses import replace
from typing import Any

from interviews.conversation.interviewer import Interviewer
from interviews.conversation.moves import Move, MoveKind
from interviews.conversation.phrasing import Brief, objection
from interviews.conversation.wording import addressed
from interviews.tests.snapshots import snapshot
from voice.adapters.scripted import ScriptedModel
from voice.agent import Answer, Reply, Speech
from voice.sentences import split


def words(reply: Reply) -> str:
    async def collect() -> list[str]:
        return [clause async for clause in reply.clauses]

    return " ".join(asyncio.run(collect()))


def answer(text: str, utterance: str = "u1", language: str = "en") -> Answer:
    return Answer(utterance, text, language, "voice", 0.9, 0.0, 1.0)


class Conversation:
    """An interviewer whose every reply is heard to its end."""

    def __init__(self, language: str = "en", model: ScriptedModel | None = None, **parts: Any):
        self.seconds = 0.0
        self.count = 0
        self.interviewer = Interviewer(
            snapshot(**parts),
            model=model,
            candidate="Mina",
            language=language,
            clock=lambda: self.seconds,
        )

    def hears(self, reply: Reply) -> str:
        text = words(reply)
        speech = Speech(f"s{self.count}", reply.language, self.seconds, purpose=reply.purpose)
        speech.said = speech.heard = text
        self.interviewer.spoke(speech)
        return text

    def opens(self) -> str:
        return self.hears(self.interviewer.opening())

    def says(self, text: str, language: str = "en") -> str:
        self.count += 1
        given = answer(text, f"u{self.count}", language)
        reply = self.interviewer.reply(given)
        self.interviewer.heard(given)
        self.seconds += 20
        return self.hears(reply)


def test_it_greets_by_name_and_asks() -> None:
    assert Conversation().opens() == "Hello Mina, I am Sora. What about opening?"


def test_it_speaks_korean() -> None:
    talk = Conversation("ko")
    assert "미나" not in talk.opens()
    reply = talk.says("안녕하세요. 저는 백엔드 개발자입니다.", "ko")
    assert reply.endswith("first에 대해 말씀해 주시겠어요?")


def test_auto_follows_the_candidates_language() -> None:
    talk = Conversation("auto")
    assert talk.opens().startswith("Hello")
    assert "말씀해" in talk.says("저는 한국어로 답하겠습니다.", "ko")
    assert "What about second?" in talk.says("I wrote it, ten percent faster.", "en")


def test_auto_begins_in_the_language_that_the_client_asks_for() -> None:
    for asked, greeting in (("ko", "지원자님, 안녕하세요."), ("en", "Hello"), ("fr", "Hello")):
        interviewer = Interviewer(
            snapshot(),
            model=None,
            candidate="Mina",
            language="auto",
            first_language=asked,
            clock=lambda: 0.0,
        )
        assert words(interviewer.opening()).startswith(greeting)


def test_a_whole_interview_to_its_goodbye() -> None:
    talk = Conversation()
    talk.opens()
    good = "I built it and it got forty percent faster."
    said = [talk.says(good) for _ in range(4)]
    assert [text.rsplit(". ", 1)[-1] for text in said[:3]] == [
        "What about first?",
        "What about second?",
        "What about closing?",
    ]
    assert said[3] == "Thank you. Goodbye."


def test_it_probes_in_the_guides_words_without_a_model() -> None:
    talk = Conversation()
    talk.opens()
    talk.says("I like to work.")
    assert talk.says("I built the whole thing.").endswith("What was the result?")


def test_a_models_follow_up_is_spoken_when_it_is_good() -> None:
    model = ScriptedModel("You mentioned the thing you built; what result did it have?")
    talk = Conversation(model=model)
    talk.opens()
    talk.says("I like to work.")
    assert "You mentioned the thing you built" in talk.says("I built the whole thing.")


def test_a_models_bad_follow_up_is_replaced() -> None:
    for text in (
        "As an AI language model I cannot.",
        "How old are you and what result did the thing have?",
        "What result? And what thing?",
        "결과가 어땠나요?",
    ):
        talk = Conversation(model=ScriptedModel(text))
        talk.opens()
        talk.says("I like to work.")
        assert talk.says("I built the whole thing.").endswith("What was the result?")


def test_a_failing_or_slow_model_costs_nothing_but_its_words(monkeypatch: Any) -> None:
    monkeypatch.setattr("interviews.conversation.follow_up.TIMEOUT", 0.05)
    for model in (ScriptedModel(fails=True), ScriptedModel(first_token=60)):
        talk = Conversation(model=model)
        talk.opens()
        talk.says("I like to work.")
        assert talk.says("I built the whole thing.").endswith("What was the result?")
        assert model.open_streams == 0


def test_the_models_context_is_bounded_and_holds_what_was_heard() -> None:
    model = ScriptedModel()
    talk = Conversation(model=model, duration_seconds=6000)
    talk.opens()
    for number in range(3):
        talk.says(f"I like number {number}.")
    context = model.contexts[-1]
    assert len(context) <= 12
    assert context[0].role == "system"
    assert "Sora" in context[0].text


def test_a_reply_to_a_draft_changes_nothing() -> None:
    talk = Conversation()
    talk.opens()
    before = talk.interviewer.progress.to_json()
    for _ in range(3):
        words(talk.interviewer.reply(answer("I like to")))
    assert talk.interviewer.progress.to_json() == before


def test_a_question_that_was_cut_short_is_asked_again() -> None:
    talk = Conversation()
    talk.opens()
    given = answer("I like to work.")
    reply = talk.interviewer.reply(given)
    talk.interviewer.heard(given)
    speech = Speech("s", "en", 0.0, purpose=reply.purpose, interrupted=True)
    speech.said, speech.heard = words(reply), "Thank"
    talk.interviewer.spoke(speech)
    assert talk.says("Sorry, go on please with it").endswith("What about first?")


def test_requests_that_are_no_answers() -> None:
    talk = Conversation()
    talk.opens()
    talk.says("I like to work.")
    assert talk.says("Could you repeat that?") == "Of course. What about first?"
    assert talk.says("Give me a moment please.") == "Of course, take your time."
    assert talk.says("I'd like to hear the question again.") == "Of course. What about first?"
    assert talk.says("Let's move on.") == "That's all right. What about second?"


def test_the_end_is_the_candidates_to_call() -> None:
    talk = Conversation()
    talk.opens()
    talk.interviewer.ending = "candidate"
    reply = talk.interviewer.reply(answer("One last thing."))
    assert reply.ends == "candidate"
    assert words(reply) == "Thank you. Goodbye."


def test_while_a_reply_is_heard_it_prepares_what_it_will_say_next() -> None:
    talk = Conversation()
    talk.opens()
    given = answer("I like to work.", "u0")
    reply = talk.interviewer.reply(given)
    talk.interviewer.heard(given)
    prepared = [line.text for line in talk.interviewer.upcoming(reply)]
    assert "What about second?" in prepared
    assert "What was the result?" in prepared
    talk.hears(reply)
    assert set(split(talk.says("I wrote it."))) <= set(prepared)


def test_after_a_lost_connection_it_owes_a_reply_or_repeats_or_listens() -> None:
    talk = Conversation()
    talk.opens()
    interviewer = talk.interviewer
    owed = interviewer.resumption(answer("I like to work."), repeats=False)
    assert owed is not None
    assert words(owed).endswith("What about first?")
    again = interviewer.resumption(None, repeats=True)
    assert again is not None
    assert words(again).startswith("Welcome back.")
    assert interviewer.resumption(None, repeats=False) is None


def test_names_are_text_and_not_templates() -> None:
    interviewer = Interviewer(
        snapshot(), model=None, candidate="{role.__class__}", language="en", clock=lambda: 0.0
    )
    assert words(interviewer.opening()).startswith("Hello {role.__class__}, I am Sora.")


def test_an_interrupted_greeting_is_not_spoken_twice() -> None:
    talk = Conversation()
    speech = Speech("s", "en", 0.0, purpose=Move(MoveKind.GREET, "opening"), interrupted=True)
    speech.said, speech.heard = "Hello Mina, I am Sora. What about opening?", "Hello"
    talk.interviewer.spoke(speech)
    assert talk.says("Hi, I am here and ready.").endswith("What about opening?")


def test_people_are_addressed_in_a_way_that_can_be_read_out() -> None:
    assert addressed("Mina Kim", "en") == "Mina Kim"
    assert addressed("김미나", "ko") == "김미나"
    assert addressed("김미나", "en") == "there"
    assert addressed("Mina Kim", "ko") == "지원자"


def test_a_personas_forbidden_topic_is_never_phrased() -> None:
    good = "You mentioned the thing you built; what result did it have?"
    brief = Brief("en", answer="I built a thing", aim="What was the result?")
    assert not objection(good, brief)
    assert objection(good, replace(brief, forbidden=["the thing"])) == "forbidden topic"


def test_what_was_cut_for_nothing_goes_on_where_it_was_cut() -> None:
    talk = Conversation()
    speech = Speech("s", "en", 0.0, purpose=Move(MoveKind.GREET, "opening"), interrupted=True)
    speech.said, speech.heard = "Hello Mina, I am Sora. What about opening?", "Hello Mina, I"
    rest = talk.interviewer.again(speech)
    assert rest is not None
    assert words(rest) == "Hello Mina, I am Sora. What about opening?"
    speech.heard = "Hello Mina, I am Sora. What"
    rest = talk.interviewer.again(speech)
    assert rest is not None
    assert words(rest) == "What about opening?"
    speech.purpose, speech.heard = Move(MoveKind.PROBE, "first", 0), "You mentioned a cache."
    rest = talk.interviewer.again(speech)
    assert rest is not None
    assert words(rest) == "What was the result?"


def test_a_case_is_waited_for_longer_than_a_fact_and_a_follow_up_is_shorter() -> None:
    guide = snapshot()["guide"]
    guide["questions"][0] |= {"expects": "fact", "answer_seconds": 10}
    guide["questions"][1] |= {"expects": "case", "answer_seconds": 80}
    talk = Conversation(guide=guide)
    talk.opens()
    fact = talk.interviewer.expected
    talk.says("I am an engineer.")
    case = talk.interviewer.expected
    assert (fact.seconds, case.seconds) == (10, 80)
    assert fact.patience < 1 < case.patience
    assert talk.says("I built it.").startswith("Thank") or talk.interviewer.progress.probes
    assert talk.interviewer.expected.seconds == 40
