"""Many callers in real time: each listens to the interviewer, thinks a second, and answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.answers import FRAME
from benchmarks.capacity.answers import answers
from benchmarks.capacity.dialects import Dialect, Heard
from benchmarks.capacity.frames import CLOSE, PING, PONG, Reader, frame, handshake
from voice.audio import RATE, WIDTH

SECONDS = FRAME / RATE
PHASES = 4
"""Groups of callers within the 20 ms of a frame, as real ones would not send at once either."""
THINKING = 1.0
GIVEN_UP = 12.0
"""Seconds without a reply after which a caller goes on to the next answer."""
REPORT_EVERY = 0.25
NOISE = 26.0
"""Root mean square of a quiet room, about -62 dBFS."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds. ``asked`` is the silence that the server says it waited for, if it says."""

    ended: float
    answer: int
    voice_to_voice: float
    asked: float | None


@dataclass
class Ledger:
    """What befell all callers."""

    turns: list[Turn] = field(default_factory=list)
    cut_off: list[float] = field(default_factory=list)
    missed: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Connections that broke, and why."""
    late: list[float] = field(default_factory=list)
    """By how much each group of frames left after its time."""


@dataclass(frozen=True)
class Script:
    """What callers send, made and masked once."""

    room: list[bytes]
    answers: list[list[bytes]]

    @classmethod
    def of(cls, dialect: Dialect) -> "Script":
        noise = np.random.default_rng(1).normal(0, NOISE, 50 * FRAME).astype("<i2")

        def frames(pcm: bytes) -> list[bytes]:
            size = FRAME * WIDTH
            return [dialect.audio(pcm[start : start + size]) for start in range(0, len(pcm), size)]

        return cls(frames(noise.tobytes()), [frames(answer.audio.pcm) for answer in answers()])


class Caller(asyncio.Protocol):
    """One connection at a time; a conversation that has ended is followed by a new one."""

    def __init__(self, number: int, dialect: Dialect, script: Script, ledger: Ledger) -> None:
        self._number = number
        self._dialect = dialect
        self._script = script
        self._ledger = ledger
        self._next = number % len(script.answers)
        self._frame = number % len(script.room)
        self.closing = False
        self._reset()

    def _reset(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reader = Reader()
        self._speech: list[bytes] = []
        self._said = 0
        self._ended: float | None = None
        self._replied: tuple[float, int, float] | None = None
        self._utterance = ""
        self._received = 0.0
        self._playhead = 0.0
        self._complete = False
        self._reported = 0.0
        self._spoken_to = False
        self._cut = False

    async def call(self, host: str, port: int) -> None:
        self._address = host, port
        await asyncio.get_running_loop().create_connection(lambda: self, host, port)

    # -- asyncio.Protocol -------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        host = f"{self._address[0]}:{self._address[1]}"
        transport.write(handshake(host, self._dialect.path(), self._dialect.headers))

    def data_received(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        was_open = self._reader.open
        try:
            for opcode, payload in self._reader.feed(data):
                if opcode == PING:
                    self._write(frame(PONG, payload))
                elif opcode == CLOSE:
                    self._hang_up()
                else:
                    self._take(now, self._dialect.take(opcode, payload))
        except ConnectionError as error:
            self._ledger.lost.append(str(error))
            self._hang_up()
        if self._reader.open and not was_open and self._dialect.opening:
            self._write(self._dialect.opening)

    def connection_lost(self, exc: Exception | None) -> None:
        over = self._transport is None
        if not over and not self.closing:
            self._ledger.lost.append(repr(exc))
        self._reset()
        if over and not self.closing:
            self._again = asyncio.ensure_future(self.call(*self._address))

    def close(self) -> None:
        self.closing = True
        if self._transport:
            self._write(frame(CLOSE, b"\x03\xe8"))
            self._transport.close()

    # -- the conversation -------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Send the next 20 ms."""
        if not self._reader.open or self._transport is None:
            return
        if self._speech:
            self._transport.write(self._speech[self._said])
            self._said += 1
            if self._said == len(self._speech):
                self._speech = []
                self._ended = now
            return
        self._transport.write(self._script.room[self._frame])
        self._frame = (self._frame + 1) % len(self._script.room)
        playing = now < self._playhead
        if self._utterance and not self._complete or playing:
            if now - self._reported >= REPORT_EVERY:
                self._report(now, done=False)
        elif self._spoken_to:
            if self._utterance:
                self._report(now, done=True)
                self._utterance = ""
            if now - self._playhead >= THINKING and self._ended is None:
                self._answer()
        if self._ended is not None and now - self._ended > GIVEN_UP:
            self._ledger.missed.append(self._ended)
            self._ended, self._spoken_to = None, True

    def _answer(self) -> None:
        self._speech = self._script.answers[self._next]
        self._next = (self._next + 1) % len(self._script.answers)
        self._said, self._spoken_to, self._cut = 0, False, False

    def _take(self, now: float, heard: Heard) -> None:
        if heard.begins:
            self._utterance, self._received, self._complete = heard.begins, 0.0, False
        if heard.seconds:
            self._hear(now, heard.seconds)
        if heard.ends:
            self._complete = True
        if heard.asked is not None and self._replied:
            ended, answer, waited = self._replied
            self._ledger.turns.append(Turn(ended, answer, waited, heard.asked))
            self._replied = None
        if heard.over:
            self._hang_up()

    def _hear(self, now: float, seconds: float) -> None:
        if self._speech and not self._cut:
            self._cut = True
            self._ledger.cut_off.append(now)
        if self._ended is not None:
            answer = (self._next - 1) % len(self._script.answers)
            if not self._cut:
                self._note(self._ended, answer, now - self._ended)
            self._ended = None
        self._complete = False
        self._spoken_to = self._spoken_to or not self._speech
        self._received += seconds
        self._playhead = max(self._playhead, now) + seconds

    def _note(self, ended: float, answer: int, waited: float) -> None:
        if self._dialect.played("", 0.0, False):
            # The server's own account comes when the turn is over.
            self._replied = ended, answer, waited
        else:
            self._ledger.turns.append(Turn(ended, answer, waited, None))

    def _report(self, now: float, done: bool) -> None:
        self._reported = now
        played = max(0.0, self._received - max(0.0, self._playhead - now))
        if self._utterance and (report := self._dialect.played(self._utterance, played, done)):
            self._write(report)

    def _write(self, data: bytes) -> None:
        if self._transport:
            self._transport.write(data)

    def _hang_up(self) -> None:
        transport, self._transport = self._transport, None
        if transport:
            transport.close()


