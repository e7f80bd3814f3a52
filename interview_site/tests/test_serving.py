"""``manage.py serve``: one process or several on one port, on either server, until told to stop."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from interview_site.env import BASE_DIR
from interview_site.serving import process
from interview_site.serving.process import PortTaken, Serving, reserved
from interview_site.serving.several import NotStarted, Several

SCRIPTED = "voice.adapters.scripted."
ENGINES = {
    "detector": {"BACKEND": f"{SCRIPTED}LoudnessDetector"},
    "turn_model": {"BACKEND": f"{SCRIPTED}ScriptedTurnModel"},
    "recognizer": {"BACKEND": f"{SCRIPTED}ScriptedRecognizer"},
    "model": {"BACKEND": f"{SCRIPTED}ScriptedModel"},
    "synthesizers": {"en": {"BACKEND": f"{SCRIPTED}ScriptedSynthesizer"}},
}
CHILD = """
import os, socket, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen()
print("Warmed something", flush=True)
print("Ready:", flush=True)
while True:
    connection, _ = listener.accept()
    connection.sendall(str(os.getpid()).encode())
    connection.close()
"""
PARENT = """
import sys
from interview_site.serving.process import reserved
from interview_site.serving import several
several.PAUSE = 0.1
port = int(sys.argv[1])
child = [sys.executable, "-c", sys.argv[2], str(port)]
with reserved("127.0.0.1", port):
    several.Several(child, 2, print).run(lambda: print("All ready", flush=True))
"""

CLOSING = """
import sys
from interview_site.serving import serve_on
from interview_site.serving.process import Serving

async def close_as_asked(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": int(scope["path"].strip("/"))})

async def nothing(): ...

serve_on(sys.argv[1])(Serving(
    close_as_asked, "127.0.0.1", int(sys.argv[2]), warm=nothing, drain=nothing,
    ready=lambda: print("Ready", flush=True), behind_proxy=False,
))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def who_answers(port: int, times: int = 40) -> set[int]:
    answered = set()
    for _ in range(times):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            answered.add(int(connection.recv(20)))
    return answered


@pytest.fixture
def parent():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(port), CHILD],
        cwd=BASE_DIR, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("All ready"):
            break
    assert lines.count("Warmed something") == 2
    yield process, port
    process.terminate()
    process.wait(120)
    process.stdout.close()


def test_all_processes_answer_on_the_one_port(parent):
    _, port = parent
    assert len(who_answers(port)) == 2


def test_one_that_ends_is_replaced(parent):
    _, port = parent
    first, second = who_answers(port)
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 120
    while True:
        try:
            now = who_answers(port)
        except (ConnectionError, ValueError):
            now = set()
        if len(now) == 2 and first not in now:
            break
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert second in now


def test_all_end_with_sigterm(parent):
    running, port = parent
    children = who_answers(port)
    running.terminate()
    assert running.wait(120) == 0
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_one_that_does_not_come_up_is_told():
    with pytest.raises(NotStarted, match="no weights"):
        Several([sys.executable, "-c", "print('no weights')"], 2, lambda line: None).run(
            lambda: pytest.fail("nobody is ready")
        )


def test_a_taken_port_is_not_shared_with_a_stranger():
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        with pytest.raises(PortTaken), reserved("127.0.0.1", stranger.getsockname()[1]):
            pass


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_a_process_serves_until_it_is_told_to_stop(server, tmp_path: Path):
    engines = tmp_path / "engines.json"
    engines.write_text(json.dumps({"embedded": ENGINES}))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "serve", "--server", server, "--no-worker",
         "--port", str(port)],
        cwd=BASE_DIR,
        env=os.environ | {"VOICE_ENGINES_FILE": str(engines), "REDIS_URL": ""},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert any(line.startswith("Ready:") for line in process.stdout)
        with urlopen(f"http://127.0.0.1:{port}/health/") as answer:
            assert answer.status == 200
    finally:
        process.terminate()
        code = process.wait(120)
        process.stdout.close()
    assert code == 0


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_a_socket_is_closed_with_any_code_of_the_protocol(server):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", CLOSING, server, str(port)],
        cwd=BASE_DIR, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert any(line.startswith("Ready") for line in process.stdout)
        codes = [1000, 1013, 4400, 4429]
        for code in codes:
            with connect(f"ws://127.0.0.1:{port}/{code}") as client:
                with pytest.raises(ConnectionClosed):
                    client.recv(60)
                assert client.close_code == code
    finally:
        process.terminate()
        process.wait(120)
        process.stdout.close()


@pytest.mark.parametrize("failure", ["raises", "hangs"])
async def test_a_process_ends_whatever_becomes_of_its_interviews(failure, monkeypatch):
    monkeypatch.setattr(process, "DRAIN_SECONDS", 0.05)

    async def drain() -> None:
        if failure == "raises":
            raise ConnectionError("gone while it was told")
        while True:
            # As something that will not be cancelled.
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.2)
                return

    async def warm() -> None: ...

    serving = Serving(
        None, "127.0.0.1", 0, warm=warm, ready=lambda: None, drain=drain, behind_proxy=False
    )
    stopped = asyncio.Event()
    serving.on_stop(stopped.set)
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stopped.wait(), 60)
    finally:
        loop = asyncio.get_running_loop()
        loop.remove_signal_handler(signal.SIGTERM)
        loop.remove_signal_handler(signal.SIGINT)
    await asyncio.sleep(0.3)
