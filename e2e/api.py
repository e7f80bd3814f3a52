"""The REST API as another program uses it."""

from typing import Any

from playwright.sync_api import APIRequestContext, Playwright

from e2e.browser import PATIENCE_MS
from e2e.server import Account, Server


class Api:
    def __init__(self, playwright: Playwright, server: Server, account: Account) -> None:
        anybody = playwright.request.new_context(base_url=server.url, timeout=PATIENCE_MS)
        credentials = {"email": account.email, "password": account.password}
        token = _json(anybody, "post", "token/", credentials)["token"]
        anybody.dispose()
        self._requests = playwright.request.new_context(
            base_url=server.url,
            extra_http_headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE_MS,
        )

    def get(self, path: str) -> Any:
        return _json(self._requests, "get", path)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return _json(self._requests, "post", path, body or {})

    def text(self, path: str) -> str:
        response = self._requests.get(f"/api/v1/{path}")
        assert response.ok, f"{path}: {response.status} {response.text()}"
        return response.text()

    def interview(self, title: str) -> str:
        """A new interview by its configuration's title; gives its id."""
        config = next(c for c in self.get("configs/") if c["title"] == title)
        made: str = self.post("interviews/", {"config": config["id"]})["id"]
        return made

    def transcript(self, interview: str) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = self.get(f"interviews/{interview}/transcript/?format=json")
        return said

    def usage(self, interview: str) -> dict[str, Any]:
        used: dict[str, Any] = self.get(f"interviews/{interview}/usage/")
        return used

    def close(self) -> None:
        self._requests.dispose()


def _json(
    requests: APIRequestContext, method: str, path: str, body: dict[str, Any] | None = None
) -> Any:
    response = requests.fetch(f"/api/v1/{path}", method=method.upper(), data=body)
    assert response.ok, f"{path}: {response.status} {response.text()}"
    return response.json()
