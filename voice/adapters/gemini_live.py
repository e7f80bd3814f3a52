"""Speech to speech by Gemini Live: native audio, its activity marked by the call."""

import asyncio
from collections.abc import Sequence

from google import genai
from google.genai import types
from websockets.exceptions import InvalidHandshake, InvalidStatus

from voice.adapters.gemini_live_session import NAME, RATE, GeminiSession, meaning
from voice.adapters.live_session import Waits
from voice.adapters.refusal import refused
from voice.adapters.secret import secret
from voice.engines import Brief, Message, SpeechSession
from voice.errors import EngineError

_ROLES = {"candidate": "user", "interviewer": "model"}


class GeminiLive:
    """One socket for each call, whose turns are the call's own: the provider's detection of
    activity would answer by itself, and what is said next is the guide's business.

    ``voice`` is the provider's name where a persona names none. ``session_seconds``: the provider
    ends a connection after about 10 minutes and says so before (``goAway``); another takes over,
    by the resumption handle where there is one, else with the conversation told to it. Time-outs
    are seconds: to connect, to the words of an utterance, to a reply's first sound, between two
    pieces of it.
    """

    rate = RATE
    judges_turns = False

    def __init__(
        self,
        *,
        model: str = "gemini-3.8-live",
        voice: str = "Kore",
        languages: Sequence[str] = ("en", "ko"),
        thinking_level: str = "",
        base_url: str | None = None,
        api_key_env: str = "GEMINI_API_KEY",
        session_seconds: float = 540.0,
        connect_timeout: float = 5.0,
        words_timeout: float = 1.0,
        first_timeout: float = 6.0,
        piece_timeout: float = 4.0,
    ) -> None:
        self._model = model
        self._voice = voice
        self._languages = tuple(languages)
        self._thinking_level = thinking_level
        self._base_url = base_url
        self._api_key_env = api_key_env
        self._waits = Waits(
            connect_timeout, words_timeout, first_timeout, piece_timeout, session_seconds
        )

    async def warm(self) -> None:
        """Have the key judged, at no cost."""
        await (await self.open(Brief("Wait."))).close()

    async def close(self) -> None:
        """Sessions are closed by whoever opened them."""

    async def open(self, brief: Brief, replaces: SpeechSession | None = None) -> SpeechSession:
        """Raises ``EngineError``: ``missing_key``, ``unauthorised``, ``quota``, ``rate_limited``,
        ``not_found``, ``timeout``, ``unavailable``, ``rejected``, ``malformed``.
        """
        key = secret(self._api_key_env, NAME)
        session = GeminiSession(self._waits, self._languages)
        handle = None
        if isinstance(replaces, GeminiSession) and (handle := replaces.handle):
            session.resume(replaces)
        session.model = self._model
        try:
            async with asyncio.timeout(self._waits.connect):
                options = types.HttpOptions(base_url=self._base_url)
                client = genai.Client(api_key=key, http_options=options)
                connecting = client.aio.live.connect(
                    model=self._model, config=self._config(brief, handle)
                )
                history: list[types.Content | types.ContentDict] = []
                if not handle:
                    history = [_content(message) for message in brief.history]
                await session.begin(connecting, history)
                return session
        except InvalidStatus as error:
            answer = error.response
            raised = refused(NAME, answer.status_code, answer.headers)
        except TimeoutError:
            raised = EngineError(NAME, "timeout", retryable=True)
        except (OSError, InvalidHandshake):
            raised = EngineError(NAME, "unavailable", retryable=True)
        except Exception as error:
            raised = meaning(error)
        except asyncio.CancelledError:
            await session.abandon()
            raise
        await session.abandon()
        raise raised from None

    def _config(self, brief: Brief, handle: str | None) -> types.LiveConnectConfig:
        voice = types.PrebuiltVoiceConfig(voice_name=brief.voice or self._voice)
        languages = [brief.language] if brief.language else list(self._languages)
        thinking = None
        if self._thinking_level:
            level = types.ThinkingLevel(self._thinking_level.upper())
            thinking = types.ThinkingConfig(thinking_level=level)
        told = types.HistoryConfig(initial_history_in_client_content=True)
        return types.LiveConnectConfig(
            response_modalities=[types.Modality.AUDIO],
            system_instruction=brief.instructions,
            speech_config=types.SpeechConfig(
                voice_config=types.VoiceConfig(prebuilt_voice_config=voice)
            ),
            realtime_input_config=types.RealtimeInputConfig(
                automatic_activity_detection=types.AutomaticActivityDetection(disabled=True),
                activity_handling=types.ActivityHandling.START_OF_ACTIVITY_INTERRUPTS,
            ),
            input_audio_transcription=types.AudioTranscriptionConfig(
                language_codes=languages,
                custom_vocabulary=[brief.terms] if brief.terms else None,
            ),
            output_audio_transcription=types.AudioTranscriptionConfig(),
            # Without it a conversation of sound would be cut off after a quarter of an hour.
            context_window_compression=types.ContextWindowCompressionConfig(
                sliding_window=types.SlidingWindow()
            ),
            session_resumption=types.SessionResumptionConfig(handle=handle),
            history_config=told if brief.history and not handle else None,
            thinking_config=thinking,
        )


def _content(message: Message) -> types.Content:
    role = _ROLES.get(message.role, "user")
    return types.Content(role=role, parts=[types.Part(text=message.text)])
