"""Gemini as a language model, by Google's own SDK."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import httpx
from google import genai
from google.genai import errors, types

from voice.adapters.gemini_errors import refusal
from voice.adapters.refusal import BAD_ANSWERS
from voice.adapters.secret import secret
from voice.engines import Message, Writing
from voice.errors import EngineError
from voice.metering import Use, tokens, used
from voice.structured import ask

_NAME = "gemini_chat"
_ROLES = {"candidate": "user", "interviewer": "model"}
_LIMITS = httpx.Limits(max_connections=100, keepalive_expiry=300.0)
_FAILURES = (errors.APIError, httpx.HTTPError, TimeoutError, *BAD_ANSWERS)
_REFUSED = frozenset(("SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "RECITATION", "SPII"))
_answers: ContextVar["list[httpx.Response] | None"] = ContextVar("answers", default=None)
"""The responses of the request of this task: the SDK does not close what is not read to its end."""


class GeminiChat:
    """Streams replies of ``model``; objects fit their schema by the provider's own constraint.

    ``api_key_env`` names the environment variable that holds the key. ``thinking_level``
    (``minimal``, ``low`` …) is for models that think: whatever they think counts as written.
    Time-outs are seconds: to connect, to the first delta, between two deltas, for a whole object.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key_env: str = "GEMINI_API_KEY",
        languages: Iterable[str] = ("en", "ko"),
        thinking_level: str = "",
        reply_tokens: int = 45,
        late_after: float = 1.0,
        connect_timeout: float = 3.0,
        first_timeout: float = 10.0,
        delta_timeout: float = 5.0,
        object_timeout: float = 30.0,
    ) -> None:
        self.languages = frozenset(languages)
        self.writing = Writing(reply_tokens, late_after)
        self._model = model
        self._base_url = base_url
        self._api_key_env = api_key_env
        self._thinking = thinking_level
        self._first_timeout = first_timeout
        self._delta_timeout = delta_timeout
        self._object_timeout = object_timeout
        longest = max(first_timeout, delta_timeout, object_timeout)
        self._timeout = httpx.Timeout(longest, connect=connect_timeout)
        self._http: httpx.AsyncClient | None = None
        self._client: tuple[str, genai.Client] | None = None

    async def warm(self) -> None:
        """Open a connection and have the key and the model's name judged, at no cost."""
        try:
            async with asyncio.timeout(self._first_timeout):
                await self._use().aio.models.get(model=self._model)
        except _FAILURES as error:
            raise _translated(error) from None

    async def close(self) -> None:
        http, self._http, self._client = self._http, None, None
        if http is not None:
            await http.aclose()

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Raises ``EngineError``: ``missing_key``, ``unauthorised``, ``quota``, ``rate_limited``,
        ``not_found``, ``timeout``, ``unavailable``, ``rejected``, ``malformed`` or ``empty``.
        """
        loop = asyncio.get_running_loop()
        limit, spoke = loop.time() + self._first_timeout, False
        opened: list[httpx.Response] = []
        written, usage = "", None
        try:
            async with asyncio.timeout_at(limit):
                stream = await self._use().aio.models.generate_content_stream(
                    model=self._model,
                    contents=_contents(messages),
                    config=self._config(messages, max_tokens, temperature),
                )
            while True:
                async with asyncio.timeout_at(limit):
                    chunk = await _next(stream, opened)
                if chunk is None:
                    break
                usage = chunk.usage_metadata or usage
                if delta := _text(chunk):
                    spoke = True
                    written += delta
                    yield delta
                    # The time that the listener takes is not the provider's.
                    limit = loop.time() + self._delta_timeout
        except _FAILURES as error:
            raise _translated(error) from None
        finally:
            if opened:
                self._count(usage, messages, written)
            for response in opened:
                await response.aclose()
        if not spoke:
            raise EngineError(_NAME, "empty", retryable=True)

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        """Raises ``EngineError`` like ``reply``. Cancelling hangs up."""

        async def generate(asked: Sequence[Message]) -> str:
            config = self._config(asked, max_tokens, 0.0)
            config.response_mime_type = "application/json"
            config.response_json_schema = dict(schema)
            try:
                async with asyncio.timeout(self._object_timeout):
                    answer = await self._use().aio.models.generate_content(
                        model=self._model, contents=_contents(asked), config=config
                    )
                self._count(answer.usage_metadata, asked, "")
                text = _text(answer)
            except _FAILURES as error:
                raise _translated(error) from None
            if not text:
                raise EngineError(_NAME, "empty", retryable=True)
            return text

        return await ask(generate, messages, schema, _NAME)

    def _config(
        self, messages: Sequence[Message], max_tokens: int, temperature: float
    ) -> types.GenerateContentConfig:
        rules = "\n\n".join(message.text for message in messages if message.role == "system")
        level = types.ThinkingLevel(self._thinking.upper()) if self._thinking else None
        return types.GenerateContentConfig(
            system_instruction=rules or None,
            max_output_tokens=max_tokens,
            temperature=temperature,
            thinking_config=types.ThinkingConfig(thinking_level=level) if level else None,
        )

    def _count(
        self,
        usage: types.GenerateContentResponseUsageMetadata | None,
        messages: Sequence[Message],
        written: str,
    ) -> None:
        """A reply that was given up may have no usage of its provider's: it is estimated."""
        told = usage is not None and bool(usage.prompt_token_count)
        if usage is not None and told:
            answered = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
            asked, cached = usage.prompt_token_count or 0, usage.cached_content_token_count or 0
        else:
            asked, cached = sum(tokens(message.text) for message in messages), 0
            answered = tokens(written)
        use = Use(
            "model", _NAME, self._model,
            input_tokens=asked, cached_tokens=cached, output_tokens=answered, estimated=not told,
        )  # fmt: skip
        used(use)

    def _use(self) -> genai.Client:
        """The client of the present key; its connections are those of the one before."""
        key = secret(self._api_key_env, _NAME)
        if self._http is None:
            hooks: dict[str, list[Any]] = {"response": [_remember]}
            self._http = httpx.AsyncClient(limits=_LIMITS, timeout=self._timeout, event_hooks=hooks)
        if self._client is None or self._client[0] != key:
            options = types.HttpOptions(base_url=self._base_url, httpx_async_client=self._http)
            self._client = key, genai.Client(api_key=key, http_options=options)
        return self._client[1]


