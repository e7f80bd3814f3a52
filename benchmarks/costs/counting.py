"""The local speech-to-speech providers, which count tokens as the hosted ones are said to.

OpenAI: a token for 100 ms of the candidate's sound, one for 50 ms of the interviewer's.
Gemini: 25 a second of either. Both read the whole conversation again for every response, its sound
included. OpenAI's cache serves none of it or, the other bound, all that was read before.
"""

from base64 import b64decode, urlsafe_b64decode
from typing import Any

from voice.metering import tokens
from voice.tests.wire import gemini_live, openai_realtime
from voice.tests.wire.conversation import RATE
from voice.tests.wire.server import Exchange

HEARD, SPOKEN = 10, 20
"""Of OpenAI's tokens a second."""
GEMINI = 25
WIDTH = 2


class CountingRealtime(openai_realtime.Realtime):
    caches = False

    def session(self, exchange: Exchange) -> "_RealtimeSession":
        return _RealtimeSession(self, exchange)


class _RealtimeSession(openai_realtime.Session):
    def __init__(self, provider: CountingRealtime, exchange: Exchange) -> None:
        super().__init__(provider, exchange)
        self._sound: dict[str, float] = {}
        """Tokens of sound by item."""
        self._caches = provider.caches
        self._read: dict[str, float] = {}
        """Of the sound, what the response before has read."""
        self._words = 0
        self._asked = 0
        self._waiting = 0.0
        self._spoken = 0.0
        self._written = 0

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "input_audio_buffer.append":
                self._waiting += len(b64decode(message["audio"])) / WIDTH / RATE * HEARD
            case "input_audio_buffer.clear":
                self._waiting = 0.0
            case "conversation.item.create":
                parts = message["item"]["content"]
                self._words += sum(tokens(part.get("text", "")) for part in parts)
            case "conversation.item.delete":
                self._sound.pop(message["item_id"], None)
            case "conversation.item.truncate":
                self._sound[message["item_id"]] = message["audio_end_ms"] / 1000 * SPOKEN
            case "response.create":
                self._asked = tokens(self.settings.get("instructions", ""))
                self._spoken, self._written = 0.0, 0
        await super()._take(message)

    async def _send(self, kind: str, **fields: Any) -> None:
        match kind:
            case "input_audio_buffer.committed":
                self._sound[fields["item_id"]], self._waiting = self._waiting, 0.0
            case "response.output_audio.delta":
                seconds = len(b64decode(fields["delta"])) / WIDTH / RATE
                self._spoken += seconds * SPOKEN
                self._sound[fields["item_id"]] = self._spoken
            case "response.output_audio_transcript.delta":
                self._written += tokens(fields["delta"])
            case "conversation.item.input_audio_transcription.completed":
                seconds = self._sound.get(fields["item_id"], 0.0) / HEARD
                fields["usage"] = {"type": "duration", "seconds": seconds}
            case "response.done":
                fields["response"]["usage"] = self._usage()
        await super()._send(kind, **fields)

    def _usage(self) -> dict[str, Any]:
        text, spoken = self._asked + self._words, round(self._spoken)
        heard = round(sum(self._sound.values())) - spoken
        again = {item: min(n, self._read.get(item, 0.0)) for item, n in self._sound.items()}
        cached = round(sum(again.values())) if self._caches else 0
        self._read = dict(self._sound)
        given = {
            "text_tokens": text,
            "audio_tokens": heard,
            "cached_tokens": cached,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": min(cached, heard)},
        }
        made = {"text_tokens": self._written, "audio_tokens": spoken}
        return {
            "input_tokens": text + heard,
            "output_tokens": self._written + spoken,
            "total_tokens": text + heard + self._written + spoken,
            "input_token_details": given,
            "output_token_details": made,
        }


class CountingGemini(gemini_live.Gemini):
    def session(self, exchange: Exchange) -> "_GeminiSession":
        return _GeminiSession(self, exchange)


class _GeminiSession(gemini_live.Session):
    def __init__(self, provider: CountingGemini, exchange: Exchange) -> None:
        super().__init__(provider, exchange)
        self._words = 0
        self._heard = 0.0
        self._spoken = 0.0

    async def _take(self, message: dict[str, Any]) -> None:
        put = message.get("realtime_input") or message.get("realtimeInput") or {}
        if audio := put.get("audio"):
            pcm = urlsafe_b64decode(audio["data"])
            self._heard += len(pcm) / WIDTH / gemini_live.MICROPHONE * GEMINI
        self._words += tokens(put.get("text", ""))
        await super()._take(message)
        if "setup" in message:
            told = self.setup.get("systemInstruction") or {}
            self._words += sum(tokens(part.get("text", "")) for part in told.get("parts", ()))

    async def _content(self, **content: Any) -> None:
        await super()._content(**content)
        for part in content.get("modelTurn", {}).get("parts", ()):
            pcm = b64decode(part["inlineData"]["data"])
            self._spoken += len(pcm) / WIDTH / RATE * GEMINI
        if content.get("turnComplete"):
            await self._socket.send({"usageMetadata": self._usage()})
            # From now on it is a part of what is read again.
            self._heard, self._spoken = self._heard + self._spoken, 0.0

    def _usage(self) -> dict[str, Any]:
        heard, spoken = round(self._heard), round(self._spoken)
        return {
            "promptTokenCount": self._words + heard,
            "responseTokenCount": spoken,
            "totalTokenCount": self._words + heard + spoken,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": self._words},
                {"modality": "AUDIO", "tokenCount": heard},
            ],
            "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": spoken}],
        }
