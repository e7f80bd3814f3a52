"""The few messages of Pipecat's ``frames.proto`` that a client needs, without its code; pure.

``Frame`` is one of text (1), audio (2), transcription (3), message (4) and interruption (5); an
audio frame holds its PCM (3), sample rate (4) and channels (5), a message its JSON (1).
"""

from collections.abc import Iterator
from dataclasses import dataclass

TEXT, AUDIO, TRANSCRIPTION, MESSAGE, INTERRUPTION = range(1, 6)

_PCM, _RATE, _CHANNELS = 3, 4, 5
_LENGTH_DELIMITED = 2


@dataclass(frozen=True, slots=True)
class Received:
    """``kind`` is one of the constants above; ``data`` is PCM, or JSON, or empty."""

    kind: int
    data: bytes = b""
    rate: int = 0


def audio(pcm: bytes, rate: int) -> bytes:
    """A frame of mono PCM s16le."""
    inner = _bytes(_PCM, pcm) + _number(_RATE, rate) + _number(_CHANNELS, 1)
    return _bytes(AUDIO, inner)


def read(frame: bytes) -> Received:
    """Raises ``ValueError`` for what is no frame."""
    for kind, inner in _fields(frame):
        if isinstance(inner, bytes):
            fields = dict(_fields(inner))
            match kind:
                case 2:
                    pcm, rate = fields.get(_PCM, b""), fields.get(_RATE, 0)
                    if isinstance(pcm, bytes) and isinstance(rate, int):
                        return Received(kind, pcm, rate)
                case 4:
                    data = fields.get(1, b"")
                    if isinstance(data, bytes):
                        return Received(kind, data)
                case _:
                    return Received(kind)
    raise ValueError("no frame")


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | _LENGTH_DELIMITED) + _varint(len(data)) + data


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            if position >= len(data):
                raise ValueError("cut short")
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(data):
        key = varint()
        if key & 7 == _LENGTH_DELIMITED:
            size = varint()
            yield key >> 3, data[position : position + size]
            position += size
        elif key & 7 == 0:
            yield key >> 3, varint()
        else:
            raise ValueError(f"wire type {key & 7}")
