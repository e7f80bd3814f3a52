"""Real workers: processes of their own, a real Redis, and kill -9."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing

import pytest
from channels.layers import channel_layers
from django.conf import settings

from interviews.inference.remote import RemoteModel
from voice.engines import Message

pytestmark = pytest.mark.skipif(not settings.REDIS_URL, reason="needs a Redis")

WORDS = [f"word{number}" for number in range(400)]
ENGINE = {
    "BACKEND": "voice.adapters.scripted.ScriptedModel",
    "OPTIONS": {"text": " ".join(WORDS), "per_token": 0.1},
}

Worker = subprocess.Popen[str]


@pytest.fixture(autouse=True)
def fresh_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_layers, "backends", {})


@pytest.fixture
def start() -> Iterator[Callable[[], Worker]]:
    """Starts a worker; it is warm when the call returns."""
    workers: list[Worker] = []

    def started() -> Worker:
        command = [sys.executable, "manage.py", "runworker", "inference"]
        environment = os.environ | {"INFERENCE_ENGINE": json.dumps(ENGINE), "LOG_LEVEL": "INFO"}
        worker = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, text=True, stderr=subprocess.PIPE
        )
        workers.append(worker)
        assert worker.stderr
        assert any("is warm" in line for line in worker.stderr)
        return worker

    yield started
    for worker in workers:
        worker.kill()
        worker.communicate()


async def test_a_worker_killed_in_the_middle_of_an_answer(start: Callable[[], Worker]) -> None:
    first = start()
    text = ""
    messages = [Message("candidate", "Hello.")]
    patient = RemoteModel(offer_timeout=5.0, silence_timeout=10.0, attempts=10)
    async with aclosing(patient.reply(messages, max_tokens=400)) as deltas:
        while text.count("word") < 3:
            text += await anext(deltas)
        await asyncio.to_thread(start)
        first.send_signal(signal.SIGKILL)
        spoken = text.count("word")
        while text.count("word") < spoken + 30:
            text += await anext(deltas)
    heard = text.split()
    assert heard == WORDS[: len(heard)]
