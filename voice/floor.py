"""The right to speak: at most one turn has it, and what it sends ends when it is cleared."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress

from voice.agent import Agent, Record, Speech
from voice.audio import WIDTH, Audio
from voice.completions import Completions
from voice.echo import LATEST, FarEnd, Playback
from voice.engines import Clip
from voice.events import (
    Event,
    Failed,
    InterviewerWords,
    MouthShapes,
    Sound,
    SoundCleared,
    SoundEnded,
    SoundStarted,
    TurnCompleted,
)
from voice.outbox import Outbox
from voice.sentences import weight
from voice.turn import Outcome, Turn
from voice.visemes import Viseme

log = logging.getLogger(__name__)

FRAME = 0.1
"""Seconds of sound in one event."""
AHEAD = 1.2
"""Seconds of sound that may be on their way before they are played."""
LATEST_REPORT = 2.5
"""Seconds after a reply's sound that its client may take to tell that it has played all of it."""
UNREPORTED = 0.2
"""Seconds after it at which a client that never tells has played it."""
AT_ONCE = 0.5
"""Seconds of a reply in which the candidate's voice has begun at the same moment."""
AFTERWARDS = 1.0
"""Seconds after a reply in which what is heard may still be its echo."""
READING_SPEED = 18.0
"""Weight of text read in a second, where it is shown because it could not be spoken."""


