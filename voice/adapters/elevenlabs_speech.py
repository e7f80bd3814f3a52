"""Speech by ElevenLabs: over its WebSocket, and over HTTP where that cannot be had."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import quote, urlencode

from websockets import exceptions
from websockets.asyncio.client import ClientConnection, connect

from voice.adapters.elevenlabs_sockets import Key, WarmSockets
from voice.adapters.elevenlabs_stream import NAME, Chunk, WholeText, read, refusal
from voice.adapters.secret import secret
from voice.adapters.take import pieces
from voice.alignment import AlignedSpeech
from voice.engines import Clip
from voice.errors import EngineError
from voice.metering import Use, used
from voice.sentences import split

RATE = 24_000
"""Sample rate of the output format that is asked for, in Hz."""

_QUIET = logging.getLogger(__name__)
_QUIET.setLevel(logging.WARNING)
"""At DEBUG the library would log the key and every text."""

INACTIVITY = 180
"""Seconds after which the provider may hang up on an idle socket: its longest."""


class ElevenLabsSpeech:
    """Clause by clause into one socket, audio with the time of each letter out of it.

    ``voice`` is the voice id where a persona names none; ``voice_settings`` go to the provider as
    they are. A socket for each voice in use, ``spares`` at most, is held open between turns and
    renewed after ``idle`` seconds, until the voice was not used for ``keep`` seconds. Time-outs
    are seconds: to connect, to the first audio, between two pieces of it.
    """

    def __init__(
        self,
        *,
        model: str = "eleven_flash_v2_5",
        voice: str = "JBFqnCBsd6RMkjVDRZzb",
        languages: tuple[str, ...] = ("en", "ko"),
        voice_settings: Mapping[str, float | bool] | None = None,
        base_url: str = "https://api.elevenlabs.io",
        api_key_env: str = "ELEVENLABS_API_KEY",
        spares: int = 8,
        idle: float = 150.0,
        keep: float = 900.0,
        connect_timeout: float = 3.0,
        first_timeout: float = 5.0,
        chunk_timeout: float = 3.0,
    ) -> None:
        self._model = model
        self._voice = voice
        self._languages = tuple(languages)
        self._settings = dict(voice_settings or {})
        self._base_url = base_url.rstrip("/")
        self._api_key_env = api_key_env
        self._connect_timeout = connect_timeout
        self._first_timeout = first_timeout
        self._chunk_timeout = chunk_timeout
        self._sockets = WarmSockets(self._connect, self._key, size=spares, idle=idle, keep=keep)
        self._http = WholeText(
            base_url=self._base_url,
            model=model,
            voice_settings=self._settings,
            output_format=f"pcm_{RATE}",
            connect_timeout=connect_timeout,
            first_timeout=first_timeout,
            chunk_timeout=chunk_timeout,
        )

    async def warm(self) -> None:
        """Open a socket for the default voice in each language, which judges the key."""
        for language in self._languages:
            self._sockets.discard(await self._sockets.take((self._voice, language)))

    async def close(self) -> None:
        await self._sockets.close()
        await self._http.close()

    async def speak(self, text: str, *, language: str, voice: str) -> AsyncGenerator[Clip]:
        """Raises ``EngineError``: ``missing_key``, ``unauthorised``, ``unknown_voice``, ``quota``,
        ``rate_limited``, ``timeout``, ``unavailable``, ``rejected``, ``malformed``, ``empty``.
        """
        if not text.strip():
            return
        used(Use("synthesizer", NAME, self._model, characters=len(text)))
        speech = AlignedSpeech(text, RATE)
        heard = False
        async with aclosing(self._chunks(text, (voice or self._voice, language))) as chunks:
            async for chunk in chunks:
                heard = heard or bool(chunk.pcm)
                if clip := speech.add(chunk.pcm, chunk.letters):
                    yield clip
        if not heard:
            raise EngineError(NAME, "empty", retryable=True)
        if clip := speech.rest():
            yield clip

    async def _chunks(self, text: str, key: Key) -> AsyncGenerator[Chunk]:
        """Over the socket; nothing having come of it, once more over HTTP."""
        began, socket = False, None
        try:
            socket = await self._sockets.take(key)
            async with aclosing(self._over_socket(socket, text)) as chunks:
                async for chunk in chunks:
                    began = True
                    yield chunk
            return
        except EngineError as error:
            # A proxy that lets no WebSocket through has many ways to say so.
            helpless = ("missing_key", "quota", "rate_limited")
            if began or error.code in helpless or (socket and error.code != "unavailable"):
                raise
        voice, language = key
        async with aclosing(self._http.chunks(text, voice, language, self._key())) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _over_socket(self, socket: ClientConnection, text: str) -> AsyncGenerator[Chunk]:
        limit = asyncio.get_running_loop().time() + self._first_timeout
        try:
            async with asyncio.timeout_at(limit):
                for clause in pieces(text, split(text)):
                    await _send(socket, {"text": f"{clause.strip()} ", "flush": True})
                await _send(socket, {"text": ""})
            final = False
            while not final:
                async with asyncio.timeout_at(limit):
                    message = await socket.recv()
                chunk, final = read(message)
                if chunk.pcm or chunk.letters:
                    yield chunk
                    limit = asyncio.get_running_loop().time() + self._chunk_timeout
        except TimeoutError:
            raise EngineError(NAME, "timeout", retryable=True) from None
        except exceptions.ConnectionClosedOK:
            return
        except exceptions.ConnectionClosed as error:
            # 1008, policy violation: what it was about stood in a message before.
            policy = error.rcvd is not None and error.rcvd.code == 1008
            code = "rejected" if policy else "unavailable"
            raise EngineError(NAME, code, retryable=not policy) from None
        finally:
            self._sockets.discard(socket)

    async def _connect(self, key: Key, api_key: str) -> ClientConnection:
        voice, language = key
        query: dict[str, Any] = {
            "model_id": self._model,
            "language_code": language,
            "output_format": f"pcm_{RATE}",
            "inactivity_timeout": INACTIVITY,
            "sync_alignment": "true",
            "auto_mode": "true",
        }
        address = (
            f"ws{self._base_url.removeprefix('http')}/v1/text-to-speech/"
            f"{quote(voice, safe='')}/stream-input?{urlencode(query)}"
        )
        try:
            socket = await connect(
                address,
                additional_headers={"xi-api-key": api_key},
                open_timeout=self._connect_timeout,
                close_timeout=0.5,
                ping_interval=None,
                compression=None,
                logger=_QUIET,
                max_size=16 * 2**20,
            )
            await _send(socket, {"text": " "} | _if_any("voice_settings", self._settings))
        except exceptions.InvalidStatus as error:
            raise refusal(error.response) from None
        except (OSError, TimeoutError, exceptions.WebSocketException):
            raise EngineError(NAME, "unavailable", retryable=True) from None
        return socket

    def _key(self) -> str:
        return secret(self._api_key_env, NAME)


def _if_any(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(settings)} if settings else {}


async def _send(socket: ClientConnection, message: Mapping[str, Any]) -> None:
    await socket.send(json.dumps(message, ensure_ascii=False))
