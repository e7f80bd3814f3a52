"""Any language model behind an OpenAI-compatible chat endpoint: OpenAI, vLLM, Ollama, llama.cpp."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import Any, cast

import openai
from openai.types.chat import ChatCompletionMessageParam
from openai.types.shared import ReasoningEffort
from pydantic import BaseModel

from voice.adapters.openai_client import FAILURES, OpenAIClient
from voice.engines import Message, Role, Writing
from voice.errors import EngineError
from voice.metering import Use, tokens, used
from voice.structured import ask, in_words, is_strict

_WIRE_ROLES: Mapping[Role, str] = {
    "system": "system",
    "candidate": "user",
    "interviewer": "assistant",
}

WARM_TOKENS = 16
"""Fewer are refused by some models that reason."""


class OpenAIChat:
    """Streams replies of ``model`` at ``base_url`` (None: OpenAI's own).

    ``api_key_env`` names the environment variable that holds the key; empty for an endpoint
    without one. Time-outs are seconds: to connect, to the first delta, between two deltas, for
    a whole object.
    ``extra_body`` is sent as it is, for what a server understands beyond OpenAI's parameters.
    ``reasoning_effort`` (``none``, ``low`` …) is for models that reason, and only for them: they
    choose their temperature themselves, and count what they think as written. ``reply_tokens``
    and ``late_after`` are the model's ``Writing``.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        languages: Iterable[str] = ("en", "ko"),
        stop: Sequence[str] = (),
        connect_timeout: float = 3.0,
        first_timeout: float = 10.0,
        delta_timeout: float = 5.0,
        object_timeout: float = 30.0,
        extra_body: Mapping[str, Any] | None = None,
        reasoning_effort: str = "",
        reply_tokens: int = 45,
        late_after: float = 1.0,
        api_key: str = "",
        name: str = "openai_chat",
    ) -> None:
        self.languages = frozenset(languages)
        self.writing = Writing(reply_tokens, late_after)
        self._model = model
        self._stop = list(stop)
        self._first_timeout = first_timeout
        self._delta_timeout = delta_timeout
        self._object_timeout = object_timeout
        self._knows_schemas = True
        self._extra_body = dict(extra_body or {})
        self._effort = reasoning_effort
        self._name = name
        self._client = OpenAIClient(
            name,
            base_url=base_url,
            api_key_env=api_key_env,
            api_key=api_key,
            connect_timeout=connect_timeout,
            read_timeout=max(first_timeout, delta_timeout),
            # A server with a key of its own is on this machine.
            model="" if api_key else model,
        )

    async def warm(self) -> None:
        """Open the connection and run the model once."""
        async for _ in self.reply([Message("candidate", "Hello.")], max_tokens=WARM_TOKENS):
            pass

    async def close(self) -> None:
        await self._client.close()

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Stream the reply. Raises ``EngineError``: ``missing_key``, ``unauthorised``,
        ``rate_limited``, ``quota``, ``timeout``, ``unavailable``, ``rejected``, ``malformed`` or
        ``empty``.
        """
        stream: openai.AsyncStream[object] | None = None
        loop = asyncio.get_running_loop()
        limit, spoke = loop.time() + self._first_timeout, False
        written, usage = "", None
        try:
            async with asyncio.timeout_at(limit):
                stream = await self._open(messages, max_tokens, temperature)
            while True:
                async with asyncio.timeout_at(limit):
                    chunk = await anext(stream, None)
                if chunk is None:
                    break
                found, delta = _read(chunk)
                usage = found or usage
                if delta:
                    spoke = True
                    written += delta
                    yield delta
                    # The time that the listener takes is not the provider's.
                    limit = loop.time() + self._delta_timeout
        except FAILURES as error:
            raise self._client.translated(error) from None
        finally:
            if stream is not None:
                self._count(usage, messages, written)
                await stream.close()
        if not spoke:
            raise EngineError(self._name, "empty", retryable=True)

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        """A server that knows no schemas is told the schema in words, from then on.

        Raises ``EngineError`` like ``reply``. Cancelling hangs up.
        """

        async def generate(asked: Sequence[Message]) -> str:
            if self._knows_schemas:
                try:
                    return await self._object(asked, schema, max_tokens)
                except EngineError as error:
                    if error.code != "rejected":
                        raise
                    # The request may have been refused for another reason: then so is the next.
                    text = await self._object(_told(asked, schema), None, max_tokens)
                    self._knows_schemas = False
                    return text
            return await self._object(_told(asked, schema), None, max_tokens)

        return await ask(generate, messages, schema, self._name)

    async def _object(
        self, messages: Sequence[Message], schema: Mapping[str, Any] | None, max_tokens: int
    ) -> str:
        wish: Any = {"type": "json_object"}
        if schema is not None:
            named = {"name": "answer", "schema": dict(schema), "strict": is_strict(schema)}
            wish = {"type": "json_schema", "json_schema": named}
        try:
            async with asyncio.timeout(self._object_timeout):
                answer = await self._client.use().chat.completions.create(
                    model=self._model,
                    messages=_wire(messages),
                    max_tokens=openai.omit if self._effort else max_tokens,
                    max_completion_tokens=max_tokens if self._effort else openai.omit,
                    temperature=openai.omit if self._effort else 0.0,
                    reasoning_effort=(
                        cast(ReasoningEffort, self._effort) if self._effort else openai.omit
                    ),
                    response_format=wish,
                    # A server takes one of both, and the schema is what is wanted here.
                    extra_body={k: v for k, v in self._extra_body.items() if k != "grammar"},
                    # Ours comes first: two at the same moment leave a connection half closed.
                    timeout=2 * self._object_timeout,
                )
            self._count(answer.usage, messages, "")
            choice = answer.choices[0]
            if choice.finish_reason == "content_filter" or getattr(choice.message, "refusal", None):
                raise EngineError(self._name, "rejected")
            text = choice.message.content
            if not isinstance(text, str | None):
                raise ValueError("a text that is none")
        except FAILURES as error:
            raise self._client.translated(error) from None
        if not text:
            raise EngineError(self._name, "empty", retryable=True)
        return text

    async def _open(
        self, messages: Sequence[Message], max_tokens: int, temperature: float
    ) -> openai.AsyncStream[object]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": _wire(messages),
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._effort:
            body |= {"max_completion_tokens": max_tokens, "reasoning_effort": self._effort}
        else:
            body |= {"max_tokens": max_tokens, "temperature": temperature}
        if self._stop:
            body["stop"] = self._stop
        # Not ``completions.create``: its model of a chunk costs more than the chunk's JSON, 60
        # times a second.
        return await self._client.use().post(
            "/chat/completions",
            cast_to=object,
            body=body | self._extra_body,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )

    def _count(self, usage: object, messages: Sequence[Message], written: str) -> None:
        """A reply that was given up has no usage of its provider's: it is estimated."""
        if isinstance(usage, BaseModel):
            # Its warnings would quote what came.
            usage = usage.model_dump(warnings=False)
        asked, answered = _number(usage, "prompt_tokens"), _number(usage, "completion_tokens")
        details = usage.get("prompt_tokens_details") if isinstance(usage, dict) else None
        cached, told = _number(details, "cached_tokens"), asked > 0
        if not told:
            asked, answered = sum(tokens(message.text) for message in messages), tokens(written)
        use = Use(
            "model", self._name, self._model,
            input_tokens=asked, cached_tokens=cached, output_tokens=answered,
            estimated=not told,
        )  # fmt: skip
        used(use)


def _number(counts: object, name: str) -> int:
    found = counts.get(name) if isinstance(counts, dict) else None
    return found if isinstance(found, int) else 0


def _wire(messages: Sequence[Message]) -> list[ChatCompletionMessageParam]:
    return [
        cast(
            ChatCompletionMessageParam,
            {"role": _WIRE_ROLES[message.role], "content": message.text},
        )
        for message in messages
    ]


def _told(messages: Sequence[Message], schema: Mapping[str, Any]) -> list[Message]:
    return [Message("system", in_words(schema)), *messages]


def _read(chunk: object) -> tuple[object, str]:
    """The chunk's usage and text; providers also send chunks of usage or role that have none."""
    try:
        known: Any = chunk
        choices = known.get("choices")
        text = choices[0]["delta"].get("content") if choices else ""
    except (AttributeError, KeyError, IndexError, TypeError):
        raise ValueError("a chunk that is none") from None
    if not isinstance(text, str | None):
        raise ValueError("a text that is none")
    return known.get("usage"), text or ""
