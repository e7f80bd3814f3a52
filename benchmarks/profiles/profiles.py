"""The six ways to hold an interview, each on the local providers, and what each asks of them."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.capacity.answers import LevelEar
from benchmarks.profiles.ledger import Ledger
from benchmarks.profiles.shares import Plan
from benchmarks.profiles.speaking import EarModel, Gemini, Realtime
from benchmarks.profiles.wires import Hosted
from benchmarks.providers.latencies import Latencies
from benchmarks.providers.voice import carrier
from interview_site.env import embedded_engines, engine
from voice.call import LIVE_PAUSE
from voice.duplex import LEAST
from voice.endpointing import WINDOW_SECONDS, Patience
from voice.tests.wire import tls
from voice.tests.wire.conversation import obey
from voice.tests.wire.server import Provider, serve

KEY = "LOCAL_PROVIDERS_KEY"
"""Not the providers' own variables: with those a scoring model would be there, far away."""
INTERPRETER = "interpreter"
INTERPRETED = "네, 그것은 제가 지난달에 맡았던 일입니다."


@dataclass(frozen=True, slots=True)
class Profile:
    """``plan`` None: its engines are on this machine, and their time is the server's account."""

    name: str
    about: str
    plan: Plan | None


def _windows(seconds: float) -> float:
    """``seconds`` as the endpointer can tell them."""
    return -(-seconds // WINDOW_SECONDS) * WINDOW_SECONDS


PAUSE = _windows(Patience().pause)
BY_EAR = Plan(_windows(LEAST), None)
PROFILES = (
    Profile("embedded", "Whisper, llama.cpp, Piper in the server", None),
    Profile("worker", "the same, its language model behind Redis", None),
    Profile("upload", "OpenAI and ElevenLabs, answers uploaded", Plan(PAUSE, PAUSE)),
    Profile(
        "live",
        "the same, words while the candidate speaks",
        Plan(_windows(LIVE_PAUSE), WINDOW_SECONDS),
    ),
    Profile("openai-realtime", "OpenAI Realtime hears and speaks", Plan(PAUSE, PAUSE)),
    Profile("gemini-live", "Gemini Live hears and speaks", BY_EAR),
    Profile(INTERPRETER, "Gemini Live interprets", BY_EAR),
)


@asynccontextmanager
async def hosted(
    name: str, ear: LevelEar, latencies: Latencies, ledger: Ledger, folder: Path
) -> AsyncGenerator[tuple[dict[str, Any], dict[str, str]]]:
    """The profile's engines at a provider of its own, and the variables that they need."""
    await asyncio.to_thread(carrier)
    encrypted: ssl.SSLContext | None = None
    variables = {KEY: "any"}
    provider: Provider
    match name:
        case "upload" | "live":
            provider = Hosted(ear, latencies, ledger)
        case "openai-realtime":
            provider = Realtime(EarModel(ear=ear), ledger)
        case _:
            certificate = tls.certificate(folder)
            encrypted = tls.context(certificate)
            variables["SSL_CERT_FILE"] = str(certificate)
            provider = Gemini(EarModel(ear=ear, says=_says), ledger)
    async with serve(provider, remembers=False, tls=encrypted) as wire:
        yield standby() | _engines(name, wire.url), variables


def standby() -> dict[str, Any]:
    """The detector and turn model as they ship. Nothing should fall back to the others; they
    weigh nothing, and their words would be missed."""
    own, hum = embedded_engines(), engine("scripted.ScriptedSynthesizer")
    return {
        "detector": own["detector"],
        "turn_model": own["turn_model"],
        "recognizer": engine("scripted.ScriptedRecognizer", last=""),
        "model": engine("scripted.ScriptedModel"),
        "synthesizers": {"en": hum, "ko": hum},
    }


def _engines(name: str, url: str) -> dict[str, Any]:
    def at(adapter: str, base: str, **options: Any) -> dict[str, Any]:
        return engine(adapter, base_url=base, api_key_env=KEY, **options)

    match name:
        case "openai-realtime":
            return {"speech": at("openai_realtime.OpenAIRealtime", url)}
        case "gemini-live" | "interpreter":
            return {"speech": at("gemini_live.GeminiLive", url)}
    voice = at("elevenlabs_speech.ElevenLabsSpeech", url)
    cascade = {
        "recognizer": at("openai_transcription.OpenAITranscription", f"{url}/v1"),
        "model": at("openai_chat.OpenAIChat", f"{url}/v1", model="any"),
        "synthesizers": {"en": voice, "ko": voice},
    }
    if name == "live":
        cascade["live_recognizer"] = at("openai_live.OpenAILive", f"{url}/v1")
    return cascade


def _says(directive: str) -> str:
    return INTERPRETED if "Interpret " in directive else obey(directive)
