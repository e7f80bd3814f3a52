"""Every hosted provider on this machine, in its wire format, and a server that speaks to them."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interview_site.env import engine
from voice.tests.wire import tls
from voice.tests.wire.conversation import Model
from voice.tests.wire.elevenlabs import ElevenLabs
from voice.tests.wire.gemini_live import Gemini
from voice.tests.wire.openai import Chat, Transcriptions
from voice.tests.wire.openai_realtime import Realtime
from voice.tests.wire.server import serve

KEY = "LOCAL_PROVIDERS_KEY"
"""Not the providers' own variables, by which a server would also look for a model that scores."""
PATIENT = 30.0
"""Seconds that the adapters wait for what comes at once, but for a machine that is busy."""
SESSION = ("connect_timeout", "words_timeout", "first_timeout", "piece_timeout")
ANSWER = (
    "I work in a small company, for example last month I built a search feature; it was hard, "
    "and in the end our customers used it. Next I would like to learn more about databases."
)


@dataclass
class Providers:
    """What they heard and were told; ``environment`` points a server at them."""

    realtime: Realtime = field(default_factory=lambda: Realtime(model=_model()))
    gemini: Gemini = field(default_factory=lambda: Gemini(model=_model()))
    chat: Chat = field(default_factory=lambda: Chat(text="What did you learn from that search?"))
    environment: dict[str, str] = field(default_factory=dict)


def _model() -> Model:
    return Model(hears=[ANSWER], letter=0.03)


@contextmanager
def providers(folder: Path) -> Iterator[Providers]:
    """Served by an event loop of their own, beside the test's."""
    made = Providers()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stack = AsyncExitStack()

    async def start() -> None:
        certificate = tls.certificate(folder)
        encrypted = tls.context(certificate)
        enter = stack.enter_async_context
        urls = {
            "realtime": (await enter(serve(made.realtime))).url,
            "gemini": (await enter(serve(made.gemini, tls=encrypted))).url,
            "chat": (await enter(serve(made.chat))).url,
            "ears": (await enter(serve(Transcriptions(text=ANSWER)))).url,
            "voice": (await enter(serve(ElevenLabs()))).url,
        }
        profiles = folder / "engines.json"
        profiles.write_text(json.dumps(_profiles(urls)))
        made.environment = {
            KEY: "any",
            "SSL_CERT_FILE": str(certificate),
            "VOICE_ENGINES_FILE": str(profiles),
        }

    try:
        asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _profiles(urls: dict[str, str]) -> dict[str, Any]:
    """What stands by hears nothing and hums: it weighs nothing, and its words would be missed."""
    hum = engine("scripted.ScriptedSynthesizer")
    standby = {
        "detector": engine("silero.Silero"),
        "turn_model": engine("smart_turn.SmartTurn"),
        "recognizer": engine("scripted.ScriptedRecognizer", last=""),
        "model": engine("scripted.ScriptedModel"),
        "synthesizers": {"en": hum, "ko": hum},
    }
    words = ("connect_timeout", "first_timeout", "delta_timeout")
    sound = ("connect_timeout", "first_timeout", "chunk_timeout")
    voice = _hosted("elevenlabs_speech.ElevenLabsSpeech", urls["voice"], *sound)
    gemini = standby | {"speech": _hosted("gemini_live.GeminiLive", urls["gemini"], *SESSION)}
    realtime = _hosted("openai_realtime.OpenAIRealtime", urls["realtime"], *SESSION)
    return {
        "embedded": standby,
        "openai-elevenlabs": standby
        | {
            "recognizer": _hosted("openai_transcription.OpenAITranscription", urls["ears"], *words),
            "model": _hosted("openai_chat.OpenAIChat", urls["chat"], *words, model="any"),
            "synthesizers": {"en": voice, "ko": voice},
        },
        "openai-realtime": standby | {"speech": realtime},
        "gemini-live": gemini,
        "interpreter": gemini,
    }


def _hosted(adapter: str, url: str, *waits: str, **options: str) -> dict[str, Any]:
    patience = dict.fromkeys(waits, PATIENT)
    return engine(adapter, base_url=url, api_key_env=KEY, **patience, **options)
