"""What the adapters of OpenAI-compatible endpoints share: one client, and its errors told."""

import asyncio
from contextlib import suppress

import httpx2
import openai

from voice.adapters.refusal import BAD_ANSWERS, refused, told
from voice.adapters.secret import secret
from voice.errors import EngineError

_LIMITS = httpx2.Limits(max_connections=100, keepalive_expiry=300.0)
"""A candidate may speak for minutes between two replies: the connection must still be warm."""

IDLE = 45.0
"""Seconds without a request after which a small one keeps the connection from being closed."""
KEPT = 600.0
"""Seconds after the last real request for which that is done."""

FAILURES = (openai.OpenAIError, httpx2.HTTPError, TimeoutError, *BAD_ANSWERS)
"""Everything that a request may raise, for ``OpenAIClient.translated``."""


class OpenAIClient:
    """A client that is made at its first use, within the event loop that it then belongs to.

    ``base_url`` None is OpenAI's own. The key is ``api_key``, else that of the environment
    variable ``api_key_env`` (``voice.adapters.secret``); both empty: an endpoint without one. A
    changed key takes effect with the next request. Time-outs are seconds, to connect and to read.
    ``model``, if given, is asked about while nothing else is asked for, so that the next reply
    needs no new connection: providers and proxies close theirs after a minute or so.
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
        model: str = "",
    ) -> None:
        self._name = name
        self._base_url = base_url
        self._api_key_env = api_key_env
        self._api_key = api_key
        self._timeout = openai.Timeout(read_timeout, connect=connect_timeout)
        self._client: openai.AsyncOpenAI | None = None
        self._model = model
        self._used_at = 0.0
        self._idle: asyncio.TimerHandle | None = None
        self._keeping: asyncio.Task[None] | None = None

    def use(self) -> openai.AsyncOpenAI:
        """Raises ``EngineError`` (``missing_key``)."""
        self._used_at = asyncio.get_running_loop().time()
        self._wait()
        return self._made()

    def _made(self) -> openai.AsyncOpenAI:
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
        if self._idle:
            self._idle.cancel()
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
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
            case openai.APIError() if isinstance(error.body, dict):
                # An answer that began well and told of a failure in its middle.
                if (error.code or "").isdecimal():
                    return refused(self._name, int(error.code or 0), {})
                return told(self._name, error.code, error.type, otherwise="unavailable")
            case _:
                return EngineError(self._name, "malformed", retryable=True)

    def _wait(self) -> None:
        if self._idle:
            self._idle.cancel()
        if self._model:
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._keep)

    def _keep(self) -> None:
        if asyncio.get_running_loop().time() - self._used_at < KEPT:
            if self._keeping is None or self._keeping.done():
                self._keeping = asyncio.create_task(self._ask())
            self._wait()

    async def _ask(self) -> None:
        """Whatever the answer is, the connection was used; a failure is the next request's."""
        with suppress(EngineError, *FAILURES):
            await self._made().models.retrieve(self._model)

    def _key(self) -> str:
        if self._api_key or not self._api_key_env:
            return self._api_key or "none"
        return secret(self._api_key_env, self._name)
