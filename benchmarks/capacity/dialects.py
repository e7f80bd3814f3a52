"""How a caller talks to each system: what it sends, and what it makes of what arrives."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.capacity.frames import BINARY, TEXT, frame
from benchmarks.peers import protobuf
from voice.audio import RATE, WIDTH

PLAYBACK_RATE = 24_000


@dataclass(slots=True)
class Heard:
    """What one frame of the server's says."""

    seconds: float = 0.0
    """Of the interviewer's sound that it holds."""
    begins: str = ""
    """The utterance whose sound follows, where the system names it."""
    ends: bool = False
    """All sound of the utterance has come, or is to be dropped."""
    over: bool = False
    """The conversation has ended."""
    asked: float | None = None
    """Of the turn that is complete now: the silence that was waited for, in seconds."""


NOTHING = Heard()


class Dialect(Protocol):
    headers: dict[str, str]
    opening: bytes
    """What a caller sends first."""

    def path(self) -> str:
        """Of a new conversation. Raises ``LookupError`` when there are no more."""

    def audio(self, pcm: bytes) -> bytes:
        """A frame of the microphone, 20 ms."""

    def played(self, utterance: str, seconds: float, done: bool) -> bytes:
        """A report of playback; empty where there is none."""

    def take(self, opcode: int, payload: bytes) -> Heard: ...


@dataclass
class Ours:
    """The live interview protocol, with an API token."""

    token: str
    interviews: Sequence[str]
    _used: int = 0
    headers: dict[str, str] = field(init=False)
    opening: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.token}"}
        init = {
            "type": "init",
            "audio": {"encoding": "pcm_s16le", "sample_rate": RATE},
            "playback": {"transport": "binary", "sample_rate": PLAYBACK_RATE},
        }
        self.opening = frame(TEXT, json.dumps(init).encode())

    def path(self) -> str:
        self._used += 1
        return f"/ws/interviews/{self.interviews[self._used - 1]}/"

    def audio(self, pcm: bytes) -> bytes:
        return frame(BINARY, pcm)

    def played(self, utterance: str, seconds: float, done: bool) -> bytes:
        report = {
            "type": "playback",
            "utterance": utterance,
            "played_ms": round(seconds * 1000),
            "done": done,
        }
        return frame(TEXT, json.dumps(report).encode())

    def take(self, opcode: int, payload: bytes) -> Heard:
        if opcode == BINARY:
            return Heard(seconds=len(payload) / WIDTH / PLAYBACK_RATE)
        if opcode != TEXT or payload.startswith(b'{"type": "ai_visemes"'):
            return NOTHING
        message = json.loads(payload)
        match message["type"]:
            case "ai_audio_start":
                return Heard(begins=message["utterance"])
            case "ai_audio_end" | "ai_audio_clear":
                return Heard(ends=True)
            case "turn_complete":
                asked = message["latency"]["endpoint_ms"]
                return Heard(asked=None if asked is None else asked / 1000)
            case "interview_ended":
                return Heard(over=True)
        return NOTHING


class Pipecat:
    """Its protobuf frames; an RTVI message tells when the bot has stopped speaking."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.opening = b""

    def path(self) -> str:
        return "/ws?language=en"

    def audio(self, pcm: bytes) -> bytes:
        return frame(BINARY, protobuf.audio(pcm, RATE))

    def played(self, utterance: str, seconds: float, done: bool) -> bytes:
        return b""

    def take(self, opcode: int, payload: bytes) -> Heard:
        if opcode != BINARY:
            return NOTHING
        match payload[0] >> 3:
            case protobuf.AUDIO:
                received = protobuf.read(payload)
                return Heard(seconds=len(received.data) / WIDTH / received.rate)
            case protobuf.INTERRUPTION:
                return Heard(ends=True)
            case protobuf.MESSAGE:
                return Heard(ends=b'"bot-stopped-speaking"' in payload)
        return NOTHING


Factory = Callable[[], Dialect]
