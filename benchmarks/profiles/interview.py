"""One interview over the real WebSocket, to its end."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx

from benchmarks.answers import SpokenAnswer
from benchmarks.api import Api
from benchmarks.embedded.client import Client, connected
from benchmarks.embedded.interview import THINKING
from benchmarks.embedded.turns import MeasuredTurn, measured

GREETED = 120.0
SETTLING = 30.0


@dataclass(frozen=True, slots=True)
class Held:
    """A turn, and when its answer ended and its reply began, on the loop's clock."""

    turn: MeasuredTurn
    ended: float
    first_sound: float


async def hold(api: Api, profile: str, answers: Sequence[SpokenAnswer]) -> tuple[list[Held], bool]:
    """Give ``answers``, or as many as are asked for; also whether the interviewer said goodbye.

    An answer that got no reply in time is left out, and said so.
    """
    interview = await api.interview(await api.config(profile))
    held: list[Held] = []
    async with connected(api.socket(interview), await api.token("candidate")) as client:
        if profile != "interpreter":
            await client.first("ai_audio_end", after=0, seconds=GREETED)
        for answer in answers:
            await client.quiet()
            if client.over:
                break
            await asyncio.sleep(THINKING)
            try:
                held.append(await _turn(client, answer))
            except TimeoutError:
                print(f"{profile}: no reply to {answer.name}", flush=True)
        with suppress(TimeoutError):
            await client.quiet()
        with suppress(TimeoutError):
            await client.first("interview_ended", after=0, seconds=1.0)
        finished = client.over
    # It may have come to its own end in the meantime.
    with suppress(httpx.HTTPStatusError):
        await api.end(interview)
    return held, finished


async def _turn(client: Client, answer: SpokenAnswer) -> Held:
    began = asyncio.get_running_loop().time()
    ended = await client.microphone.say(answer.audio)
    first = await client.first_sound(ended)
    await client.first("turn_complete", after=first, seconds=SETTLING)
    return Held(measured(answer, client.messages, began, ended, first), ended, first)
