"""Any language model behind an OpenAI-compatible chat endpoint: OpenAI, vLLM, Ollama, llama.cpp."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import Any, cast

import openai
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.shared import ReasoningEffort

from voice.adapters.openai_client import FAILURES, OpenAIClient
from voice.engines import Message, Role
from voice.errors import EngineError

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
    without one. Time-outs are seconds: to connect, to the first delta, between two deltas.
    ``extra_body`` is sent as it is, for what a server understands beyond OpenAI's parameters.
    ``reasoning_effort`` (``none``, ``low`` …) is for models that reason, and only for them: they
    choose their temperature themselves, and count what they think as written.
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
        extra_body: Mapping[str, Any] | None = None,
        reasoning_effort: str = "",
        api_key: str = "",
        name: str = "openai_chat",
    ) -> None:
        self.languages = frozenset(languages)
        self._model = model
        self._stop = list(stop)
        self._first_timeout = first_timeout
        self._delta_timeout = delta_timeout
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
        stream: openai.AsyncStream[ChatCompletionChunk] | None = None
        limit, wait = asyncio.get_running_loop().time() + self._first_timeout, self._first_timeout
        spoke = False
        try:
            async with asyncio.timeout(wait):
                stream = await self._open(messages, max_tokens, temperature)
            while True:
                if not spoke:
                    wait = limit - asyncio.get_running_loop().time()
                async with asyncio.timeout(wait):
                    chunk = await anext(stream, None)
                if chunk is None:
                    break
                if delta := _content(chunk):
                    spoke, wait = True, self._delta_timeout
                    yield delta
        except FAILURES as error:
            raise self._client.translated(error) from None
        finally:
            if stream is not None:
                await stream.close()
        if not spoke:
            raise EngineError(self._name, "empty", retryable=True)

    async def _open(
        self, messages: Sequence[Message], max_tokens: int, temperature: float
    ) -> openai.AsyncStream[ChatCompletionChunk]:
        wire = [
            cast(
                ChatCompletionMessageParam,
                {"role": _WIRE_ROLES[message.role], "content": message.text},
            )
            for message in messages
        ]
        return await self._client.use().chat.completions.create(
            model=self._model,
            messages=wire,
            max_tokens=openai.omit if self._effort else max_tokens,
            max_completion_tokens=max_tokens if self._effort else openai.omit,
            temperature=openai.omit if self._effort else temperature,
            reasoning_effort=cast(ReasoningEffort, self._effort) if self._effort else openai.omit,
            stop=self._stop or openai.omit,
            stream=True,
            extra_body=self._extra_body,
        )


def _content(chunk: ChatCompletionChunk) -> str:
    """The chunk's text; providers also send chunks of usage or role that have none."""
    try:
        return (chunk.choices[0].delta.content or "") if chunk.choices else ""
    except (AttributeError, TypeError):
        raise ValueError("a chunk that is none") from None
