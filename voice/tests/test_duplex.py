"""A whole call on a speech-to-speech engine behind its provider's wire format."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from voice.adapters.gemini_live import GeminiLive
from voice.adapters.openai_realtime import OpenAIRealtime
from voice.adapters.scripted import (
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedTurnModel,
    scripted_engines,
)
from voice.agent import Answer, Reply, Speech
from voice.directed import takes_up
from voice.duplex import LEAST, MOST, DuplexCall
from voice.endpointing import Patience
from voice.engines import Brief, Message
from voice.events import (
    CallEnded,
    CandidateWords,
    Event,
    InterviewerWords,
    MouthShapes,
    Noticed,
    SoundEnded,
    SoundStarted,
    StateChanged,
)
from voice.sessions import state
from voice.tests.cast import MemoryRecord, Scene, ScriptedAgent, clauses
from voice.tests.wire import tls
from voice.tests.wire.fault import Fault
from voice.tests.wire.gemini_live import Gemini
from voice.tests.wire.openai_realtime import Realtime
from voice.tests.wire.server import serve

pytestmark = pytest.mark.virtual_time

QUESTION = "What broke first, and how did you notice?"
CLOSE_BEHIND = Patience(pause=0.16, finished=0.25, unsure=0.5, unfinished=0.9)


class DirectingAgent(ScriptedAgent):
    """Tells a speech-to-speech engine what to say, and knows it in its own words."""

    own: str = f"Thank you. {QUESTION}"

    def reply(self, answer: Answer) -> Reply:
        directive = f"Thank them, then ask: «{QUESTION}»"
        return Reply(clauses(self.own), "en", purpose="ask", directive=directive, aim=QUESTION)

    def again(self, speech: Speech) -> Reply | None:
        rest = QUESTION.removeprefix(speech.heard) if speech.heard in QUESTION else QUESTION
        return Reply(clauses(rest.strip()), "en", purpose=speech.purpose)


class ListeningAgent(ScriptedAgent):
    """Replies to what the engine has heard; the words tell no more than which question is asked."""

    def reply(self, answer: Answer) -> Reply:
        question = "Why?" if "cache" in answer.text else QUESTION
        return Reply(
            clauses(f"{question} It said: {answer.text}"), "en", purpose=answer.text,
            directive=f"Ask: «{question}»", by_ear=True,
        )  # fmt: skip


class Stage:
    def __init__(self, certificate: Path) -> None:
        self.tls = tls.context(certificate)
        self.finished = 1.0
        """What the turn model says of every pause."""
        self.patience: Patience | None = None

    @asynccontextmanager
    async def scene(
        self, provider: Any, *, agent: ScriptedAgent | None = None, **options: Any
    ) -> AsyncGenerator[Scene]:
        """A running call with a session, hung up at the end."""
        secured = isinstance(provider, Gemini)
        loop = asyncio.get_running_loop()
        log: list[tuple[float, Event]] = []

        async def deliver(event: Event) -> None:
            log.append((loop.time(), event))

        async with serve(provider, tls=self.tls if secured else None) as wire:
            make: Any = GeminiLive if secured else OpenAIRealtime
            engine = self.engine = make(base_url=wire.url, **options)
            self.standby = ScriptedSynthesizer(seconds_per_letter=0.02)
            self.recognizer = ScriptedRecognizer(last="What the cascade heard.")
            cascade = scripted_engines(
                synthesizer=self.standby,
                recognizer=self.recognizer,
                turn_model=ScriptedTurnModel([self.finished]),
            )
            engines = cascade.__class__(
                cascade.detector,
                cascade.turn_model,
                cascade.recognizer,
                cascade.model,
                cascade.synthesizers,
                speech=engine,
            )
            agent, record = agent or DirectingAgent(), MemoryRecord()
            call = DuplexCall(
                engines,
                agent,
                record,
                deliver,
                clock=loop.time,
                brief=lambda: Brief("You are an interviewer."),
                history=[Message("interviewer", "Welcome.")],
                patience=self.patience,
            )
            async with asyncio.TaskGroup() as group:
                group.create_task(call.run())
                await asyncio.sleep(0)
                yield Scene(call, agent, record, log)
                call.hang_up()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tls.certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def stage(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("GEMINI_API_KEY", "any")
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    yield Stage(certificate)


@pytest.fixture(params=[Realtime, Gemini], ids=["openai", "gemini"])
def provider(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    made.model.letter = 0.02
    return made


async def until(s: Scene, what: Callable[[], Any], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await s.silence(0.1)


def _after(s: Scene, turns: int) -> bool:
    return len(s.turns) == turns


def said(s: Scene) -> str:
    return " ".join("".join(words.text for words in s.events(InterviewerWords)).split())


async def test_a_native_call_looks_like_any_other(stage: Stage, provider: Any) -> None:
    async with stage.scene(provider) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert s.finals == ["I wrote the cache."]
    assert said(s) == QUESTION == s.turns[0].interviewer_text
    assert s.record.rows[0] == ("candidate", "I wrote the cache.")
    assert [row[0] for row in s.record.rows[1:]] == ["interviewer begins", "interviewer"]
    final = next(at for at, e in s.log if isinstance(e, CandidateWords) and e.is_final)
    assert final <= s.time_of(SoundStarted)
    shapes = [v for event in s.events(MouthShapes) for v in event.visemes]
    assert {shape.shape for shape in shapes} > {"O", "FF", "DD"}
    [ended] = s.events(SoundEnded)
    assert ended.duration == pytest.approx(len(QUESTION) * 0.02, rel=0.2)
    assert max(shape.end for shape in shapes) <= ended.duration + 0.05
    states = [event.value for event in s.events(StateChanged)]
    assert states == ["listening", "hearing", "thinking", "speaking", "listening"]
    latency = s.turns[0].latency
    assert latency.total is not None and latency.llm_first_token is not None
    assert (stage.standby.spoken, stage.recognizer.requests) == ([], [])
    assert not s.events(Noticed)


async def test_only_what_was_heard_counts(stage: Stage, provider: Any) -> None:
    provider.model.letter = 0.06
    async with stage.scene(provider) as s:
        await s.speak(1.2)
        await until(s, lambda: s.events(SoundStarted))
        utterance = s.events(SoundStarted)[0].utterance
        await s.silence(0.8)
        s.call.played(utterance, 0.7, done=False)
        await s.speak(1.2)
        await until(s, lambda: len(s.finals) == 2)
        await until(s, lambda: len(provider.model.directives) == 2)
        await until(s, lambda: len(s.events(SoundStarted)) == 2)
    [cleared] = s.cleared
    assert QUESTION.startswith(cleared.heard_text) and 0 < len(cleared.heard_text) < 25
    if isinstance(provider, Realtime):
        event = provider.of("conversation.item.truncate")[0]
        assert event["audio_end_ms"] == pytest.approx(700, abs=10)
    else:
        assert f"only this was heard: «{cleared.heard_text}»" in provider.model.directives[1]


async def test_a_draft_that_nobody_hears_is_never_said(stage: Stage, provider: Any) -> None:
    async with stage.scene(provider) as s:
        await s.speak(1.2)
        await s.silence(0.4)
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert len(s.finals) == 1
    assert len(provider.model.directives) == 2
    assert said(s) == QUESTION
    if isinstance(provider, Realtime):
        kept = list(provider.sessions[0].items.values())
        assert kept.count("assistant") == 2  # The welcome that it was told, and the question.


async def test_a_pause_in_the_middle_of_a_thought_costs_no_draft(
    stage: Stage, provider: Any
) -> None:
    stage.finished = 0.0
    provider.model.hears = ["I wrote the cache because"]
    async with stage.scene(provider) as s:
        for _ in range(5):
            await s.speak(1.2)
            await s.silence(0.8)
        assert provider.model.directives == []
        await until(s, lambda: s.turns)
    assert len(provider.model.directives) == 1
    assert len(s.finals) == 1


async def test_an_answer_has_few_drafts_however_often_it_seems_to_be_over(
    stage: Stage, provider: Any
) -> None:
    async with stage.scene(provider) as s:
        for _ in range(MOST + 4):
            await s.speak(1.2)
            await s.silence(0.45)
        await until(s, lambda: s.turns)
    assert 2 < len(provider.model.directives) <= MOST + 1
    assert len(s.finals) == 1
    assert said(s) == QUESTION


async def test_a_draft_is_asked_for_in_time(stage: Stage, provider: Any) -> None:
    """What the engine takes to its first sound lies behind the silence that ends the turn."""
    provider.speaks_after = 0.4
    async with stage.scene(provider) as s:
        for turn in range(1, 4):
            await s.speak(2.5)
            await until(s, partial(_after, s, turn))
    for each in s.turns:
        latency = each.latency
        assert latency.endpoint and latency.total and latency.stt is not None
        path = Patience().pause + latency.stt + provider.speaks_after
        assert latency.total <= max(latency.endpoint, path) + 0.06
    assert len(provider.model.directives) == 3


async def test_unasked_words_and_the_goodbye_come_from_the_session(
    stage: Stage, provider: Any
) -> None:
    async with stage.scene(provider) as s:
        goodbye = "Thank you for your time. Goodbye."
        s.call.say(Reply(clauses(goodbye), "en", ends="finished", directive=f"Say «{goodbye}»"))
        await until(s, lambda: s.events(CallEnded))
    assert s.events(CallEnded)[0].reason == "finished"
    assert said(s) == goodbye
    assert stage.standby.spoken == []


async def test_a_question_that_the_engine_leaves_out_is_asked_all_the_same(
    stage: Stage, provider: Any
) -> None:
    def disobey(directive: str) -> str:
        return QUESTION if directive.startswith("Say exactly") else "The weather is fine today."

    provider.model.says = disobey
    async with stage.scene(provider) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert said(s) == f"The weather is fine today. {QUESTION}"


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.BROKEN])
async def test_without_a_session_the_cascade_serves(
    stage: Stage, provider: Any, fault: Fault
) -> None:
    provider.fault = fault
    async with stage.scene(provider) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
        await s.speak(1.2)
        await until(s, lambda: len(s.turns) == 2)
    assert s.finals == ["What the cascade heard."] * 2
    assert s.turns[0].interviewer_text == DirectingAgent.own
    why = {Fault.UNAUTHORISED: "unauthorised", Fault.BROKEN: "unavailable"}
    assert state(stage.engine) == why[fault]
    assert [notice.code for notice in s.events(Noticed)] == ["engine_switched"]


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.STALLED])
async def test_an_engine_that_dies_in_mid_sentence_is_gone_on_for(
    stage: Stage, provider: Any, fault: Fault
) -> None:
    provider.fault = fault
    async with stage.scene(provider, piece_timeout=0.4) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
        await s.speak(1.2)
        await until(s, lambda: len(s.turns) == 2)
    assert len(s.finals) == 2
    for turn in s.turns:
        assert turn.interviewer_text in (QUESTION, DirectingAgent.own)
    assert s.turns[0].interviewer_text == QUESTION
    assert len(stage.standby.spoken[0]) < len(QUESTION)
    assert [notice.code for notice in s.events(Noticed)] == ["engine_switched"]


async def test_words_that_the_session_does_not_write_down_are_read(
    stage: Stage, provider: Any
) -> None:
    if isinstance(provider, Realtime):
        provider.transcription_fails = True
    else:
        provider.writes_down = False
    async with stage.scene(provider, words_timeout=0.3) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert s.finals == ["What the cascade heard."]
    assert said(s) == QUESTION
    assert stage.standby.spoken == []


async def test_a_noise_is_no_answer(stage: Stage, provider: Any) -> None:
    """However many there are, the next answer is understood by the session."""
    async with stage.scene(provider) as s:
        provider.model.finds_words = False
        for _ in range(3):
            await s.speak(0.16)
            await s.silence(3.0)
        provider.model.finds_words = True
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert [event.value for event in s.events(StateChanged)].count("hearing") == 4
    assert s.finals == ["I wrote the cache."]
    assert said(s) == QUESTION
    assert len(provider.model.directives) == 1
    assert (stage.standby.spoken, stage.recognizer.requests) == ([], [])
    assert "engine_switched" not in [notice.code for notice in s.events(Noticed)]


async def test_speech_without_words_is_read_and_a_noise_is_not(stage: Stage) -> None:
    """Gemini says nothing of either; the other provider says that there were no words."""
    gemini = Gemini()
    gemini.model.finds_words, gemini.model.letter = False, 0.02
    async with stage.scene(gemini) as s:
        await s.speak(0.16)
        await s.silence(3.0)
        assert stage.recognizer.requests == []
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert s.finals == ["What the cascade heard."]


async def test_what_is_replied_by_ear_does_not_wait_for_the_words(stage: Stage) -> None:
    stage.patience = CLOSE_BEHIND
    gemini = Gemini()
    gemini.model.hears, gemini.model.letter = ["It was the database."], 0.02
    gemini.speaks_after, gemini.hesitates = 0.6, 1.15
    agent = ListeningAgent()
    async with stage.scene(gemini, agent=agent) as s:
        await s.speak(1.2)
        ended = asyncio.get_running_loop().time()
        await until(s, lambda: s.turns)
    path = LEAST + gemini.speaks_after
    assert s.time_of(SoundStarted) - ended < path + 0.06
    assert len(gemini.model.directives) == 1
    assert s.finals == [agent.speeches[0].purpose] == ["It was the database."]
    assert said(s) == QUESTION
    final = next(at for at, e in s.log if isinstance(e, CandidateWords) and e.is_final)
    assert final <= s.time_of(SoundStarted)


async def test_words_that_ask_for_another_reply_get_it(stage: Stage) -> None:
    stage.patience = CLOSE_BEHIND
    gemini = Gemini()
    gemini.model.hears, gemini.model.letter, gemini.hesitates = ["I wrote the cache."], 0.02, 1.15
    async with stage.scene(gemini, agent=ListeningAgent()) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert [each.split()[-1] for each in gemini.model.directives] == ["notice?»", "«Why?»"]
    assert said(s) == "Why?"
    assert s.finals == ["I wrote the cache."]


async def test_what_was_begun_by_ear_is_dropped_when_more_is_said(
    stage: Stage, provider: Any
) -> None:
    stage.patience, stage.finished = CLOSE_BEHIND, 0.0
    provider.model.hears = ["It was the database."]
    provider.go_on.clear()
    async with stage.scene(provider, agent=ListeningAgent()) as s:
        await s.speak(1.2)
        await s.silence(0.45)
        await s.speak(1.2)
        assert provider.stopped.is_set()
        provider.go_on.set()
        await until(s, lambda: s.turns)
    assert len(provider.model.directives) == 2
    assert said(s) == QUESTION
    assert len(s.finals) == 1


async def test_an_engine_that_fails_by_ear_is_spoken_for_with_all_the_words(stage: Stage) -> None:
    stage.patience = CLOSE_BEHIND
    gemini = Gemini(Fault.EMPTY)
    gemini.model.hears, gemini.hesitates = ["It was the database."], 1.15
    async with stage.scene(gemini, agent=ListeningAgent()) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
    assert said(s) == f"{QUESTION} It said: It was the database."


async def test_a_new_session_takes_over_before_the_old_one_ends(
    stage: Stage, provider: Any
) -> None:
    """The candidate notices nothing: no word is lost, no other voice speaks."""
    provider.model.hears = ["One.", "Two.", "Three.", "Four."]
    async with stage.scene(provider, session_seconds=2.0) as s:
        for turn in range(1, 4):
            await s.speak(1.0)
            await until(s, partial(_after, s, turn))
    assert s.finals == ["One.", "Two.", "Three."]
    assert [turn.interviewer_text for turn in s.turns] == [QUESTION] * 3
    assert (stage.standby.spoken, stage.recognizer.requests) == ([], [])
    assert len(provider.sessions) >= 2
    assert all(session.closed.is_set() for session in provider.sessions)
    later = provider.sessions[1:]
    if isinstance(provider, Realtime):
        assert all(list(each.items.values())[:2] == ["assistant", "user"] for each in later)
    else:
        assert any(each.resumed_from for each in later)


async def test_a_provider_that_ends_a_session_is_left_before(stage: Stage) -> None:
    gemini = Gemini()
    gemini.model.letter, gemini.goes_away_after, gemini.time_left = 0.02, 1.0, 8.0
    async with stage.scene(gemini) as s:
        for turn in range(1, 4):
            await s.speak(1.0)
            await until(s, partial(_after, s, turn))
    assert len(s.turns) == 3
    assert stage.standby.spoken == []
    assert len(gemini.sessions) >= 2


async def test_the_provider_may_judge_the_turns(stage: Stage) -> None:
    realtime = Realtime()
    realtime.model.letter = 0.02
    detection = {"silence_duration_ms": 400}
    async with stage.scene(realtime, turns="server_vad", turn_detection=detection) as s:
        await s.speak(1.2)
        await until(s, lambda: s.turns)
        await s.speak(1.2)
        await until(s, lambda: len(s.turns) == 2)
    assert s.finals == ["I wrote the cache."] * 2
    assert not realtime.of("input_audio_buffer.commit")
    assert stage.recognizer.requests == []


def test_a_question_is_taken_up_by_its_words() -> None:
    asked = "How did you find the slow query?"
    assert takes_up("You fixed it. How did you find these slow queries?", asked)
    assert not takes_up("I think you would like it here.", asked)
    assert takes_up("그렇군요. 느린 쿼리는 어떻게 찾으셨어요?", "느린 쿼리를 어떻게 찾았나요?")
    assert not takes_up("좋은 답변입니다.", "느린 쿼리를 어떻게 찾았나요?")
