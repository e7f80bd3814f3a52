"""The live interview protocol, version 1: client messages in, events out. No ORM, no I/O.

``docs/websocket.md`` is the contract that this module reads and writes.
"""

import base64
import binascii
import json
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from voice import events

VERSION = 1
MAX_FRAME = 64 * 1024
"""Bytes of one audio frame."""
MAX_TEXT_FRAME = 128 * 1024
"""Characters of one JSON frame: a full audio frame in base64, and room."""
MAX_ANSWER = 4_000

Close = Literal[1000, 1013, 4400, 4401, 4403, 4404, 4409, 4410, 4429]


class ProtocolError(ValueError):
    """A message that is answered by ``error`` and ignored."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        # Typed languages write a field that they leave out as null.
        if isinstance(data, dict):
            return {name: value for name, value in data.items() if value is not None}
        return data


class AudioFormat(_Message):
    encoding: Literal["pcm_s16le", "webm_opus"] = "webm_opus"
    sample_rate: int = Field(16_000, ge=8_000, le=48_000)


class Playback(_Message):
    transport: Literal["binary", "json"] = "json"
    sample_rate: int = Field(24_000, ge=8_000, le=48_000)


class Init(_Message):
    type: Literal["init"] = "init"
    audio: AudioFormat = AudioFormat()
    playback: Playback = Playback()
    language: str = Field("auto", max_length=35)
    resume_after: int | None = Field(None, ge=0)


class AudioChunk(_Message):
    type: Literal["audio_chunk"]
    data: str

    def audio(self) -> bytes:
        """The decoded audio; raises ProtocolError where it is not base64 or too long."""
        try:
            data = base64.b64decode(self.data, validate=True)
        except (binascii.Error, ValueError):
            raise ProtocolError("bad_audio", "audio_chunk.data is not base64") from None
        if len(data) > MAX_FRAME:
            raise ProtocolError("frame_too_large", f"audio frames hold at most {MAX_FRAME} bytes")
        return data


class AudioEnd(_Message):
    type: Literal["audio_end"]


class TextAnswer(_Message):
    type: Literal["text_answer"]
    text: str = Field(max_length=MAX_ANSWER)

    @field_validator("text")
    @classmethod
    def _storable(cls, text: str) -> str:
        # PostgreSQL stores every character but this one.
        return text.replace("\0", "")


class TakeTime(_Message):
    type: Literal["take_time"]


class Interrupt(_Message):
    type: Literal["interrupt"]


class PlaybackReport(_Message):
    type: Literal["playback"]
    utterance: str = Field(max_length=64)
    played_ms: float = Field(ge=0, le=3_600_000, strict=False, allow_inf_nan=False)
    done: bool = False


class EndInterview(_Message):
    type: Literal["end_interview"]


class Ping(_Message):
    type: Literal["ping"]
    id: str | int | float | None = None

    @field_validator("id")
    @classmethod
    def _repeatable(cls, id_: str | int | float | None) -> str | int | float | None:
        # Half a surrogate pair and 1e999 can be read, but not be written again.
        json.dumps(id_, ensure_ascii=False, allow_nan=False).encode()
        return id_


ClientMessage = (
    Init
    | AudioChunk
    | AudioEnd
    | TextAnswer
    | TakeTime
    | Interrupt
    | PlaybackReport
    | EndInterview
    | Ping
)
_READER: TypeAdapter[ClientMessage] = TypeAdapter(
    Annotated[ClientMessage, Field(discriminator="type")]
)
_TYPES = frozenset(
    "init audio_chunk audio_end text_answer take_time interrupt playback end_interview ping".split()
)


def parse(text: str) -> ClientMessage:
    """One client message; raises ProtocolError saying what is wrong with it."""
    if len(text) > MAX_TEXT_FRAME:
        raise ProtocolError("frame_too_large", f"text frames hold at most {MAX_TEXT_FRAME} letters")
    try:
        data = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ProtocolError("bad_message", "the message is not JSON") from None
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(kind, str):
        raise ProtocolError("bad_message", 'a message is an object with a "type"')
    if kind not in _TYPES:
        raise ProtocolError("unknown_message", "this message type is not known")
    try:
        return _READER.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ProtocolError("bad_message", f"{where}: {first['msg']}") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def encode(event: events.Event) -> dict[str, Any] | None:
    """The message for an event of the call; None for events that are the server's own affair.
    Sound is not encoded here: its transport is the connection's choice."""
    match event:
        case events.StateChanged(value=value):
            return {"type": "state", "value": value}
        case events.CandidateWords():
            return {
                "type": "user_transcript",
                "utterance": event.utterance,
                "text": event.text,
                "is_final": event.is_final,
                "language": event.language,
                "source": event.source,
            }
        case events.InterviewerWords():
            return {
                "type": "ai_transcript_chunk",
                "utterance": event.utterance,
                "text": event.text,
            }
        case events.SoundStarted():
            return {
                "type": "ai_audio_start",
                "utterance": event.utterance,
                "encoding": "pcm_s16le",
                "sample_rate": event.rate,
            }
        case events.MouthShapes():
            shapes = [
                [milliseconds(shape.start), milliseconds(shape.duration), shape.shape]
                for shape in event.visemes
            ]
            return {"type": "ai_visemes", "utterance": event.utterance, "visemes": shapes}
        case events.SoundEnded():
            return {
                "type": "ai_audio_end",
                "utterance": event.utterance,
                "duration_ms": milliseconds(event.duration),
            }
        case events.SoundCleared():
            return {
                "type": "ai_audio_clear",
                "utterance": event.utterance,
                "heard_text": event.heard_text,
            }
        case events.TurnCompleted():
            return {
                "type": "turn_complete",
                "turn": event.turn,
                "user_text": event.candidate_text,
                "ai_text": event.interviewer_text,
                "latency": latency(event.latency),
            }
    return None


def latency(measured: events.Latency) -> dict[str, int | None]:
    """The stages of one reply in whole milliseconds; null: the stage was not needed."""
    return {
        "endpoint_ms": milliseconds(measured.endpoint),
        "stt_ms": milliseconds(measured.stt),
        "llm_first_token_ms": milliseconds(measured.llm_first_token),
        "tts_first_audio_ms": milliseconds(measured.tts_first_audio),
        "total_ms": milliseconds(measured.total),
    }


def sound_chunk(sound: events.Sound) -> dict[str, Any]:
    """Sound for clients that take no binary frames."""
    return {
        "type": "ai_audio_chunk",
        "utterance": sound.utterance,
        "data": base64.b64encode(sound.pcm).decode(),
    }
