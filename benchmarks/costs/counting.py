"""The local speech-to-speech providers, which count tokens as the hosted ones are said to.

OpenAI: a token for 100 ms of the candidate's sound, one for 50 ms of the interviewer's.
Gemini: 25 a second of either. Both read the whole conversation again for every response, its sound
included. OpenAI's cache serves none of it or, the other bound, all up to the first change since
the response before: an item that was cut or taken out, or the end.
"""

from base64 import b64decode, urlsafe_b64decode
from dataclasses import dataclass
from itertools import takewhile
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


@dataclass(frozen=True, slots=True)
class _Item:
    """Tokens of one."""

    text: int = 0
    audio: float = 0.0


class _RealtimeSession(openai_realtime.Session):
    def __init__(self, provider: CountingRealtime, exchange: Exchange) -> None:
        super().__init__(provider, exchange)
        self._counted: dict[str, _Item] = {}
        """What a response reads after the instructions, in its order."""
        self._caches = provider.caches
        self._before: list[tuple[str, _Item]] = []
        """The same as the last response has left it."""
        self._waiting = 0.0
        self._saying = ""
        self._written = 0

    async def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "input_audio_buffer.append":
                self._waiting += len(b64decode(message["audio"])) / WIDTH / RATE * HEARD
            case "input_audio_buffer.clear":
                self._waiting = 0.0
            case "conversation.item.create":
                item = message["item"]
                words = sum(tokens(part.get("text", "")) for part in item["content"])
                self._counted[item.setdefault("id", self._item())] = _Item(text=words)
            case "conversation.item.delete":
                self._counted.pop(message["item_id"], None)
            case "conversation.item.truncate" if message["item_id"] in self._counted:
                left = _Item(audio=message["audio_end_ms"] / 1000 * SPOKEN)
                self._counted[message["item_id"]] = left
            case "response.create":
                self._saying, self._written = "", 0
        await super()._take(message)

    async def _send(self, kind: str, **fields: Any) -> None:
        match kind:
            case "input_audio_buffer.committed":
                self._counted[fields["item_id"]] = _Item(audio=self._waiting)
                self._waiting = 0.0
            case "response.output_audio.delta":
                self._saying = fields["item_id"]
                seconds = len(b64decode(fields["delta"])) / WIDTH / RATE
                said = self._counted.get(self._saying, _Item()).audio + seconds * SPOKEN
                self._counted[self._saying] = _Item(audio=said)
            case "response.output_audio_transcript.delta":
                self._written += tokens(fields["delta"])
            case "conversation.item.input_audio_transcription.completed":
                heard = self._counted.get(fields["item_id"], _Item()).audio
                fields["usage"] = {"type": "duration", "seconds": heard / HEARD}
            case "response.done":
                fields["response"]["usage"] = self._usage()
        await super()._send(kind, **fields)

    def _usage(self) -> dict[str, Any]:
        asked = tokens(self.settings.get("instructions", ""))
        read = [(name, item) for name, item in self._counted.items() if name != self._saying]
        text = asked + sum(item.text for _, item in read)
        heard = round(sum(item.audio for _, item in read))
        spoken = round(self._counted.get(self._saying, _Item()).audio)
        cached_text, cached_audio = self._again(asked, read) if self._caches else (0, 0)
        self._before = list(self._counted.items())
        given = {
            "text_tokens": text,
            "audio_tokens": heard,
            "cached_tokens": cached_text + cached_audio,
            "cached_tokens_details": {"text_tokens": cached_text, "audio_tokens": cached_audio},
        }
        made = {"text_tokens": self._written, "audio_tokens": spoken}
        return {
            "input_tokens": text + heard,
            "output_tokens": self._written + spoken,
            "total_tokens": text + heard + self._written + spoken,
            "input_token_details": given,
            "output_token_details": made,
        }

    def _again(self, asked: int, read: list[tuple[str, _Item]]) -> tuple[int, int]:
        """Tokens of text and of sound that the response before has read as well."""
        if not self._before:
            return 0, 0
        pairs = zip(read, self._before, strict=False)
        same = list(takewhile(lambda pair: pair[0] == pair[1], pairs))
        text = sum(item.text for (_, item), _ in same)
        return asked + text, round(sum(item.audio for (_, item), _ in same))


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
