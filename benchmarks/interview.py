"""Interviews made over the REST API, held until all answers have been given."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from benchmarks.answers import SpokenAnswer
from benchmarks.client import Client, connected
from benchmarks.server import Server
from benchmarks.turns import MeasuredTurn, measured
from interviews.demo import ACCOUNTS

THINKING = 1.0
"""Seconds that the candidate thinks before each answer."""
SETTLING = 60.0
"""Seconds within which a turn must be complete."""


class Api:
    """The REST calls that a benchmark needs."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = httpx.AsyncClient(base_url=f"http://{server.address}/api/v1/", timeout=30)
        self._tokens: dict[str, str] = {}

    async def token(self, role: str) -> str:
        if role not in self._tokens:
            (email, password) = next(a[1:] for a in ACCOUNTS if a[0] == role)
            given = await self._call("POST", "token/", json={"email": email, "password": password})
            self._tokens[role] = given["token"]
        return self._tokens[role]

    async def new_interview(self, language: str) -> str:
        """The id of a new interview of the longest kind that there is in ``language``."""
        configs = await self._call("GET", "configs/", "candidate")
        fitting = [config for config in configs if config["language"] == language]
        longest = max(fitting, key=lambda config: config["duration_minutes"])
        made = await self._call("POST", "interviews/", "candidate", json={"config": longest["id"]})
        return str(made["id"])

    async def snapshot(self, interview: str) -> dict[str, Any]:
        shown = await self._call("GET", f"interviews/{interview}/", "admin")
        snapshot: dict[str, Any] = shown["snapshot"]
        return snapshot

    async def end(self, interview: str) -> None:
        await self._call("POST", f"interviews/{interview}/end/", "candidate")

    async def _call(self, method: str, path: str, role: str = "", **fields: Any) -> Any:
        headers = {"Authorization": f"Bearer {await self.token(role)}"} if role else {}
        answer = await self._http.request(method, path, headers=headers, **fields)
        answer.raise_for_status()
        return answer.json()

    def socket(self, interview: str) -> str:
        return f"ws://{self._server.address}/ws/interviews/{interview}/"

    async def close(self) -> None:
        await self._http.aclose()


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
