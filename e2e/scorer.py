"""A model that scores, on this machine, behind OpenAI's wire format.

It reads the answers that it is sent, quotes their longest sentences to the letter and takes the
level from how much was said: little, but each level follows from the words in the request, so a
report that shows it has come all the way from the candidate's mouth.
"""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from interview_site.env import engine
from voice.tests.wire.fault import Fault
from voice.tests.wire.openai import Chat
from voice.tests.wire.server import Exchange, Request, serve

KEY = "LOCAL_SCORER_KEY"
NAME = "local-scorer"
LEVELS = ((20, 2), (40, 3))
"""Fewer words than this get that level; more get 4."""
RATIONALE = {"en": "The answer names own steps.", "ko": "답변에 본인의 행동이 나타납니다."}


class Scorer(Chat):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        """Every text that it was sent, as it was sent."""

    async def stream(self, request: Request, exchange: Exchange, fault: Fault | None) -> None:
        task = request.json["messages"][-1]["content"]
        self.read.append(task)
        answer = _scored(json.loads(task)) if '"anchors"' in task else {"summary": ""}
        self.objects = [json.dumps(answer, ensure_ascii=False)]
        await super().stream(request, exchange, fault)


def _scored(task: dict[str, Any]) -> dict[str, Any]:
    answers = [(each["answer"], each["said"]) for each in task["answers"]]
    words = sum(len(said.split()) for _, said in answers)
    quotes = [{"answer": label, "quote": longest_sentence(said)} for label, said in answers]
    language = "ko" if re.search("[가-힣]", task["competency"]["name"]) else "en"
    return {
        "evidence": quotes[:2],
        "rationale": RATIONALE[language],
        "assessable": True,
        "level": next((level for fewer, level in LEVELS if words < fewer), 4),
    }


def longest_sentence(text: str) -> str:
    return max(re.split(r"(?<=[.!?])\s+", text), key=len)


@contextmanager
def scorer() -> Iterator[tuple[Scorer, dict[str, str]]]:
    """Served by an event loop of its own; with the environment that points a server at it."""
    made = Scorer()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    serving = serve(made)
    try:
        running = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(30)
        model = engine("openai_chat.OpenAIChat", model=NAME, base_url=running.url, api_key_env=KEY)
        yield made, {KEY: "any", "SCORING_MODEL": json.dumps(model)}
    finally:
        leaving = serving.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(leaving, loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
