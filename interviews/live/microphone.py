"""What one client's microphone sends, decoded; what cannot be sound or speech is refused."""

import asyncio

from django.utils.translation import gettext as _

from interviews.live.protocol import MAX_FRAME, AudioFormat, ProtocolError
from interviews.live.tolerance import Pace
from voice.audio import RATE, WIDTH, Decoder, PcmDecoder
from voice.errors import BadAudio
from voice.webm import WebmOpusDecoder


class Microphone:
    """``kept``: seconds of sound that the client may have kept while it was offline."""

    def __init__(self, *, kept: float = 0.0) -> None:
        self._decoder: Decoder
        self._pace = Pace(kept)
        self.set_format(AudioFormat())

    def set_format(self, audio: AudioFormat) -> None:
        """From now on frames are in this encoding: a new stream begins."""
        if audio.encoding == "pcm_s16le":
            self._decoder = PcmDecoder(audio.sample_rate)
        else:
            self._decoder = WebmOpusDecoder()

    def pcm(self, frame: bytes) -> bytes:
        """The frame's sound, s16le mono at ``RATE``. Raises ProtocolError."""
        if len(frame) > MAX_FRAME:
            raise ProtocolError("frame_too_large", f"audio frames hold at most {MAX_FRAME} bytes")
        try:
            pcm = self._decoder.feed(frame)
        except BadAudio as error:
            raise ProtocolError("bad_audio", str(error)) from None
        if not self._pace.allows(len(pcm) / WIDTH / RATE, asyncio.get_running_loop().time()):
            raise ProtocolError("rate_limited", _("Audio arrives faster than it can be spoken."))
        return pcm