async def _next(
    stream: AsyncIterator[types.GenerateContentResponse], opened: list[httpx.Response]
) -> types.GenerateContentResponse | None:
    """The SDK sends the request when its first answer is asked for."""
    token = _answers.set(opened)
    try:
        return await anext(stream, None)
    finally:
        _answers.reset(token)


async def _remember(response: httpx.Response) -> None:
    if (answers := _answers.get()) is not None:
        answers.append(response)


def _contents(messages: Sequence[Message]) -> list[Any]:
    return [
        types.Content(role=_ROLES[message.role], parts=[types.Part(text=message.text)])
        for message in messages
        if message.role != "system"
    ]


def _text(answer: types.GenerateContentResponse) -> str:
    """What was written, without what was thought."""
    if not answer.candidates:
        if answer.prompt_feedback is not None and answer.prompt_feedback.block_reason is not None:
            raise EngineError(_NAME, "rejected")
        return ""
    (first, *_) = answer.candidates
    if first.finish_reason is not None and first.finish_reason.value in _REFUSED:
        raise EngineError(_NAME, "rejected")
    parts = (first.content.parts if first.content else None) or ()
    return "".join(part.text for part in parts if part.text and not part.thought)


def _translated(error: Exception) -> EngineError:
    """Raise what comes back ``from None``: ``error`` holds the provider's words."""
    match error:
        case errors.APIError():
            return refusal(_NAME, error)
        case TimeoutError() | httpx.TimeoutException():
            return EngineError(_NAME, "timeout", retryable=True)
        case httpx.HTTPError():
            return EngineError(_NAME, "unavailable", retryable=True)
        case _:
            return EngineError(_NAME, "malformed", retryable=True)
