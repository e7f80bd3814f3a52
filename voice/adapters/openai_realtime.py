"""Speech to speech by OpenAI's Realtime API, in the event shape of its general availability."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, cast

from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import RealtimeSessionCreateRequestParam
from websockets.exceptions import InvalidHandshake, InvalidStatus

from voice.adapters.live_session import GOODBYE, Waits
from voice.adapters.openai_client import OpenAIClient
from voice.adapters.openai_realtime_ears import RATE
from voice.adapters.openai_realtime_session import NAME, RealtimeSession
from voice.adapters.refusal import refused_handshake
from voice.adapters.wording import keywords
from voice.engines import Brief, SpeechSession
from voice.errors import EngineError

FORMAT = {"type": "audio/pcm", "rate": RATE}
TAKE_HINTS = ("gpt-transcribe", "gpt-live-transcribe")
"""What the names of the transcribing models begin with that take languages and keywords."""


class OpenAIRealtime:
    """One socket for each call. The model speaks when it is asked to and says what it is told to.

    ``turns``: "ours" leaves it to the call's own endpointing when the candidate has finished;
    "server_vad" and "semantic_vad" to the provider, with ``turn_detection`` as further settings.
    ``voice`` is the provider's name where a persona names none. ``session_seconds``: the provider
    ends a session after 60 minutes; before that another takes over. Time-outs are seconds: to
    connect, to the words of an utterance, to a reply's first sound, between two pieces of it.
    """

    rate = RATE

    def __init__(
        self,
        *,
        model: str = "gpt-realtime-2.1",
        voice: str = "marin",
        languages: Sequence[str] = ("en", "ko"),
        transcription_model: str = "gpt-transcribe",
        turns: Literal["ours", "server_vad", "semantic_vad"] = "ours",
        turn_detection: Mapping[str, Any] | None = None,
        reasoning_effort: str = "",
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        session_seconds: float = 3300.0,
        connect_timeout: float = 5.0,
        words_timeout: float = 3.0,
        first_timeout: float = 6.0,
        piece_timeout: float = 4.0,
    ) -> None:
        self.judges_turns = turns != "ours"
        self._model = model
        self._voice = voice
        self._languages = tuple(languages)
        self._transcription_model = transcription_model
        self._turns = turns
        self._turn_detection = dict(turn_detection or {})
        self._reasoning_effort = reasoning_effort
        self._waits = Waits(
            connect_timeout, words_timeout, first_timeout, piece_timeout, session_seconds
        )
        self._client = OpenAIClient(
            NAME,
            base_url=base_url,
            api_key_env=api_key_env,
            connect_timeout=connect_timeout,
            read_timeout=connect_timeout,
        )

    async def warm(self) -> None:
        """Have the key judged, at no cost: a session costs what is said in it."""
        await (await self.open(Brief(""))).close()

    async def close(self) -> None:
        await self._client.close()

    async def open(self, brief: Brief, replaces: SpeechSession | None = None) -> SpeechSession:
        """Raises ``EngineError``: ``missing_key``, ``unauthorised``, ``quota``, ``rate_limited``,
        ``not_found``, ``timeout``, ``unavailable``, ``rejected``, ``malformed``.
        """
        connection: AsyncRealtimeConnection | None = None
        try:
            async with asyncio.timeout(self._waits.connect):
                manager = self._client.use().realtime.connect(
                    model=self._model, websocket_connection_options={"max_size": 2**24}
                )
                connection = await manager.enter()
                session = RealtimeSession(
                    connection, self._waits, self._languages, judges_turns=self.judges_turns
                )
                session.model = self._model
                session.transcription_model = self._transcription_model
                await session.begin(self._settings(brief), brief.history)
                return session
        except InvalidStatus as error:
            raised = refused_handshake(NAME, error.response)
        except TimeoutError:
            raised = EngineError(NAME, "timeout", retryable=True)
        except (OSError, InvalidHandshake):
            raised = EngineError(NAME, "unavailable", retryable=True)
        except EngineError as error:
            raised = error
        except Exception as error:
            raised = self._client.translated(error)
        except asyncio.CancelledError:
            await _left(connection)
            raise
        await _left(connection)
        raise raised from None

    def _settings(self, brief: Brief) -> RealtimeSessionCreateRequestParam:
        settings = {
            "type": "realtime",
            "output_modalities": ["audio"],
            "instructions": brief.instructions,
            "audio": {
                "input": {
                    "format": FORMAT,
                    "transcription": self._transcription(brief),
                    "turn_detection": self._detection(),
                },
                "output": {"format": FORMAT, "voice": brief.voice or self._voice},
            },
        }
        if self._reasoning_effort:
            settings["reasoning"] = {"effort": self._reasoning_effort}
        return cast(RealtimeSessionCreateRequestParam, settings)

    def _transcription(self, brief: Brief) -> dict[str, Any]:
        name = self._transcription_model
        told: dict[str, Any] = {"model": name}
        if brief.language:
            told["language"] = brief.language
        if name.startswith(TAKE_HINTS):
            if not brief.language:
                told["languages"] = list(self._languages)
            if words := keywords(brief.terms):
                told["keywords"] = words
        elif brief.terms and "whisper" not in name:
            told["prompt"] = brief.terms
        return told

    def _detection(self) -> dict[str, Any] | None:
        if not self.judges_turns:
            return None
        # What is said next, and whether at all, is the guide's business.
        own = {"type": self._turns, "create_response": False, "interrupt_response": False}
        return {**self._turn_detection, **own}


async def _left(connection: AsyncRealtimeConnection | None) -> None:
    """What did not come to be needs no farewell; the provider may not be there to return it."""
    if connection is not None:
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(GOODBYE):
                await connection.close()