class Floor:
    """Sends a turn's clips as paced events, and keeps the record of what was heard of them."""

    def __init__(
        self,
        agent: Agent,
        record: Record,
        outbox: Outbox,
        completions: Completions,
        clock: Callable[[], float],
    ) -> None:
        self.turn: Turn | None = None
        """Which has it; what is a draft has not."""
        self._agent = agent
        self._record = record
        self._outbox = outbox
        self._completions = completions
        self._clock = clock
        self._far_end: tuple[Turn, FarEnd] | None = None
        """The last turn that was audible, and its sound."""
        self._last: Speech | None = None
        self._filing: set[asyncio.Task[None]] = set()

    @property
    def audible(self) -> bool:
        """Whether we are being heard, or will be in a moment."""
        return self.turn is not None and self.turn.audible

    @property
    def beginning(self) -> bool:
        """A reply to what was spoken has only just begun: whoever speaks now began at the same
        moment, goes on with the answer and is given way at once."""
        turn = self.turn
        if turn is None or turn.answer is None or turn.answer.source != "voice":
            return False
        started = turn.times.first_sound
        return started is None or _now() - started < AT_ONCE

    @property
    def playback(self) -> Playback | None:
        """What is being played of us, and for a moment after it what may still echo."""
        if self._far_end is None:
            return None
        turn, far = self._far_end
        now = _now()
        if turn.times.over is not None and now - turn.times.over > LATEST:
            self._far_end = None
            return None
        position = turn.playhead(now)
        played_out = turn.all_sent and position >= turn.sent_seconds
        return Playback(far, position, turn.audible and not played_out)

    def spoken_at(self, moment: float) -> Speech | None:
        """The reply of ours into which, or right after which, somebody began to speak at
        ``moment`` on the interview's clock."""
        last = self._last
        if last is None or not last.start <= moment <= last.end + AFTERWARDS:
            return None
        return last

    def give(self, turn: Turn) -> None:
        """Let ``turn`` speak."""
        self.turn = turn
        turn.times.floor = _now()
        turn.floor.set()

    def played(self, utterance: str, seconds: float, *, done: bool) -> None:
        """Note what the client says of its playback."""
        turn = self.turn
        if turn and turn.utterance == utterance:
            turn.reports_playback = True
            if seconds >= turn.played_seconds:
                turn.played_seconds, turn.times.reported = seconds, _now()
            if done and turn.all_sent:
                turn.played_out.set()

    async def play(self, turn: Turn, started: Callable[[], None]) -> None:
        """Send the clips at the pace of their playback, once the answer is recorded; ``started``
        is called with the first of them. Returns when they have been heard."""
        await turn.recorded.wait()
        playhead = 0.0
        async with asyncio.TaskGroup() as filing:
            while (clip := await turn.clips.get()) is not None:
                if not turn.open:
                    return  # A cancellation takes a step to reach a stage.
                if turn.speech is None:
                    turn.speech = self._begin(turn)
                    filing.create_task(self._record.interviewer_speaks(turn.speech))
                    started()
                playhead = await self._send(turn, clip, max(playhead, _now()))
        if turn.speech is None:
            return
        turn.all_sent = True
        self._emit(turn, SoundEnded(turn.utterance, turn.sent_seconds))
        grace = LATEST_REPORT if turn.reports_playback else UNREPORTED
        with suppress(TimeoutError):
            await asyncio.wait_for(turn.played_out.wait(), max(0.0, playhead - _now()) + grace)
        self._close(turn, Outcome.COMPLETED)

    # -- its end --------------------------------------------------------------------------

    def clear(self, turn: Turn, *, announce: bool = True) -> None:
        """Take the floor back: nothing of ``turn`` is sent any more."""
        audible = turn.audible
        self._outbox.recall_sound(turn.utterance)
        self._close(turn, Outcome.INTERRUPTED if audible else Outcome.DROPPED)
        if audible and announce and turn.speech:
            speech = turn.speech
            self._outbox.put(SoundCleared(turn.utterance, speech.heard, speech.heard_seconds))

    def fail(self, turn: Turn) -> None:
        """The turn could not be finished; what was heard of it counts."""
        self._close(turn, Outcome.FAILED)

    def settle(self, turn: Turn) -> None:
        """Its task is over, however it ended."""
        if turn.open:
            self._close(turn, Outcome.DROPPED if turn.speech is None else Outcome.INTERRUPTED)

    async def filed(self) -> None:
        """Everything that was said is on disk."""
        while self._filing:
            await asyncio.wait(self._filing)

    def _close(self, turn: Turn, outcome: Outcome) -> None:
        """The turn is over; the first outcome counts."""
        if not turn.open:
            return
        turn.outcome = outcome
        turn.times.over = _now()
        if self.turn is turn:
            self.turn = None
        if speech := turn.speech:
            speech.end = self._clock()
            speech.said = turn.said()
            speech.heard = turn.heard(_now())
            speech.heard_seconds = turn.played(_now())
            speech.interrupted = outcome is not Outcome.COMPLETED
            speech.whole = turn.all_sent
            self._last = speech
            self._agent.spoke(speech)
        if turn.speech or turn.number:
            task = asyncio.create_task(self._file(turn))
            self._filing.add(task)
            task.add_done_callback(self._filing.discard)

    async def _file(self, turn: Turn) -> None:
        try:
            if turn.speech:
                await self._record.interviewer_spoke(turn.speech)
        except Exception:
            log.exception("what the interviewer said could not be recorded")
            self._outbox.put(Failed("internal"))
            completed = None
        else:
            heard = turn.speech.heard if turn.speech else ""
            said = turn.answer.text if turn.answer else ""
            completed = TurnCompleted(turn.number, said, heard, turn.latency())
        if turn.number:
            self._completions.settle(turn.number, completed)

    # -- sound ----------------------------------------------------------------------------

    def _begin(self, turn: Turn) -> Speech:
        assert turn.reply is not None
        self._emit(turn, SoundStarted(turn.utterance, turn.rate))
        turn.times.first_sound = _now()
        self._far_end = turn, FarEnd(turn.rate)
        return Speech(
            turn.utterance, turn.reply.language, self._clock(), purpose=turn.reply.purpose,
            latency=turn.latency(), reply=turn.reply,
        )  # fmt: skip

    async def _send(self, turn: Turn, clip: Clip, playhead: float) -> float:
        """Send one clip, the first sound of which is played at ``playhead`` on the loop's clock;
        returns when its last one is."""
        space = " " if turn.sent else ""
        turn.sent.append(clip)
        self._emit(turn, InterviewerWords(turn.utterance, space + clip.text))
        if clip.visemes:
            shapes = tuple(
                Viseme(turn.sent_seconds + shape.start, shape.duration, shape.shape)
                for shape in clip.visemes
            )
            self._emit(turn, MouthShapes(turn.utterance, shapes))
        for frame in _frames(clip.audio):
            if playhead - _now() > AHEAD:
                await asyncio.sleep(playhead - _now() - AHEAD)
            self._emit(turn, Sound(turn.utterance, frame.pcm))
            if self._far_end:
                self._far_end[1].add(frame.pcm)
            turn.sent_seconds += frame.seconds
            playhead += frame.seconds
        return playhead if clip.audio.pcm else playhead + weight(clip.text) / READING_SPEED

    def _emit(self, turn: Turn, event: Event) -> None:
        if turn.open:
            self._outbox.put(event)


def _frames(audio: Audio) -> Iterator[Audio]:
    size = int(FRAME * audio.rate) * WIDTH
    for start in range(0, len(audio.pcm), size):
        yield Audio(audio.pcm[start : start + size], audio.rate)


def _now() -> float:
    return asyncio.get_running_loop().time()
