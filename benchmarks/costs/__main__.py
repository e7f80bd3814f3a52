"""``python -m benchmarks costs``: interviews on the local providers, and what they would cost.

A scripted candidate answers the shipped backend guide over the real socket; the server records its
usage as in any interview, and ``manage.py interview_costs`` prints the table.
"""

import argparse
import asyncio
import os
import ssl
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.answers import FRAME, english
from benchmarks.api import Api
from benchmarks.costs.counting import CountingGemini, CountingRealtime
from benchmarks.embedded.client import Client, connected
from benchmarks.server import Server, serving
from interview_site.env import BASE_DIR, embedded_engines, engine
from voice.audio import WIDTH, Audio
from voice.tests.wire import tls
from voice.tests.wire.conversation import Model
from voice.tests.wire.elevenlabs import ElevenLabs
from voice.tests.wire.live import ElevenLabsLiveWire
from voice.tests.wire.openai import Chat, Transcriptions
from voice.tests.wire.server import serve

PROFILES = ("openai-elevenlabs", "openai-realtime", "gemini-live")
KEY = "LOCAL_PROVIDER_KEY"
"""Not the providers' own variables: with those a scoring model would be there, far away."""
HEARD = (
    "I work on payments. Last month a query became slow, so I read its plan, added an index and "
    "measured again, and the response time fell by half. My team reviewed it before the release."
)
ANSWERED_IN = 4
"""Recordings to an answer; about twenty seconds."""
THINKING = 1.5
QUESTION = "What did you measure before you decided to add that index?"


@asynccontextmanager
async def local_profiles(folder: Path, caches: bool) -> AsyncGenerator[dict[str, Any]]:
    """The hosted profiles as they ship, each provider in its wire format on this machine."""
    certificate = tls.certificate(folder)
    os.environ |= {KEY: "any", "SSL_CERT_FILE": str(certificate)}
    encrypted: ssl.SSLContext = tls.context(certificate)
    ears = ElevenLabsLiveWire()
    ears.texts = [HEARD]
    async with AsyncExitStack() as stack:

        async def url(provider: Any, **options: Any) -> str:
            wire = await stack.enter_async_context(serve(provider, remembers=False, **options))
            return str(wire.url)

        counting = CountingRealtime(model=Model(hears=[HEARD]))
        counting.caches = caches
        realtime = await url(counting)
        gemini = await url(CountingGemini(model=Model(hears=[HEARD])), tls=encrypted)
        own = embedded_engines()
        hum = engine("scripted.ScriptedSynthesizer")
        # Nothing should fall back to what stands by; then it must not weigh anything either.
        standby = own | {
            "recognizer": engine("scripted.ScriptedRecognizer", last="The standby heard this."),
            "model": engine("scripted.ScriptedModel"),
            "synthesizers": {"en": hum, "ko": hum},
        }
        voice = engine(
            "elevenlabs_speech.ElevenLabsSpeech", base_url=await url(ElevenLabs()), api_key_env=KEY
        )
        yield {
            "embedded": own,
            "openai-elevenlabs": standby
            | {
                "live_recognizer": engine(
                    "elevenlabs_live.ElevenLabsLive", base_url=await url(ears), api_key_env=KEY
                ),
                "recognizer": engine(
                    "openai_transcription.OpenAITranscription",
                    base_url=await url(Transcriptions(text=HEARD)), api_key_env=KEY,
                ),
                "model": engine(
                    "openai_chat.OpenAIChat", model="gpt-6-luna", reasoning_effort="none",
                    base_url=await url(Chat(text=QUESTION)), api_key_env=KEY,
                ),
                "synthesizers": {"en": voice, "ko": voice},
            },
            "openai-realtime": standby
            | {
                "speech": engine(
                    "openai_realtime.OpenAIRealtime", base_url=realtime, api_key_env=KEY
                )
            },
            "gemini-live": standby
            | {"speech": engine("gemini_live.GeminiLive", base_url=gemini, api_key_env=KEY)},
        }  # fmt: skip


def answers() -> list[Audio]:
    """Of about twenty seconds each, with breaths between the recordings."""
    spoken = [answer.audio.pcm for answer in english(10)]
    breath = bytes(FRAME * WIDTH * 6)
    parts = cycle(spoken)
    return [Audio(breath.join(next(parts) for _ in range(ANSWERED_IN))) for _ in range(5)]


async def hold(api: Api, profile: str, minutes: float) -> None:
    """One interview of ``minutes``, or until the interviewer ends it."""
    config = await api.config(profile)
    interview = await api.interview(config)
    loop = asyncio.get_running_loop()
    until = loop.time() + 60 * minutes
    async with connected(api.socket(interview), await api.token("candidate")) as client:
        await client.first("ai_audio_end", after=0, seconds=120)
        for answer in cycle(answers()):
            await client.quiet()
            if client.over or loop.time() > until:
                break
            await asyncio.sleep(THINKING)
            await _answer(client, answer)
            print(f"{profile}: {(until - loop.time()) / 60:.1f} minutes left", flush=True)
    # It may have come to its own end in the meantime.
    with suppress(httpx.HTTPStatusError):
        await api.end(interview)


async def _answer(client: Client, audio: Audio) -> None:
    ended = await client.microphone.say(audio)
    try:
        await client.first("turn_complete", after=ended, seconds=60)
    except TimeoutError:
        # The last answer of an interview is followed by the goodbye; anything else is worth a word.
        print("no reply within a minute", flush=True)


async def run(profiles: Sequence[str], minutes: float, caches: bool) -> None:
    with TemporaryDirectory(prefix="interview-costs-") as folder:
        async with local_profiles(Path(folder), caches) as all_profiles:
            chosen = {name: all_profiles[name] for name in profiles}
            seed = ("-m", "benchmarks.costs.seed", *profiles)
            async with serving(
                engines={"embedded": all_profiles["embedded"]} | chosen, seed=seed
            ) as server:
                api = Api(server)
                try:
                    async with asyncio.TaskGroup() as group:
                        for name in profiles:
                            group.create_task(hold(api, name, minutes))
                finally:
                    await api.close()
                await asyncio.sleep(5)
                await _table(server)


async def _table(server: Server) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "manage.py", "interview_costs", "--shortest", "0.5",
        cwd=BASE_DIR,
        env=os.environ | {"DATABASE_URL": server.database, "SECRET_KEY": "of no use here"},
    )  # fmt: skip
    await process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks costs", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="length of each interview")
    parser.add_argument("--profiles", nargs="+", default=PROFILES, choices=("embedded", *PROFILES))
    parser.add_argument(
        "--cached", action="store_true", help="OpenAI's cache serves all that was read before"
    )
    options = parser.parse_args()
    asyncio.run(run(options.profiles, options.minutes, options.cached))


if __name__ == "__main__":
    main()
