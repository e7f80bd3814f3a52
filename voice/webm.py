"""WebM/Opus from a browser's MediaRecorder, decoded as its pieces arrive.

Enough of EBML (RFC 8794) and Matroska (RFC 9559) to find the Opus packets of a live stream:
the containers on the way down to a block are entered and their own sizes ignored, since a
live stream does not know them; packets go one by one to a codec that keeps its state.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from voice.audio import RATE, WIDTH
from voice.errors import BadAudio

KEPT_LIMIT = 16 * 1024
"""Bytes of one element that is read whole; the longest Opus packet has 7,662."""

SKIPPED_LIMIT = 1 << 20
"""Bytes of one element that is passed over: a damaged size must not swallow the stream."""

SECONDS_LIMIT = 60
"""Audio decoded from one message; 64 KiB of speech at 16 kbit/s hold 32 s."""

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


@dataclass(slots=True)
class _Track:
    number: int = 0
    codec_id: bytes = b""
    codec_private: bytes = b""


class WebmOpusDecoder:
    """A ``voice.audio.Decoder`` for WebM/Opus cut anywhere; the first Opus track is heard.

    A message that starts with an EBML header starts a new stream, whatever came before it.
    After damage, decoding goes on at the next block.
    """

    def __init__(self) -> None:
        self._elements = _ElementReader()
        self._begun = False
        self._entry = _Track()
        self._track: _Track | None = None
        self._codec: _OpusCodec | None = None

    def feed(self, data: bytes) -> bytes:
        pcm = bytearray()
        try:
            for identifier, body in self._elements.feed(data):
                pcm += self._take(identifier, body)
                if len(pcm) > SECONDS_LIMIT * RATE * WIDTH:
                    raise BadAudio(f"more than {SECONDS_LIMIT} s of audio in one message")
        except BadAudio:
            self._elements.give_up()
            raise
        return bytes(pcm)

    def _take(self, identifier: int, body: bytes) -> bytes:
        if not self._begun and identifier != Id.EBML:
            raise BadAudio("not the beginning of a WebM stream")
        match identifier:
            case Id.EBML:
                self._begun = True
                self._entry, self._track, self._codec = _Track(), None, None
            case Id.TRACK_ENTRY:
                self._choose_track()
                self._entry = _Track()
            case Id.TRACK_NUMBER:
                self._entry.number = int.from_bytes(body)
            case Id.CODEC_ID:
                self._entry.codec_id = body
            case Id.CODEC_PRIVATE:
                self._entry.codec_private = body
            case Id.CLUSTER:
                self._choose_track()
            case Id.SIMPLE_BLOCK | Id.BLOCK:
                return self._decode(body)
        return b""

    def _choose_track(self) -> None:
        if self._track is None and self._entry.codec_id == b"A_OPUS":
            self._track = self._entry

    def _decode(self, block: bytes) -> bytes:
        """A block is its track's number, two bytes of time, one of flags, and a packet."""
        if self._track is None:
            raise BadAudio("a WebM block before any Opus track")
        number, start = _variable_integer(block, 0) or (None, 0)
        if number is None or len(block) < start + 3:
            raise BadAudio("a WebM block without its header")
        if number != self._track.number:
            return b""
        if block[start + 2] & 0x06:
            raise BadAudio("a laced WebM block")
        if self._codec is None:
            self._codec = _OpusCodec(self._track.codec_private)
        return self._codec.decode(block[start + 3 :])


class _OpusCodec:
    """Opus packets in, PCM s16le mono at ``RATE`` out."""

    def __init__(self, head: bytes) -> None:
        codec = av.CodecContext.create("opus", "r")
        assert isinstance(codec, AudioCodecContext)
        self._codec = codec
        self._codec.thread_count = 1
        self._codec.extradata = head
        self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
        try:
            self._codec.open()
        except (av.FFmpegError, ValueError) as error:
            raise BadAudio("a malformed Opus header") from error

    def decode(self, packet: bytes) -> bytes:
        if not packet:
            return b""
        try:
            frames = self._codec.decode(av.Packet(packet))
            return b"".join(self._resampled(frame) for frame in frames)
        except (av.FFmpegError, ValueError) as error:
            raise BadAudio("a malformed Opus packet") from error

    def _resampled(self, frame: AudioFrame) -> bytes:
        return b"".join(part.to_ndarray().tobytes() for part in self._resampler.resample(frame))


class _ElementReader:
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
    size = _variable_integer(data, id_length)
    if size is None:
        return None
    return int.from_bytes(data[:id_length]), *size


def _variable_integer(data: bytes | bytearray, start: int) -> tuple[int | None, int] | None:
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
