"""A whole call on hosted engines, each behind the wire format of its provider."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voice.adapters.elevenlabs_live import ElevenLabsLive
from voice.adapters.elevenlabs_speech import ElevenLabsSpeech
from voice.adapters.openai_chat import OpenAIChat
from voice.adapters.openai_live import OpenAILive
from voice.adapters.openai_transcription import OpenAITranscription
from voice.adapters.scripted import LoudnessDetector, ScriptedSynthesizer, ScriptedTurnModel
from voice.agent import Answer
from voice.engines import Engines, LiveRecognizer, Message
from voice.events import InterviewerWords, MouthShapes
from voice.failover import FailoverLive, FailoverSynthesizer
from voice.sentences import clauses
from voice.tests.cast import Scene, ScriptedAgent, scene
from voice.tests.wire.elevenlabs import ElevenLabs
from voice.tests.wire.fault import Fault
from voice.tests.wire.live import ElevenLabsLiveWire, OpenAILiveWire
from voice.tests.wire.openai import Chat, Transcriptions
from voice.tests.wire.server import serve

pytestmark = pytest.mark.virtual_time

REPLY = "I see. What broke first?"


@asynccontextmanager
async def hosted_scene(studio: ElevenLabs, standby: ScriptedSynthesizer) -> AsyncGenerator[Scene]:
    chat = Chat(text=REPLY)
    async with serve(Transcriptions()) as hearing, serve(chat) as writing, serve(studio) as voice:
        model = OpenAIChat(model="any", base_url=writing.url)
        recognizer = OpenAITranscription(base_url=hearing.url)
        speech = ElevenLabsSpeech(base_url=voice.url)
        speaker = FailoverSynthesizer("synthesizer", {"hosted": speech, "standby": standby})

        def compose(answer: Answer) -> AsyncGenerator[str]:
            return clauses(model.reply([Message("candidate", answer.text)], max_tokens=50))

        engines = Engines(
            LoudnessDetector(), ScriptedTurnModel(), recognizer, model, {"en": speaker}
        )
        async with scene(engines, ScriptedAgent(compose=compose)) as s:
            yield s
        for engine in (model, recognizer, speech):
            await engine.close()


async def answer(s: Scene) -> str:
    """The candidate answers, and listens to the end; returns what the interviewer said."""
    await s.speak(1.0)
    async with asyncio.timeout(20):
        while not s.turns:
            await s.silence(0.1)
    return "".join(words.text for words in s.events(InterviewerWords))


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setenv("ELEVENLABS_API_KEY", "any")


async def test_heard_answered_and_spoken_by_hosted_engines() -> None:
    standby = ScriptedSynthesizer()
    async with hosted_scene(ElevenLabs(), standby) as s:
        said = await answer(s)
    assert s.finals == ["I wrote the cache."]
    assert " ".join(said.split()) == REPLY == s.turns[0].interviewer_text
    assert s.events(MouthShapes)
    assert standby.spoken == []


async def test_a_voice_that_breaks_off_is_gone_on_with_by_another() -> None:
    standby = ScriptedSynthesizer()
    async with hosted_scene(ElevenLabs(Fault.DROPPED), standby) as s:
        said = await answer(s)
    assert " ".join(said.split()) == REPLY == s.turns[0].interviewer_text
    assert standby.spoken and "".join(standby.spoken) != REPLY


@pytest.mark.parametrize("name", ["openai", "elevenlabs"])
@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault.UNAUTHORISED,
        Fault.RATE_LIMITED_FOR_A_MINUTE,
        Fault.BROKEN,
        Fault.SLOW_TO_START,
        Fault.STALLED,
        Fault.DROPPED,
        Fault.MALFORMED,
    ],
)
async def test_no_word_is_lost_whatever_happens_to_live_transcription(
    name: str, fault: Fault | None
) -> None:
    """What it does not write down is read by the recognizer that gets an upload."""
    chat, ear = Chat(text=REPLY), Transcriptions(text="Read from the upload.")
    wires = {"openai": OpenAILiveWire, "elevenlabs": ElevenLabsLiveWire}
    provider = wires[name](fault)
    async with serve(provider) as live, serve(ear) as reading, serve(chat) as writing:
        waits: Any = {"connect_timeout": 0.5, "final_timeout": 0.5}
        engine: LiveRecognizer = (
            OpenAILive(base_url=live.url, **waits)
            if name == "openai"
            else ElevenLabsLive(base_url=live.url, **waits)
        )
        model = OpenAIChat(model="any", base_url=writing.url)
        reader = OpenAITranscription(base_url=reading.url)

        def compose(answer: Answer) -> AsyncGenerator[str]:
            return clauses(model.reply([Message("candidate", answer.text)], max_tokens=50))

        engines = Engines(
            LoudnessDetector(),
            ScriptedTurnModel(),
            reader,
            model,
            {"en": ScriptedSynthesizer()},
            live_recognizer=FailoverLive("live_recognizer", {name: engine}),
        )
        async with scene(engines, ScriptedAgent(compose=compose)) as s:
            await s.silence(1.0)
            await answer(s)
        for each in (model, reader, engine):
            await each.close()
    uploads = [request for request in reading.requests if request.method == "POST"]
    if fault is None:
        assert s.finals == [provider.texts[0]]
        assert uploads == []
        assert provider.open_sockets == 0
        assert live.connections == 1
    else:
        assert s.finals == ["Read from the upload."]
        assert len(uploads[-1].body) > 1.0 * 32_000
