"""A WebSocket client's frames without a library, because the load shares the server's cores.

Frames that many callers send are masked once; text from the server is whole and short.
"""

import os
from base64 import b64encode
from collections.abc import Iterator

import numpy as np

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

_KEY = bytes((0x5A, 0xC3, 0x11, 0x7E))
_FINAL = 0x80


def frame(opcode: int, payload: bytes) -> bytes:
    """One masked frame."""
    size = len(payload)
    head = bytes((_FINAL | opcode, 0x80 | size)) if size < 126 else b""
    if not head:
        long = size > 0xFFFF
        width = 8 if long else 2
        head = bytes((_FINAL | opcode, 0x80 | (127 if long else 126))) + size.to_bytes(width, "big")
    key = np.frombuffer(_KEY * (size // 4 + 1), np.uint8)[:size]
    return head + _KEY + (np.frombuffer(payload, np.uint8) ^ key).tobytes()


def handshake(host: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Reader:
    """What comes from the server: first the answer to the handshake, then frames."""

    def __init__(self) -> None:
        self._data = bytearray()
        self.open = False

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Opcode and payload of each whole frame. Raises ``ConnectionError`` for a refusal."""
        self._data += data
        if not self.open:
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._data.startswith(b"HTTP/1.1 101"):
                raise ConnectionError(bytes(self._data[:120]).decode("latin-1"))
            self.open = True
            del self._data[: end + 4]
        position = 0
        while (found := self._frame(position)) is not None:
            opcode, begin, position = found
            yield opcode, bytes(self._data[begin:position])
        del self._data[:position]

    def _frame(self, start: int) -> tuple[int, int, int] | None:
        """Opcode, begin and end of the payload of the frame at ``start``, if it is there."""
        data = self._data
        if len(data) < start + 2:
            return None
        size, begin = data[start + 1] & 0x7F, start + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(data) < begin + width:
                return None
            size = int.from_bytes(data[begin : begin + width], "big")
            begin += width
        if len(data) < begin + size:
            return None
        return data[start] & 0x0F, begin, begin + size
