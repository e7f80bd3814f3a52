"""The local speech-to-speech providers, at stated latencies, which note what they did when."""

import asyncio
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any

from benchmarks.profiles.ledger import Ledger, Work
from benchmarks.systems import Ear
from voice.tests.wire import gemini_live, openai_realtime
from voice.tests.wire.conversation import Model
from voice.tests.wire.server import Exchange

WORDS = 0.3
"""Seconds from sound to its words."""
FIRST_SOUND = 0.5
"""Seconds from a directive to the first sound of the reply."""
LETTER = 0.06
"""Seconds for which a letter is spoken."""


@dataclass
class EarModel(Model):
    """Hears what ``ear`` knows."""

    ear: Ear | None = None
    letter: float = LETTER

    def hear(self, pcm: bytes, rate: int) -> str:
        assert self.ear is not None
        return self.ear.words(pcm, rate)


class Realtime(openai_realtime.Realtime):
    def __init__(self, model: Model, ledger: Ledger) -> None:
        super().__init__(model=model)
        self.speaks_after, self.transcribes_after = FIRST_SOUND, WORDS
        self.ledger = ledger

    def session(self, exchange: Exchange) -> "_RealtimeSession":
        return _RealtimeSession(self, exchange, self.ledger)


class _RealtimeSession(openai_realtime.Session):
    def __init__(self, provider: Realtime, exchange: Exchange, ledger: Ledger) -> None:
        super().__init__(provider, exchange)
        self._ledger = ledger
        self._words: dict[str, Work] = {}
        self._asked: Work | None = None

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "response.create":
            self._asked = self._ledger.begin("speech")
        await super()._take(message)

    async def _send(self, kind: str, **fields: Any) -> None:
        await super()._send(kind, **fields)
        if kind == "input_audio_buffer.committed":
            self._words[fields["item_id"]] = self._ledger.begin("words")
        elif kind.endswith("input_audio_transcription.completed"):
            self._words.pop(fields["item_id"]).send(fields["transcript"])
        elif kind == "response.output_audio.delta" and self._asked:
            self._asked.send()


class Gemini(gemini_live.Gemini):
    def __init__(self, model: Model, ledger: Ledger) -> None:
        super().__init__(model=model)
        self.speaks_after = FIRST_SOUND
        self.ledger = ledger

    def session(self, exchange: Exchange) -> "_GeminiSession":
        return _GeminiSession(self, exchange, self.ledger)


@dataclass
class _Activity:
    """One stretch between two marks of the client's."""

    pcm: bytearray = field(default_factory=bytearray)
    told: str = ""


class _GeminiSession(gemini_live.Session):
    """Its words come ``WORDS`` seconds behind their sound, piece by piece."""

    def __init__(self, provider: Gemini, exchange: Exchange, ledger: Ledger) -> None:
        super().__init__(provider, exchange)
        self._model = provider.model
        self._ledger = ledger
        self._activity = _Activity()
        self._asked: Work | None = None

    async def _take(self, message: dict[str, Any]) -> None:
        put = message.get("realtime_input") or message.get("realtimeInput") or {}
        if audio := put.get("audio"):
            self._activity.pcm += urlsafe_b64decode(audio["data"])
            self._begin(self._tell(self._activity, len(self._activity.pcm)))
        elif "activityEnd" in put:
            self._asked = self._ledger.begin("speech")
            self._activity = _Activity()
        await super()._take(message)

    async def _write_down(self, pcm: bytes) -> None:
        """Done behind the sound instead."""

    async def _tell(self, activity: _Activity, size: int) -> None:
        await asyncio.sleep(WORDS)
        text = self._model.hear(bytes(activity.pcm[:size]), gemini_live.MICROPHONE)
        if not text.startswith(activity.told) or not (new := text[len(activity.told) :]):
            return
        activity.told = text
        await self._content(inputTranscription={"text": new})

    async def _content(self, **content: Any) -> None:
        await super()._content(**content)
        if "modelTurn" in content and self._asked:
            self._asked.send()
