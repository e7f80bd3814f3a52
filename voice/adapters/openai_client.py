"""What the adapters of OpenAI-compatible endpoints share: one client, and its errors told."""

import os
from contextlib import suppress

import httpx2
import openai

from voice.adapters.refusal import refused
from voice.errors import EngineError

_LIMITS = httpx2.Limits(max_connections=100, keepalive_expiry=300.0)
"""A candidate may speak for minutes between two replies: the connection must still be warm."""

FAILURES = (openai.OpenAIError, httpx2.HTTPError, TimeoutError, ValueError)
"""Everything that a request may raise, for ``OpenAIClient.translated``."""


class OpenAIClient:
    """A client that is made at its first use, within the event loop that it then belongs to.

    ``base_url`` None is OpenAI's own. The key is ``api_key``, else that of the environment
    variable ``api_key_env``; both empty: an endpoint without one. A changed variable takes
    effect with the next request. Time-outs are seconds, to connect and to read.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None,
        api_key_env: str,
        connect_timeout: float,
        read_timeout: float,
        api_key: str = "",
    ) -> None:
        self._name = name
        self._base_url = base_url
        self._api_key_env = api_key_env
        self._api_key = api_key
        self._timeout = openai.Timeout(read_timeout, connect=connect_timeout)
        self._client: openai.AsyncOpenAI | None = None

    def use(self) -> openai.AsyncOpenAI:
        """Raises ``EngineError`` (``missing_key``)."""
        key = self._key()
        if self._client is None:
            self._client = openai.AsyncOpenAI(
                api_key=key,
                base_url=self._base_url,
                # A reply that comes late is worth nothing: failing over is the call's business.
                max_retries=0,
                timeout=self._timeout,
                http_client=openai.DefaultAsyncHttpxClient(limits=_LIMITS, timeout=self._timeout),
            )
        self._client.api_key = key
        return self._client

    async def open(self, model: str) -> None:
        """Open a connection and have the key judged, at no cost; raises ``EngineError``."""
        try:
            # Endpoints other than OpenAI's own may not know the question.
            with suppress(openai.NotFoundError):
                await self.use().models.retrieve(model)
        except FAILURES as error:
            raise self.translated(error) from None

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def translated(self, error: Exception) -> EngineError:
        """Raise what comes back ``from None``: ``error`` holds the response body, and perhaps
        the prompt.
        """
        match error:
            case TimeoutError() | openai.APITimeoutError() | httpx2.TimeoutException():
                return EngineError(self._name, "timeout", retryable=True)
            case openai.APIStatusError():
                response = error.response
                return refused(self._name, response.status_code, response.headers, error.code)
            case openai.APIConnectionError() | httpx2.HTTPError():
                return EngineError(self._name, "unavailable", retryable=True)
            case _:
                return EngineError(self._name, "malformed", retryable=True)

    def _key(self) -> str:
        key = self._api_key or os.environ.get(self._api_key_env, "")
        if not key and self._api_key_env:
            raise EngineError(self._name, "missing_key")
        return key or "none"
