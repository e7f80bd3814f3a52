"""The cascade STT -> LLM -> TTS as one structured-concurrency scope."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Literal

from voice.agent import Agent, Answer, Record, Reply, Speech
from voice.backchannels import is_backchannel
from voice.endpointing import WINDOW_BYTES, Activity, Ended, Patience, Paused, Resumed, Started
from voice.engines import Engines
from voice.errors import EngineError
from voice.events import CallEnded, Event, Failed, Noticed, State, StateChanged
from voice.floor import Floor
from voice.judgement import Judgement
from voice.listener import Listener, Utterance
from voice.outbox import Outbox, ReceiverTooSlow
from voice.subtitles import Subtitles
from voice.transcription import Transcription
from voice.turn import Outcome, Turn

log = logging.getLogger(__name__)

ABSENT_AUDIO = 0.5
"""A microphone that sends nothing for this long while an utterance is open is taken as silent."""
ABSENT_AUDIO_HELD = 3.0
"""The same while a button is held."""
NEARLY_HEARD = 0.75
"""Of a question heard so far, a "yes" may be the answer."""
STILL_OPEN = 1.0
"""Seconds for which a finished answer may still be continued while the reply is being made."""


class Call:
    """One live connection: ``run`` lives as long as it does.

    ``hear``, ``played`` and the other inputs are synchronous and never wait, so that the caller
    can take the next message at once; everything that waits is a task of the call's scope.
    """

    def __init__(
        self,
        engines: Engines,
        agent: Agent,
        record: Record,
        deliver: Callable[[Event], Awaitable[None]],
        *,
        clock: Callable[[], float],
        patience: Patience | None = None,
        rate: int = 24_000,
        push_to_talk: bool = False,
        turns: int = 0,
    ) -> None:
        self._engines = engines
        self._agent = agent
        self._clock = clock
        self._outbox = Outbox(deliver)
        self._listener = Listener(
            engines.detector, patience or Patience(), clock, self._transcription
        )
        self._floor = Floor(engines.synthesizers, agent, record, self._outbox, clock, rate)
        self._record = record
        self._listener.endpointer.held = push_to_talk
        self._draft: Turn | None = None
        self._tasks: dict[Turn, asyncio.Task[None]] = {}
        self._subtitles = Subtitles(self._outbox)
        self._judging: asyncio.Task[None] | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._turns = turns
        self._heard_at = 0.0
        self._state: State | None = None
        self._waiting = False
        self._next: list[Reply] = []
        self._cut: Speech | None = None
        self._running = False
        self._over = asyncio.Event()

    # -- inputs ---------------------------------------------------------------------------

    def hear(self, pcm: bytes) -> None:
        """Microphone audio: PCM s16le mono at 16 kHz, in pieces of any length."""
        if not self._running:
            return
        self._heard_at = asyncio.get_running_loop().time()
        self._listener.endpointer.guarded = self._floor.audible
        for activity in self._listener.feed(pcm):
            self._react(activity)
            self._listener.endpointer.guarded = self._floor.audible
        if self._listener.endpointer.streams_silence:
            self._listener.endpointer.held = False
        if (utterance := self._listener.utterance) and self._listener.endpointer.speaking:
            self._subtitles.follow(utterance, self._listener.endpointer.silence)

    def audio_end(self) -> bool:
        """The answer is complete now; from here on the candidate says so by a button.

        False: the button was held, and nothing has been said that could be answered.
        """
        if not self._running:
            return True
        endpointer = self._listener.endpointer
        was_held, endpointer.held = endpointer.held, True
        if activity := self._listener.finish():
            self._react(activity)
            return True
        return not was_held or (self._floor.turn is not None and not self._floor.audible)

    def type(self, answer: Answer) -> None:
        """A typed answer; it ends what is going on as a spoken one would."""
        if not self._running:
            return
        self._waiting = False
        self._drop_draft()
        self._listener.discard()
        self._yield_floor()
        turn = Turn(answer=answer)
        turn.times.speech_ended = asyncio.get_running_loop().time()
        self._give_floor(turn)
        self._start(turn, self._compose(turn))

    def take_time(self) -> None:
        """The candidate wants to think: nothing is said until they speak."""
        self._waiting = True
        self._drop_draft()
        if not self._floor.audible:
            self._yield_floor()
            self._show("waiting")

    def interrupt(self) -> None:
        """Stop speaking now."""
        if self._floor.audible:
            self._yield_floor()
            self._show("listening")

    def played(self, utterance: str, seconds: float, *, done: bool) -> None:
        """How much of an utterance has really been heard."""
        self._floor.played(utterance, seconds, done=done)

    def say(self, reply: Reply) -> None:
        """Say something unasked as soon as the floor is free."""
        self._next.append(reply)
        self._say_next()

    def conclude(self, farewell: Reply) -> None:
        """Come to the end: what the candidate is saying counts as an answer, then ``farewell``
        is said, unless the agent's reply to that answer already ends the call."""
        if not self._running:
            return
        self._waiting = False
        unfinished = self._listener.continues
        if unfinished is None and self._listener.endpointer.speaking:
            unfinished = self._listener.utterance
        self._drop_draft()
        self._yield_floor()
        self._listener.finish()
        self._next = [farewell]
        if unfinished is None:
            self._say_next()
            return
        self._listener.utterance = unfinished
        self._begin_draft(self._listener.endpointer.clock)
        if draft := self._draft:
            self._draft = None
            self._give_floor(draft)

    def set_rate(self, rate: int) -> None:
        """Sample rate of the sound of replies that have not begun yet, in Hz."""
        self._floor.rate = rate

    def hang_up(self) -> None:
        self._over.set()

    @property
    def state(self) -> State | None:
        return self._state

    @property
    def quiet(self) -> bool:
        """Nobody speaks and nothing is being answered."""
        speaking = self._listener.endpointer.speaking
        return self._floor.turn is None and not self._next and not speaking

    # -- the scope ------------------------------------------------------------------------

    async def run(self) -> None:
        """Until ``hang_up``; what is being said then counts as far as it was heard."""
        async with asyncio.TaskGroup() as self._scope:
            self._running = True
            housekeeping = [
                self._scope.create_task(self._outbox.run()),
                self._scope.create_task(self._fill_silence()),
            ]
            self._say_next()
            if self.quiet:
                self._show("listening")
            await self._over.wait()
            self._running = False
            self._drop_draft()
            self._yield_floor(clear=False)
            await self._floor.filed()
            await self._outbox.drained()
            self._subtitles.close()
            for task in (*housekeeping, self._judging, self._preparing):
                if task:
                    task.cancel()
            if self._listener.utterance:
                self._listener.utterance.transcription.close()

    async def _fill_silence(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            now = asyncio.get_running_loop().time()
            endpointer = self._listener.endpointer
            absent = ABSENT_AUDIO_HELD if endpointer.held else ABSENT_AUDIO
            if endpointer.speaking and now - self._heard_at > absent:
                for activity in self._listener.feed(bytes(3 * WINDOW_BYTES)):
                    self._react(activity)

    # -- what the candidate does ------------------------------------------------------------

    def _react(self, activity: Activity) -> None:
        match activity:
            case Started():
                if self._floor.audible and self._floor.turn:
                    self._cut = self._floor.turn.speech
                self._waiting = False
                self._yield_floor()
                self._show("hearing")
            case Paused(at=at):
                self._begin_draft(at)
            case Resumed():
                self._drop_draft()
            case Ended(at=at):
                if self._draft is None:
                    self._begin_draft(at)
                if draft := self._draft:
                    self._draft = None
                    self._listener.continues = self._listener.utterance
                    self._give_floor(draft)

    def _begin_draft(self, at: float) -> None:
        utterance = self._listener.utterance
        if utterance is None:
            return
        self._drop_draft()
        turn = Turn()
        silence = self._listener.endpointer.clock - at
        turn.times.speech_ended = asyncio.get_running_loop().time() - silence
        utterance.end = max(utterance.start, self._clock() - silence)
        self._draft = turn
        judgement = Judgement(
            self._engines.turn_model, self._listener.endpointer, utterance.transcription
        )
        self._judging = self._scope.create_task(judgement.listen())
        self._start(turn, self._think(turn, utterance, judgement))

    def _drop_draft(self) -> None:
        if self._judging:
            self._judging.cancel()
        if draft := self._draft:
            self._draft = None
            self._floor.clear(draft)
            self._tasks[draft].cancel()

    def _yield_floor(self, *, clear: bool = True) -> None:
        """Whoever holds the floor for us stops; the candidate comes first."""
        if turn := self._floor.turn:
            self._floor.clear(turn, announce=clear)
            self._tasks[turn].cancel()

    # -- turns ------------------------------------------------------------------------------

    def _start(self, turn: Turn, think: Coroutine[None, None, None]) -> None:
        self._tasks[turn] = task = self._scope.create_task(self._take(turn, think))
        task.add_done_callback(lambda _: self._finished(turn, think))

    def _finished(self, turn: Turn, think: Coroutine[None, None, None]) -> None:
        think.close()
        del self._tasks[turn]
        self._floor.settle(turn)
        if turn is self._draft:
            self._draft = None
        if turn.floor.is_set() and self._running:
            self._turn_over(turn)

    def _give_floor(self, turn: Turn) -> None:
        self._floor.give(turn)
        self._show("thinking")

    async def _take(self, turn: Turn, think: Coroutine[None, None, None]) -> None:
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(think)
                stages.create_task(self._file_answer(turn))
                stages.create_task(self._voice(turn))
                stages.create_task(self._floor.play(turn, lambda: self._show("speaking")))
        except* EngineError as errors:
            log.warning("the answer could not be understood: %s", errors.exceptions)
            self._fail(turn, "stt_failed")
        except* ReceiverTooSlow:
            raise
        except* Exception:
            log.exception("a turn failed")
            self._fail(turn, "internal")

    def _fail(self, turn: Turn, code: Literal["stt_failed", "internal"]) -> None:
        self._floor.fail(turn)
        if turn.floor.is_set():
            self._outbox.put(Failed(code))
            self._next.insert(0, self._agent.apology())

    async def _think(self, turn: Turn, utterance: Utterance, judgement: Judgement) -> None:
        loop = asyncio.get_running_loop()
        turn.times.asked = loop.time()
        words = await utterance.transcription.settled()
        turn.times.understood = loop.time()
        if turn is self._draft:
            self._subtitles.partial(utterance, words)
            judgement.read(words)
        if rest := self._rest_of_what_was_cut(words.text):
            await turn.floor.wait()
            self._subtitles.retract(utterance)
            turn.reply = rest
        elif words.text:
            turn.answer = Answer(
                utterance.id, words.text, words.language, "voice", words.confidence,
                utterance.start, utterance.end,
            )  # fmt: skip
        await self._compose(turn)

    def _rest_of_what_was_cut(self, words: str) -> Reply | None:
        """What to say instead of answering, if nothing was said but that somebody listens."""
        cut = self._cut
        if cut is None or not is_backchannel(words):
            return None
        if words and cut.whole and len(cut.heard) > NEARLY_HEARD * len(cut.said):
            return None
        return self._agent.again(cut)

    async def _compose(self, turn: Turn) -> None:
        if turn.answer:
            turn.reply = self._agent.reply(turn.answer)
        turn.understood.set()
        await self._floor.compose(turn)

    async def _voice(self, turn: Turn) -> None:
        """Speak, and use the time in which it is heard for what comes after it."""
        await self._floor.voice(turn)
        await turn.recorded.wait()
        if turn.reply:
            if self._preparing:
                self._preparing.cancel()
            self._preparing = self._scope.create_task(self._prepare(turn.reply))

    async def _file_answer(self, turn: Turn) -> None:
        await turn.floor.wait()
        await turn.understood.wait()
        if answer := turn.answer:
            await self._record.candidate_said(answer)
            self._agent.heard(answer)
            with suppress(TimeoutError):
                await asyncio.wait_for(turn.ready.wait(), STILL_OPEN)
            self._turns = turn.number = self._turns + 1
            self._subtitles.final(answer)
        elif turn.reply is None:
            self._outbox.put(Noticed("not_understood"))
        self._listener.continues = self._cut = None
        turn.recorded.set()

    def _say_next(self) -> None:
        busy = self._floor.turn is not None or self._listener.endpointer.speaking
        if self._next and self._running and not busy:
            turn = Turn(reply=self._next.pop(0))
            self._give_floor(turn)
            self._start(turn, self._compose(turn))

    def _turn_over(self, turn: Turn) -> None:
        if turn.reply and turn.reply.ends and turn.outcome is Outcome.COMPLETED:
            self._next.clear()
            self._outbox.put(CallEnded(turn.reply.ends))
        elif not self._listener.endpointer.speaking and self._floor.turn is None:
            self._show("waiting" if self._waiting else "listening")
            self._say_next()

    # -- odds and ends ------------------------------------------------------------------------

    def _transcription(self) -> Transcription:
        return Transcription(
            self._engines.recognizer,
            language=self._agent.language,
            expected_language=self._agent.expected_language,
            terms=self._agent.terms,
        )

    async def _prepare(self, reply: Reply) -> None:
        for line in self._agent.upcoming(reply):
            await self._floor.prepare(line)

    def _show(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self._outbox.put(StateChanged(state))
