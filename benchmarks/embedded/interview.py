"""Interviews made over the REST API, held until all answers have been given."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from benchmarks.answers import SpokenAnswer
from benchmarks.api import Api
from benchmarks.embedded.client import Client, connected
from benchmarks.embedded.turns import MeasuredTurn, measured

THINKING = 1.0
"""Seconds that the candidate thinks before each answer."""
SETTLING = 60.0
"""Seconds within which a turn must be complete."""


async def turns(api: Api, answers: Sequence[SpokenAnswer]) -> AsyncIterator[MeasuredTurn]:
    """Give ``answers``, of one language, in as many interviews as that takes."""
    waiting = list(answers)
    while waiting:
        interview = await api.new_interview(waiting[0].language)
        async with connected(api.socket(interview), await api.token("candidate")) as client:
            await client.first("ai_audio_end", after=0, seconds=60)
            while waiting and not client.over:
                yield await _turn(client, waiting.pop(0))
        if not client.over:
            await api.end(interview)


async def _turn(client: Client, answer: SpokenAnswer) -> MeasuredTurn:
    await client.quiet()
    await asyncio.sleep(THINKING)
    began = asyncio.get_running_loop().time()
    ended = await client.microphone.say(answer.audio)
    first_sound = await client.first_sound(ended)
    await client.first("turn_complete", after=first_sound, seconds=SETTLING)
    await client.quiet()
    return measured(answer, client.messages, began, ended, first_sound)