class Crowd:
    """Callers that come by and by and stay until ``close``."""

    def __init__(self, host: str, port: int, dialect: Dialect) -> None:
        self.ledger = Ledger()
        self._address = host, port
        self._dialect = dialect
        self._script = Script.of(dialect)
        self._groups: list[list[Caller]] = [[] for _ in range(PHASES)]
        self._pacing: asyncio.Task[None] | None = None

    @property
    def size(self) -> int:
        return sum(map(len, self._groups))

    async def grow(self, size: int, seconds: float) -> None:
        """Have ``size`` callers, the new ones spread over ``seconds``."""
        if self._pacing is None:
            self._pacing = asyncio.create_task(self._pace())
        for number in range(self.size, size):
            caller = Caller(number, self._dialect, self._script, self.ledger)
            self._groups[number % PHASES].append(caller)
            await caller.call(*self._address)
            await asyncio.sleep(seconds / max(1, size))

    def shrink(self, size: int) -> None:
        """Have no more than ``size`` callers: those that came last hang up."""
        while self.size > size:
            max(self._groups, key=len).pop().close()

    async def close(self) -> None:
        if self._pacing:
            self._pacing.cancel()
        for caller in self._all():
            caller.close()
        await asyncio.sleep(1.0)

    def _all(self) -> Sequence[Caller]:
        return [caller for group in self._groups for caller in group]

    async def _pace(self) -> None:
        loop = asyncio.get_running_loop()
        began, step = loop.time(), 0
        while True:
            step += 1
            due = began + step * SECONDS / PHASES
            await asyncio.sleep(due - loop.time())
            now = loop.time()
            self.ledger.late.append(now - due)
            for caller in self._groups[step % PHASES]:
                caller.tick(now)
