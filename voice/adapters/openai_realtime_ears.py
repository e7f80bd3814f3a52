"""What the candidate says in a Realtime session: sound in, items and their words out."""

import uuid
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import soxr
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from voice.audio import RATE as MICROPHONE
from voice.audio import WIDTH

RATE = 24_000
"""Of the provider's PCM, either way, in Hz."""
FRAME = MICROPHONE // 10 * WIDTH
"""Bytes of microphone in one message: 100 ms, which is also the least that may be committed."""


@dataclass(slots=True)
class _Item:
    """What was said between two commits."""

    text: str = ""
    language: str = ""
    settled: bool = False
    failed: bool = False


class Ears:
    """``send`` takes what is to be sent; where the provider ``judges_turns`` it also commits."""

    def __init__(
        self,
        connection: AsyncRealtimeConnection,
        send: Callable[[Callable[[], Awaitable[None]]], None],
        *,
        judges_turns: bool,
    ) -> None:
        self._connection = connection
        self._send = send
        self._judges_turns = judges_turns
        self._resampler = soxr.ResampleStream(MICROPHONE, RATE, 1, dtype="int16")
        self._frame = bytearray()
        self._uncommitted = 0
        """Bytes of microphone that the provider holds in no item yet."""
        self._commits: dict[str, list[str]] = {}
        """Asked for and not yet answered, which happens in the same order; the utterance each
        belongs to."""
        self._items: dict[str, _Item] = {}
        self._utterance: list[str] = []
        """The items of the open utterance, in the order of their commits."""

    # -- sound ----------------------------------------------------------------------------------

    def listen(self) -> None:
        """A new utterance begins; what no item holds is forgotten."""
        if not self._judges_turns and self._uncommitted + len(self._frame):
            self._frame.clear()
            self._uncommitted = 0
            self._send(self._connection.input_audio_buffer.clear)
        self._utterance = []

    def hear(self, pcm: bytes) -> None:
        self._frame += pcm
        if len(self._frame) >= FRAME:
            self._flush()

    def commit(self) -> None:
        """Have what was heard so far written down."""
        if self._judges_turns or self._uncommitted + len(self._frame) < FRAME:
            return
        self._flush(last=True)
        self._uncommitted = 0
        name = uuid.uuid4().hex
        self._commits[name] = self._utterance
        self._send(partial(self._connection.input_audio_buffer.commit, event_id=name))

    def _flush(self, *, last: bool = False) -> None:
        samples = np.frombuffer(bytes(self._frame), np.int16)
        self._uncommitted += len(self._frame)
        self._frame.clear()
        sound = self._resampler.resample_chunk(samples, last=last)
        if last:
            self._resampler = soxr.ResampleStream(MICROPHONE, RATE, 1, dtype="int16")
        if sound.size:
            audio = b64encode(sound.tobytes()).decode()
            # The SDK's own models of an event take ten times as long, ten times a second.
            event = f'{{"type":"input_audio_buffer.append","audio":"{audio}"}}'
            self._send(partial(self._connection.send_raw, event))

    # -- words ----------------------------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether all that was committed of the utterance is written down, or will not be."""
        asked = any(utterance is self._utterance for utterance in self._commits.values())
        return not asked and all(self._items[item].settled for item in self._utterance)

    @property
    def failed(self) -> bool:
        return any(self._items[item].failed for item in self._utterance)

    def words(self) -> tuple[str, str]:
        """Those of the utterance, and the language that the provider heard, if it said so."""
        items = [self._items[item] for item in self._utterance]
        language = next((item.language for item in items if item.language), "")
        return " ".join(item.text for item in items), language

    # -- what the provider tells ------------------------------------------------------------------

    def stopped(self, item: str) -> None:
        """The provider heard the end of speech; its words are missing until it has committed."""
        self._commits[item] = self._utterance

    def committed(self, item: str) -> None:
        self._items.setdefault(item, _Item())
        asked = item if self._judges_turns else next(iter(self._commits), "")
        self._commits.pop(asked, self._utterance).append(item)

    def refused(self, commit: str) -> bool:
        """Whether it was a commit of ours that the provider did not take."""
        ours = commit in self._commits
        self._commits.pop(commit, None)
        return ours

    def delta(self, item: str, text: str) -> None:
        if item in self._items:
            self._items[item].text += text

    def completed(self, item: str, text: str, language: str) -> None:
        self._items[item] = _Item(text, language, settled=True)

    def not_understood(self, item: str) -> None:
        self._items[item] = _Item(settled=True, failed=True)
