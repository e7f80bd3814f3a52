"""What every speech-to-speech engine must do, against a server that speaks its wire format."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from voice.adapters.gemini_live import GeminiLive
from voice.adapters.openai_realtime import OpenAIRealtime
from voice.engines import Brief, Message, SpeechSession, SpeechToSpeech
from voice.errors import EngineError
from voice.tests.conformance.stands import KEY, SHORT, check_error, frees
from voice.tests.wire import tls
from voice.tests.wire.fault import SECRET, Fault
from voice.tests.wire.gemini_live import Gemini
from voice.tests.wire.openai_realtime import Realtime
from voice.tests.wire.server import serve

pytestmark = pytest.mark.virtual_time

LOUD = (b"\x00\x10" * 40 + b"\x00\xf0" * 40) * 200
"""One second of microphone."""
ASK = "Ask: «What broke first?»"


@dataclass(frozen=True)
class Stand:
    provider: Any
    engine: Any

    @asynccontextmanager
    async def open(
        self, fault: Fault | None = None, **options: Any
    ) -> AsyncGenerator[tuple[SpeechToSpeech, Any]]:
        provider = self.provider(fault)
        secured = self.provider is Gemini
        async with serve(provider, tls=_tls if secured else None) as wire:
            engine = self.engine(base_url=wire.url, **options)
            try:
                yield engine, provider
            finally:
                await engine.close()


_tls: ssl.SSLContext | None = None


@pytest.fixture(autouse=True, scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Any:
    global _tls
    path = tls.certificate(tmp_path_factory.mktemp("tls"))
    _tls = tls.context(path)
    patch = pytest.MonkeyPatch()
    patch.setenv("SSL_CERT_FILE", str(path))
    patch.setenv("GEMINI_API_KEY", KEY)
    yield
    patch.undo()


ENGINES = {Realtime: OpenAIRealtime, Gemini: GeminiLive}


@pytest.fixture(params=ENGINES.items(), ids=["openai", "gemini"])
def stand(request: pytest.FixtureRequest) -> Stand:
    return Stand(*request.param)


@asynccontextmanager
async def session_of(engine: SpeechToSpeech, **brief: Any) -> AsyncGenerator[SpeechSession]:
    session = await engine.open(Brief("You are an interviewer.", **brief))
    try:
        yield session
    finally:
        await session.close()


async def eventually(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not what():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def said(session: SpeechSession, directive: str = ASK) -> tuple[str, bytes]:
    text, pcm = "", b""
    async for piece in session.respond(directive):
        text += piece.text
        pcm += piece.pcm
    return " ".join(text.split()), pcm


def speak(session: SpeechSession, seconds: int = 1) -> None:
    session.listen()
    for start in range(0, len(LOUD) * seconds, 1024):
        session.hear(LOUD[start % len(LOUD) :][:1024])


async def test_it_hears_and_says_what_it_is_told(stand: Stand) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        provider.model.hears = ["캐시를 만들었습니다."]
        speak(session)
        words = await session.understood()
        assert (words.text, words.language) == ("캐시를 만들었습니다.", "ko")
        text, pcm = await said(session)
    assert text == "What broke first?"
    assert len(pcm) == pytest.approx(len(text) * 0.05 * 48_000, rel=0.1)
    assert "What broke first?" in provider.model.directives[0]


async def test_an_utterance_grows_over_its_pauses(stand: Stand) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        provider.model.hears = ["I wrote", "the cache.", "And then"]
        speak(session)
        assert (await session.understood()).text == "I wrote"
        session.hear(bytes(16_000))
        session.hear(LOUD)
        assert (await session.understood()).text == "I wrote the cache."
        assert (await session.understood()).text == "I wrote the cache."
        await said(session)
        speak(session)
        assert (await session.understood()).text == "And then"


async def test_a_reply_that_nobody_wants_any_more_is_stopped(stand: Stand) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        provider.go_on.clear()
        pieces = session.respond(ASK)
        await anext(pieces)
        await provider.began.wait()
        assert not provider.stopped.is_set()
        await frees(pieces.aclose(), provider.stopped)
        provider.go_on.set()
        text, _ = await said(session, "Ask: «And now?»")
        assert text == "And now?"


async def test_closing_a_session_hangs_up_in_the_middle_of_a_reply(stand: Stand) -> None:
    async with stand.open() as (engine, provider):
        provider.go_on.clear()
        session = await engine.open(Brief("You are an interviewer."))
        reply = asyncio.create_task(said(session))
        await provider.began.wait()
        await frees(session.close(), provider.sessions[0].closed)
        with pytest.raises(EngineError, match="closed"):
            await reply


@pytest.mark.parametrize(
    "text", ["무엇을 배우셨나요? 🙂", "Naïve “cachés”?", "word " * 9_999 + "end"]
)
async def test_replies_in_any_script_and_length(stand: Stand, text: str) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        provider.model.letter = 0.005
        heard, pcm = await said(session, f"Say «{text}»")
    assert heard == text
    assert len(pcm) == pytest.approx(len(text) * 0.005 * 48_000, rel=0.6)


async def test_of_a_cut_reply_the_provider_keeps_what_was_heard(stand: Stand) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        await said(session)
        session.heard("What broke", 0.5)
        await said(session, "Ask: «And now?»")
        if isinstance(provider, Realtime):
            [event] = provider.of("conversation.item.truncate")
            assert (event["audio_end_ms"], event["content_index"]) == (500, 0)
            assert event["item_id"] in provider.sessions[0].truncated
        else:
            assert "only this was heard: «What broke»" in provider.model.directives[1]


async def test_a_reply_that_was_never_heard_was_never_said(stand: Stand) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        await said(session)
        session.heard("", 0.0)
        await said(session, "Ask: «And now?»")
        if isinstance(provider, Realtime):
            assert list(provider.sessions[0].items.values()) == ["system", "assistant"]
        else:
            assert "nothing was heard" in provider.model.directives[1]


async def test_a_session_begins_with_what_was_said_before_it(stand: Stand) -> None:
    history = (Message("candidate", "Hello."), Message("interviewer", "Welcome."))
    async with stand.open() as (engine, provider), session_of(engine, history=history) as session:
        await said(session)
        if isinstance(provider, Realtime):
            roles = list(provider.sessions[0].items.values())
            assert roles == ["user", "assistant", "system", "assistant"]
        else:
            roles = [turn["role"] for turn in provider.sessions[0].history]
            assert roles == ["user", "model"]


async def test_a_session_says_when_it_is_to_be_replaced(stand: Stand) -> None:
    async with (
        stand.open(session_seconds=0.1) as (engine, _),
        session_of(engine) as session,
        asyncio.timeout(5),
    ):
        await session.ageing.wait()
        assert session.failure is None


HANDSHAKES = (
    Fault.UNAUTHORISED,
    Fault.FORBIDDEN,
    Fault.RATE_LIMITED,
    Fault.RATE_LIMITED_FOR_A_MINUTE,
    Fault.BROKEN,
)


@pytest.mark.parametrize("fault", HANDSHAKES)
async def test_a_refused_handshake_tells_why(
    stand: Stand, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async with stand.open(fault) as (engine, _):
        with pytest.raises(EngineError) as caught:
            await engine.open(Brief("x"))
    check_error(caught.value, fault, caplog.text)


async def test_openai_refuses_an_account_without_credit(caplog: pytest.LogCaptureFixture) -> None:
    async with Stand(Realtime, OpenAIRealtime).open(Fault.OUT_OF_CREDIT) as (engine, _):
        with pytest.raises(EngineError) as caught:
            await engine.open(Brief("x"))
    check_error(caught.value, Fault.OUT_OF_CREDIT, caplog.text)


ANSWERS = (Fault.SLOW_TO_START, Fault.STALLED, Fault.DROPPED, Fault.MALFORMED, Fault.EMPTY)


@pytest.mark.parametrize("fault", ANSWERS)
async def test_a_reply_that_goes_wrong_tells_why(
    stand: Stand, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    waits = {Fault.SLOW_TO_START: {"first_timeout": SHORT}, Fault.STALLED: {"piece_timeout": SHORT}}
    async with stand.open(fault, **waits.get(fault, {})) as (engine, _), session_of(engine) as s:
        with pytest.raises(EngineError) as caught:
            await said(s)
        assert (s.failure is None) == (fault is Fault.EMPTY)
    check_error(caught.value, fault, caplog.text)


async def test_sound_that_is_none_ends_the_session(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        provider.bad_sound = True
        with pytest.raises(EngineError) as caught:
            await said(session)
    check_error(caught.value, Fault.MALFORMED, caplog.text)


async def test_a_provider_that_does_not_answer_the_door(stand: Stand) -> None:
    async with stand.open(connect_timeout=SHORT) as (engine, provider):
        provider.slow_to_connect = True
        with pytest.raises(EngineError) as caught:
            await engine.open(Brief("x"))
    assert (caught.value.code, caught.value.retryable) == ("timeout", True)


async def test_without_its_key_nothing_is_asked(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("GEMINI_API_KEY", raising=False)
    async with stand.open() as (engine, provider):
        with pytest.raises(EngineError) as caught:
            await engine.open(Brief("x"))
        assert provider.sessions == []
    assert caught.value.code == "missing_key"


async def test_the_next_session_has_the_new_key(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stand.open() as (engine, provider), session_of(engine) as session:
        monkeypatch.setenv("OPENAI_API_KEY", "a-new-key")
        monkeypatch.setenv("GEMINI_API_KEY", "a-new-key")
        assert (await said(session))[0] == "What broke first?"
        async with session_of(engine) as following:
            await said(following)
        before, after = (str(each.request.headers) for each in provider.sessions)
    assert KEY in before
    assert "a-new-key" in after and KEY not in after


async def test_words_in_another_language_are_handed_on(stand: Stand) -> None:
    """The interview judges them: it asks to hear the answer again."""
    async with stand.open() as (engine, provider), session_of(engine) as session:
        provider.model.hears = ["去年キャッシュを作りました。"]
        speak(session)
        words = await session.understood()
    assert (words.text, words.language) == ("去年キャッシュを作りました。", "en")


async def test_openai_judges_turns_where_it_is_to() -> None:
    stand = Stand(Realtime, OpenAIRealtime)
    detection = {"silence_duration_ms": 300}
    async with (
        stand.open(turns="server_vad", turn_detection=detection) as (engine, provider),
        session_of(engine) as session,
    ):
        assert engine.judges_turns
        speak(session)
        await eventually(lambda: session.speaking)
        for _ in range(20):
            session.hear(bytes(3_200))
        await eventually(lambda: not session.speaking)
        assert (await session.understood()).text == "I wrote the cache."
        assert not provider.of("input_audio_buffer.commit")
        asked = provider.sessions[0].settings["audio"]["input"]["turn_detection"]
        assert (asked["create_response"], asked["interrupt_response"]) == (False, False)


async def test_openai_words_that_do_not_come() -> None:
    stand = Stand(Realtime, OpenAIRealtime)
    async with (
        stand.open(words_timeout=SHORT) as (engine, provider),
        session_of(engine) as session,
    ):
        provider.transcription_fails = True
        speak(session)
        with pytest.raises(EngineError, match="not_understood"):
            await session.understood()
        provider.transcription_fails, provider.transcribes_after = False, 9.0
        speak(session)
        with pytest.raises(EngineError, match="timeout"):
            await session.understood()
        assert session.failure is None


@pytest.mark.parametrize(
    ("word", "code"),
    [("rate_limit_exceeded", "rate_limited"), ("insufficient_quota", "quota")],
)
async def test_openai_responses_that_fail(word: str, code: str) -> None:
    stand = Stand(Realtime, OpenAIRealtime)
    async with stand.open() as (engine, provider), session_of(engine) as session:
        provider.response_error = word
        with pytest.raises(EngineError) as caught:
            await said(session)
        assert caught.value.code == code
        assert session.failure is None


async def test_openai_ends_a_session() -> None:
    stand = Stand(Realtime, OpenAIRealtime)
    async with stand.open() as (engine, provider):
        provider.session_seconds = 0.1
        session = await engine.open(Brief("x"))
        await eventually(lambda: session.failure is not None)
        assert session.failure
        assert session.failure.code == "unavailable"
        await session.close()


async def test_gemini_goes_away_and_another_connection_goes_on() -> None:
    stand = Stand(Gemini, GeminiLive)
    async with stand.open() as (engine, provider):
        provider.goes_away_after = 0.3
        session = await engine.open(Brief("x"))
        await said(session)
        async with asyncio.timeout(5):
            await session.ageing.wait()
        history = (Message("candidate", "Hello."),)
        following = await engine.open(Brief("x", history=history), session)
        assert provider.sessions[1].resumed_from is provider.sessions[0]
        assert provider.sessions[1].history == []
        await session.close()
        await following.close()


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("API key not valid. Please pass a valid API key.", "unauthorised"),
        ("You exceeded your current quota, please check your plan and billing.", "quota"),
        ("Resource has been exhausted", "rate_limited"),
        ("models/x is not found for API version v1beta", "not_found"),
        (SECRET, "rejected"),
    ],
)
async def test_gemini_says_in_words_what_is_wrong(
    reason: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    stand = Stand(Gemini, GeminiLive)
    async with stand.open() as (engine, provider):
        provider.close_with = 1008, reason
        with pytest.raises(EngineError) as caught:
            await engine.open(Brief("x"))
    assert caught.value.code == code
    assert SECRET not in caplog.text + str(caught.value)


async def test_gemini_that_writes_nothing_down_is_waited_for_no_more() -> None:
    stand = Stand(Gemini, GeminiLive)
    async with (
        stand.open(words_timeout=0.2) as (engine, provider),
        session_of(engine) as session,
    ):
        provider.writes_down = False
        for _ in range(2):
            speak(session)
            assert (await session.understood(noise=True)).text == ""
        for _ in range(2):
            speak(session)
            with pytest.raises(EngineError, match="no_words"):
                await session.understood()
        began = asyncio.get_running_loop().time()
        speak(session)
        with pytest.raises(EngineError, match="no_words"):
            await session.understood()
        assert asyncio.get_running_loop().time() - began < 0.15


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("gpt-transcribe", {"languages": ["en", "ko"], "keywords": ["Kubernetes", "도커"]}),
        ("gpt-4o-transcribe", {"prompt": "Kubernetes, 도커."}),
        ("gpt-realtime-whisper", {}),
    ],
)
async def test_terms_are_told_in_the_way_that_the_transcribing_model_takes(
    model: str, told: dict[str, Any]
) -> None:
    stand = Stand(Realtime, OpenAIRealtime)
    async with (
        stand.open(transcription_model=model) as (engine, provider),
        session_of(engine, terms="Kubernetes, 도커."),
    ):
        heard = provider.sessions[0].settings["audio"]["input"]["transcription"]
    assert heard == {"model": model, **told}
