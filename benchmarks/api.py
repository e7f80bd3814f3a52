"""The REST calls that a benchmark needs of a running server."""

from typing import Any

import httpx

from benchmarks.server import Server
from interviews.demo import ACCOUNTS


class Api:
    """Signs in as the demo's accounts; one client for all of them."""

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

    async def config(self, title: str) -> int:
        """The id of the config of that title."""
        configs = await self._call("GET", "configs/", "candidate")
        return next(int(config["id"]) for config in configs if config["title"] == title)

    async def interview(self, config: int) -> str:
        """The id of a new interview."""
        made = await self._call("POST", "interviews/", "candidate", json={"config": config})
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
