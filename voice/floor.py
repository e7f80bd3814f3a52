"""The right to speak: at most one turn has it, and what it sends ends when it is cleared."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress

from voice.agent import Agent, Line, Record, Reply, Speech
from voice.audio import WIDTH, Audio, resample
from voice.clips import PreparedSynthesizer
from voice.engines import Clip, Synthesizer
from voice.errors import EngineError
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
READING_SPEED = 18.0
"""Weight of text read in a second, where it is shown because it could not be spoken."""


class Floor:
    """Speaks turns: clauses to clips, clips to paced events, and keeps the record of it."""

    def __init__(
        self,
        synthesizers: Mapping[str, Synthesizer],
        agent: Agent,
        record: Record,
        outbox: Outbox,
        clock: Callable[[], float],
        rate: int,
    ) -> None:
        self.turn: Turn | None = None
        self.rate = rate
        self._synthesizers = synthesizers
        self._agent = agent
        self._record = record
        self._outbox = outbox
        self._clock = clock
        self._filing: set[asyncio.Task[None]] = set()

    @property
    def audible(self) -> bool:
        return self.turn is not None and self.turn.audible

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
            turn.played_seconds = max(turn.played_seconds, seconds)
            if done and turn.all_sent:
                turn.played_out.set()

    # -- a turn's stages ------------------------------------------------------------------

    async def compose(self, turn: Turn) -> None:
        """The reply's clauses, as they are written."""
        if turn.reply:
            async with aclosing(turn.reply.clauses) as clauses:
                async for clause in clauses:
                    if turn.times.first_clause is None:
                        turn.times.first_clause = _now()
                    await turn.clauses.put(clause)
        await turn.clauses.put(None)

    async def voice(self, turn: Turn) -> None:
        """Clauses to clips; a clause that cannot be spoken is shown."""
        while (clause := await turn.clauses.get()) is not None:
            reply = turn.reply
            assert reply is not None
            try:
                async with aclosing(self._speak(clause, reply)) as clips:
                    async for clip in clips:
                        await self._ready(turn, clip)
            except EngineError as error:
                log.warning("shown, not spoken: %s", error)
                self._emit(turn, Failed("tts_failed"))
                await self._ready(turn, Clip(clause, Audio(b"", self.rate)))
        turn.ready.set()
        await turn.clips.put(None)

    async def play(self, turn: Turn, started: Callable[[], None]) -> None:
        """Send the clips at the pace of their playback, once the answer is recorded."""
        await turn.recorded.wait()
        playhead = 0.0
        async with asyncio.TaskGroup() as filing:
            while (clip := await turn.clips.get()) is not None:
                if turn.speech is None:
                    turn.speech = self._begin(turn)
                    filing.create_task(self._record.interviewer_speaks(turn.speech))
                    started()
                playhead = await self._send(turn, clip, max(playhead, _now()))
        if turn.speech is None:
            return
        turn.all_sent = True
        self._emit(turn, SoundEnded(turn.utterance, turn.sent_seconds))
        grace = 2.5 if turn.reports_playback else 0.2
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
            heard = turn.speech.heard, turn.played(_now())
            self._outbox.put(SoundCleared(turn.utterance, *heard))

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

    async def prepare(self, line: Line) -> None:
        """Have a line's sound ready before anybody asks for it."""
        synthesizer = self._synthesizer(line.language)
        if isinstance(synthesizer, PreparedSynthesizer):
            await synthesizer.prepare(line.text, language=line.language, voice=line.voice)

    def _close(self, turn: Turn, outcome: Outcome) -> None:
        if not turn.open:
            return
        turn.outcome = outcome
        if self.turn is turn:
            self.turn = None
        if speech := turn.speech:
            speech.end = self._clock()
            speech.said = turn.said()
            speech.heard = turn.heard(_now())
            speech.interrupted = outcome is not Outcome.COMPLETED
            speech.whole = turn.all_sent
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
            return
        if turn.number and turn.answer:
            heard = turn.speech.heard if turn.speech else ""
            self._outbox.put(TurnCompleted(turn.number, turn.answer.text, heard, turn.latency()))

    # -- sound ----------------------------------------------------------------------------

    def _begin(self, turn: Turn) -> Speech:
        assert turn.reply is not None
        self._emit(turn, SoundStarted(turn.utterance, turn.rate))
        turn.times.first_sound = _now()
        return Speech(
            turn.utterance, turn.reply.language, self._clock(), purpose=turn.reply.purpose,
            latency=turn.latency(),
        )  # fmt: skip

    async def _send(self, turn: Turn, clip: Clip, playhead: float) -> float:
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
            turn.sent_seconds += frame.seconds
            playhead += frame.seconds
        return playhead if clip.audio.pcm else playhead + weight(clip.text) / READING_SPEED

    async def _ready(self, turn: Turn, clip: Clip) -> None:
        if turn.times.first_clip is None:
            turn.times.first_clip, turn.rate = _now(), self.rate
        await turn.clips.put(Clip(clip.text.strip(), resample(clip.audio, turn.rate), clip.visemes))
        turn.ready.set()

    def _speak(self, text: str, reply: Reply) -> AsyncGenerator[Clip]:
        synthesizer = self._synthesizer(reply.language)
        return synthesizer.speak(text, language=reply.language, voice=reply.voice)

    def _synthesizer(self, language: str) -> Synthesizer:
        if language not in self._synthesizers:
            raise EngineError("synthesizer", f"no_{language}_voice")
        return self._synthesizers[language]

    def _emit(self, turn: Turn, event: Event) -> None:
        if turn.open:
            self._outbox.put(event)


def _frames(audio: Audio) -> Iterator[Audio]:
    size = int(FRAME * audio.rate) * WIDTH
    for start in range(0, len(audio.pcm), size):
        yield Audio(audio.pcm[start : start + size], audio.rate)


def _now() -> float:
    return asyncio.get_running_loop().time()
