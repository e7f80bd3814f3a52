"""The few elements of a live WebM stream that lead to its audio, out of bytes cut anywhere.

EBML (RFC 8794) as Matroska (RFC 9559) uses it. Containers are entered and their own sizes
ignored, since a live stream does not know them.
"""

import re
from collections.abc import Iterator
from enum import IntEnum

from voice.errors import BadAudio

KEPT_LIMIT = 16 * 1024
"""Bytes of one element that is read whole; the longest Opus packet has 7,662."""

SKIPPED_LIMIT = 4 * 1024
"""Bytes of one element that is passed over: a damaged size must not swallow the stream. So much is
a second of speech; a live stream's own elements have some hundred."""

STREAM_START = b"\x1a\x45\xdf\xa3"

RESUMPTION = re.compile(
    rb"\x1a\x45\xdf\xa3"  # a new stream
    rb"|\x1f\x43\xb6\x75"  # a cluster
    rb"|\xa3(?:[\x84-\xfe]|[\x40-\x7e].)[\x81-\x88]..[\x00\x80]",  # a block of tracks 1 to 8
    re.DOTALL,
)
"""Where reading can go on after damage: one false find in a million random bytes."""

RESUMPTION_LENGTH = 7


class Id(IntEnum):
    """Element ids, with their length markers."""

    EBML = 0x1A45DFA3
    SEGMENT = 0x18538067
    TRACKS = 0x1654AE6B
    TRACK_ENTRY = 0xAE
    TRACK_NUMBER = 0xD7
    CODEC_ID = 0x86
    CODEC_PRIVATE = 0x63A2
    CLUSTER = 0x1F43B675
    BLOCK_GROUP = 0xA0
    BLOCK = 0xA1
    SIMPLE_BLOCK = 0xA3


ENTERED = {Id.SEGMENT, Id.TRACKS, Id.TRACK_ENTRY, Id.CLUSTER, Id.BLOCK_GROUP}
KEPT = {Id.TRACK_NUMBER, Id.CODEC_ID, Id.CODEC_PRIVATE, Id.BLOCK, Id.SIMPLE_BLOCK}


class ElementReader:
    """Bytes in, EBML elements out as they become complete; holds at most one element."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._skip = 0
        self._lost = False

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield id and body in stream order; a container comes empty, as it begins.

        Raises ``BadAudio`` where the bytes are not EBML.
        """
        if data.startswith(STREAM_START):
            self._pending.clear()
            self._skip = 0
            self._lost = False
        self._pending += data
        if self._lost:
            self._resume()
        while (element := self._next()) is not None:
            yield element

    def give_up(self) -> None:
        """Drop what is pending; the next ``feed`` looks for a place to go on."""
        del self._pending[: 1 - RESUMPTION_LENGTH]
        self._skip = 0
        self._lost = True

    def _resume(self) -> None:
        found = RESUMPTION.search(self._pending)
        if found is None:
            raise BadAudio("no WebM block after damaged data")
        del self._pending[: found.start()]
        self._lost = False

    def _next(self) -> tuple[int, bytes] | None:
        pending = self._pending
        passed = min(self._skip, len(pending))
        del pending[:passed]
        self._skip -= passed
        header = _element_header(pending)
        if header is None:
            return None
        identifier, size, start = header
        if identifier in ENTERED:
            del pending[:start]
            return identifier, b""
        if size is None or size > (KEPT_LIMIT if identifier in KEPT else SKIPPED_LIMIT):
            raise BadAudio(f"a WebM element {identifier:X} of {size} bytes")
        if identifier not in KEPT:
            del pending[:start]
            self._skip = size
            return identifier, b""
        end = start + size
        if len(pending) < end:
            return None
        body = bytes(pending[start:end])
        del pending[:end]
        return identifier, body


def _element_header(data: bytes | bytearray) -> tuple[int, int | None, int] | None:
    """An element's id, size (None: unknown) and length of this header; None: incomplete."""
    if not data:
        return None
    id_length = 9 - data[0].bit_length()
    if id_length > 4:
        raise BadAudio("not a WebM element")
    size = variable_integer(data, id_length)
    if size is None:
        return None
    return int.from_bytes(data[:id_length]), *size


def variable_integer(data: bytes | bytearray, start: int) -> tuple[int | None, int] | None:
    """The value (None: the reserved one, all ones) and where it ends; None: incomplete."""
    if len(data) <= start:
        return None
    length = 9 - data[start].bit_length()
    if length > 8:
        raise BadAudio("not a WebM size")
    end = start + length
    if len(data) < end:
        return None
    ones = (1 << 7 * length) - 1
    value = int.from_bytes(data[start:end]) & ones
    return (None if value == ones else value), end
