"""WebM/Opus from a browser's MediaRecorder, decoded as its pieces arrive.

Each Opus packet goes to a codec that keeps its state: nothing is decoded twice, and nothing
waits for a file to be complete.
"""

from dataclasses import dataclass

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from voice.audio import RATE, WIDTH
from voice.ebml import ElementReader, Id, variable_integer
from voice.errors import BadAudio

SECONDS_LIMIT = 60
"""Audio decoded from one message; 64 KiB of speech at 16 kbit/s hold 32 s."""


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
        self._elements = ElementReader()
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
        number, start = variable_integer(block, 0) or (None, 0)
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
