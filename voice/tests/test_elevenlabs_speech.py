import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from voice.adapters.elevenlabs_speech import ElevenLabsSpeech
from voice.errors import EngineError
from voice.tests.wire.elevenlabs import ElevenLabs
from voice.tests.wire.fault import Fault
from voice.tests.wire.server import Wire, serve

pytestmark = pytest.mark.virtual_time

LONG = 60.0


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEVENLABS_API_KEY", "the-key")


@asynccontextmanager
async def studio(
    *, spares: int = 8, idle: float = LONG, keep: float = LONG
) -> AsyncGenerator[tuple[ElevenLabsSpeech, ElevenLabs, Wire]]:
    provider = ElevenLabs()
    async with serve(provider) as wire:
        engine = ElevenLabsSpeech(base_url=wire.url, spares=spares, idle=idle, keep=keep)
        yield engine, provider, wire
        await engine.close()
        assert not provider.open_sockets


async def say(engine: ElevenLabsSpeech, text: str = "Go on.", voice: str = "") -> str:
    clips = engine.speak(text, language="en", voice=voice)
    return "".join([clip.text async for clip in clips])


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        for pause in [0.005] * 1_000:
            if condition():
                return
            await asyncio.sleep(pause)
    pytest.fail("it never came to be")


async def test_clauses_go_in_one_by_one_and_the_key_only_into_the_header() -> None:
    async with studio() as (engine, provider, wire):
        await say(engine, "Thank you. What came next?")
        await until(lambda: provider.sockets_made == 2)
    texts = [(m["text"], m.get("flush", False)) for m in provider.messages if m["text"] != " "]
    assert texts == [("Thank you. ", True), ("What came next? ", True), ("", False)]
    (request, spare) = wire.requests
    for part in ("model_id=eleven_flash_v2_5", "language_code=en", "output_format=pcm_24000"):
        assert part in request.target
    assert request.target == spare.target
    assert request.headers["xi-api-key"] == "the-key"
    assert "the-key" not in request.target + "".join(map(str, provider.messages))


async def test_a_turn_finds_its_socket_open() -> None:
    async with studio() as (engine, provider, _):
        await say(engine)
        await until(lambda: provider.sockets_made == 2)
        provider.sockets = False
        assert await say(engine) == "Go on."
    assert [m["text"] for m in provider.messages] == [" ", "Go on. ", ""] * 2


async def test_the_open_sockets_are_bounded() -> None:
    async with studio(spares=2) as (engine, provider, _):
        for voice in ("anna", "ben", "cho"):
            await say(engine, voice=voice)
        await until(lambda: provider.sockets_made == 6 and len(provider.open_sockets) == 2)


async def test_a_spare_is_renewed_before_the_provider_hangs_up() -> None:
    async with studio(idle=0.05) as (engine, provider, _):
        await say(engine)
        await until(lambda: provider.sockets_made >= 5)
        assert len(provider.open_sockets) <= 2


async def test_a_voice_that_nobody_uses_loses_its_spare() -> None:
    async with studio(idle=0.05, keep=0.0) as (engine, provider, _):
        await say(engine)
        await until(lambda: provider.sockets_made == 2)
        await until(lambda: not provider.open_sockets)
        assert await say(engine) == "Go on."


async def test_a_spare_that_the_provider_dropped_is_no_loss() -> None:
    async with studio() as (engine, provider, _):
        await say(engine)
        await until(lambda: provider.sockets_made == 2)
        for socket in tuple(provider.open_sockets):
            socket.drop()
        assert await say(engine) == "Go on."


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("quota_exceeded", "quota"),
        ("invalid_api_key", "unauthorised"),
        ("voice_not_found", "unknown_voice"),
        ("too_many_concurrent_requests", "rate_limited"),
        ("input_timeout_exceeded", "timeout"),
        ("something_new", "rejected"),
    ],
)
async def test_the_providers_own_words_have_codes(word: str, code: str) -> None:
    async with studio() as (engine, provider, _):
        provider.refusal = word
        with pytest.raises(EngineError, match=f"elevenlabs_speech: {code}$"):
            await say(engine)


async def test_warming_opens_a_socket_for_each_language() -> None:
    async with studio() as (engine, provider, _):
        await engine.warm()
        await until(lambda: provider.sockets_made == 4 and len(provider.open_sockets) == 2)
        assert await say(engine) == "Go on."
        await until(lambda: provider.sockets_made == 5)


async def test_warming_judges_the_key() -> None:
    async with studio() as (engine, provider, _):
        provider.fault = Fault.UNAUTHORISED
        with pytest.raises(EngineError, match="unauthorised"):
            await engine.warm()


async def test_nothing_to_say_needs_no_provider() -> None:
    async with studio() as (engine, _, wire):
        assert await say(engine, "  ") == ""
    assert wire.requests == []
