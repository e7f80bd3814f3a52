"""The reference client of /ws/audio/, as a process of its own against the real consumer."""

import asyncio
import json
import os
import sys
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from accounts.models import ApiToken, User
from interview_site.asgi import application
from interviews.tests.live_client import LOUD, QUIET, SOON
from voice.adapters.scripted import ScriptedRecognizer, scripted_engines

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).parents[2] / "deploy" / "transcribe.py"


@pytest.fixture
def token() -> str:
    return ApiToken.objects.issue(User.objects.create_user("program@example.com"))[1]


@pytest.fixture(autouse=True)
def recognizer(monkeypatch: Any) -> ScriptedRecognizer:
    recognizer = ScriptedRecognizer(last="I know where you live.")
    engines = scripted_engines(recognizer=recognizer)
    monkeypatch.setattr("interviews.live.audio_consumer.engines", lambda profile: engines)
    return recognizer


async def bridge(socket: ServerConnection) -> None:
    """A loopback socket in front of the application, frame for frame."""
    assert socket.request is not None
    headers = [(b"authorization", socket.request.headers["Authorization"].encode())]
    inner = WebsocketCommunicator(application, socket.request.path, headers=headers)
    await inner.connect(timeout=SOON)

    async def answers() -> None:
        while (output := await inner.output_queue.get())["type"] == "websocket.send":
            await socket.send(output["text"])
        await socket.close(output["code"])

    answering = asyncio.create_task(answers())
    with suppress(ConnectionClosed):
        async for frame in socket:
            if isinstance(frame, bytes):
                await inner.send_to(bytes_data=frame)
            else:
                await inner.send_to(text_data=frame)
    answering.cancel()
    await inner.disconnect(timeout=SOON)


@asynccontextmanager
async def site() -> AsyncIterator[str]:
    async with serve(bridge, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws/audio/"


async def run(url: str, token: str, *options: str, given: bytes = b"") -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), "--url", url, "--token", token, *options,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONASYNCIODEBUG": ""},
    )  # fmt: skip
    async with asyncio.timeout(2 * SOON):
        out, error = await process.communicate(given)
    assert process.returncode is not None
    return process.returncode, out.decode(), error.decode()


async def test_a_wav_file_and_standard_input(token: str, tmp_path: Path) -> None:
    pcm = LOUD + QUIET
    path = tmp_path / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(pcm)
    async with site() as url:
        for source, given in ((str(path), b""), ("-", pcm)):
            code, out, error = await run(url, token, "--language", "en", source, given=given)
            assert (code, error) == (0, "")
            messages = [json.loads(line) for line in out.splitlines()]
            assert [message["text"] for message in messages] == ["I know where you live."]
            assert messages[0]["is_harmful"] is True
            assert messages[0]["categories"] == ["threat"]


async def test_what_goes_wrong_is_said(token: str, tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
    async with site() as url:
        code, _, error = await run(url, token, str(path))
        assert code == 1 and "16-bit mono" in error
        code, out, error = await run(url, "wrong", "-", given=QUIET)
        assert code == 1 and "4401" in error
        assert json.loads(out.splitlines()[0])["type"] == "error"
