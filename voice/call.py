"""The cascade STT -> LLM -> TTS as one structured-concurrency scope."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from voice.agent import Agent, Answer, Record, Reply
from voice.answering import Answering
from voice.audio import Audio
from voice.completions import Completions
from voice.dictations import Dictations
from voice.endpointing import WINDOW_BYTES, Activity, Ended, Patience, Paused, Resumed, Started
from voice.engines import Engines
from voice.events import Event, State
from voice.floor import Floor
from voice.judgement import Judgement
from voice.listener import Listener
from voice.live_transcription import LiveTranscription
from voice.outbox import Outbox
from voice.speaker import Speaker
from voice.subtitles import Subtitles
from voice.transcription import Expected, Transcription
from voice.turn import Turn
from voice.turn_taking import Act, Happening, Situation, acts
from voice.turn_taking import Floor as FloorState
from voice.turns import Turns

LOOK = 0.1
"""Seconds between two looks at whether the microphone still sends."""
ABSENT_AUDIO = 0.5
"""A microphone that sends nothing for this long while an utterance is open is taken as silent."""
ABSENT_AUDIO_HELD = 3.0
"""The same while a button is held."""
LIVE_PAUSE = 0.09
"""Seconds of silence that make a pause where reading its words costs nothing."""


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
        """``deliver`` is given the events, one at a time; ``clock`` tells the interview's seconds.

        ``rate``: sample rate of our sound, in Hz. ``turns``: how many the interview has had.
        """
        self._engines = engines
        self._agent = agent
        self._clock = clock
        self._outbox = Outbox(deliver)
        self._listener = Listener(
            engines.detector, _patience(engines, patience), clock, self._transcription
        )
        self._listener.endpointer.held = push_to_talk
        completions = Completions(self._outbox, turns)
        self._floor = Floor(agent, record, self._outbox, completions, clock)
        self._speaker = Speaker(engines.synthesizers, self._outbox, rate)
        self._subtitles = Subtitles(self._outbox)
        self._answering = Answering(
            agent, record, self._floor, self._speaker, self._listener, self._subtitles,
            self._outbox, completions,
        )  # fmt: skip
        self._turns = Turns(
            self._floor, self._answering, agent, self._outbox,
            lambda: self._happens(Happening.TURN_OVER),
        )  # fmt: skip
        self._dictations = (
            Dictations(
                engines.live_recognizer, language=lambda: agent.language, terms=lambda: agent.terms
            )
            if engines.live_recognizer
            else None
        )
        self._waiting = False
        self._judging: asyncio.Task[None] | None = None
        self._overhearing: asyncio.Task[None] | None = None
        self._heard_at = 0.0
        self.begun = asyncio.Event()
        """Set once it hears; what comes before is lost."""
        self._over = asyncio.Event()

    # -- inputs ---------------------------------------------------------------------------

    def hear(self, pcm: bytes) -> None:
        """Microphone audio: PCM s16le mono at 16 kHz, in pieces of any length."""
        if not self._running:
            return
        self._heard_at = asyncio.get_running_loop().time()
        self._attend()
        for activity in self._listener.feed(pcm):
            self._react(activity)
            self._attend()
        scope, endpointer = self._turns.scope, self._listener.endpointer
        if scope and not self._overhearing and (sound := self._listener.held_back()):
            over = self._listener.sound_over
            self._overhearing = scope.create_task(self._overhear(sound, over))
        if endpointer.streams_silence:
            endpointer.held = False
        if endpointer.speaking and (utterance := self._listener.utterance):
            self._subtitles.follow(utterance, endpointer.silence)

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
        turn = Turn(answer=answer)
        turn.times.speech_ended = asyncio.get_running_loop().time()
        self._happens(Happening.TYPED, typed=turn)

    def take_time(self) -> None:
        """The candidate wants to think: nothing is said until they speak."""
        self._happens(Happening.TAKES_TIME)

    def interrupt(self) -> None:
        """Stop speaking now."""
        self._happens(Happening.INTERRUPTS)

    def played(self, utterance: str, seconds: float, *, done: bool) -> None:
        """How much of an utterance has really been heard."""
        self._floor.played(utterance, seconds, done=done)

    def say(self, reply: Reply) -> None:
        """Say something unasked as soon as the floor is free."""
        self._turns.next.append(reply)
        self._happens(Happening.OWED)

    def conclude(self, farewell: Reply) -> None:
        """Come to the end: what the candidate is saying counts as an answer, then ``farewell``
        is said, unless the agent's reply to that answer already ends the call."""
        self._turns.next = [farewell]
        self._happens(Happening.CONCLUDED)

    def set_rate(self, rate: int) -> None:
        """Sample rate of the sound of replies that have not begun yet, in Hz."""
        self._speaker.rate = rate

    def hang_up(self) -> None:
        """``run`` returns as soon as everything is recorded."""
        self._over.set()

    @property
    def state(self) -> State | None:
        """What the interviewer is doing, as it was told last; None: nothing was told yet."""
        return self._outbox.state

    @property
    def ending(self) -> str | None:
        """Why the call ends with what is being said; None: it goes on after it."""
        turn = self._floor.turn
        return turn.reply.ends if turn and turn.reply else None

    @property
    def quiet(self) -> bool:
        """Nobody speaks and nothing is being answered."""
        return self._floor.turn is None and not self._turns.next and not self._speaking

    @property
    def _running(self) -> bool:
        return self._turns.scope is not None

    @property
    def _speaking(self) -> bool:
        return self._listener.endpointer.speaking

    # -- the scope ------------------------------------------------------------------------

    async def run(self) -> None:
        """Until ``hang_up``; what is being said then counts as far as it was heard.

        However it ends, also cancelled or broken: once it has, no task and no connection is left.
        """
        try:
            async with asyncio.TaskGroup() as scope:
                await self._converse(scope)
        finally:
            await self._floor.filed()
            await self._answering.filed()
            self._answering.close()
            self._subtitles.close()
            if self._listener.utterance:
                self._listener.utterance.transcription.close()
            if self._dictations:
                await self._dictations.close()

    async def _converse(self, scope: asyncio.TaskGroup) -> None:
        self._turns.scope = scope
        self.begun.set()
        housekeeping = [
            scope.create_task(self._outbox.run()),
            scope.create_task(self._fill_silence()),
        ]
        try:
            self._happens(Happening.OWED)
            await self._over.wait()
        finally:
            # From here on a turn that ends is followed by no other, whatever is owed.
            self._turns.scope = None
        self._stop_judging()
        self._turns.drop_draft()
        self._turns.yield_floor(clear=False)
        await self._floor.filed()
        await self._answering.filed()
        await self._outbox.drained()
        if self._overhearing:
            self._overhearing.cancel()
        for task in housekeeping:
            task.cancel()

    async def _fill_silence(self) -> None:
        """Let time pass for an open utterance whose microphone sends nothing, and keep live
        transcription connected."""
        while True:
            if self._dictations:
                self._dictations.warm()
            await asyncio.sleep(LOOK)
            now = asyncio.get_running_loop().time()
            endpointer = self._listener.endpointer
            absent = ABSENT_AUDIO_HELD if endpointer.held else ABSENT_AUDIO
            if endpointer.speaking and now - self._heard_at > absent:
                # About as much silence as has passed since the last look.
                for activity in self._listener.feed(bytes(3 * WINDOW_BYTES)):
                    self._react(activity)

    async def _overhear(self, sound: Audio, over: bool) -> None:
        """Ask what a voice into our speech says; if it means to stop us, it does."""
        try:
            wish = await self._answering.overheard(self._engines.recognizer, sound)
        finally:
            self._overhearing = None
        # A beginning says nothing about a sound that is over by now: that is read whole.
        stale = self._listener.sound_over and not over
        if wish and not stale and self._running and (activity := self._listener.heed()):
            self._react(activity)

    def _attend(self) -> None:
        """Tell the listener what is heard of us."""
        self._listener.playback = self._floor.playback
        self._listener.beginning = self._floor.beginning

    # -- who speaks -------------------------------------------------------------------------

    @property
    def _situation(self) -> Situation:
        turn = self._floor.turn
        if turn is None:
            floor = FloorState.FREE
        else:
            floor = FloorState.AUDIBLE if turn.audible else FloorState.THINKING
        return Situation(
            floor=floor,
            talking=self._speaking,
            drafting=self._turns.draft is not None,
            answering=turn is not None and (turn.answer is not None or turn.reply is None),
            unanswered=self._listener.continues is not None,
            waiting=self._waiting,
            owed=bool(self._turns.next),
        )

    def _react(self, activity: Activity) -> None:
        match activity:
            case Started():
                self._listener.endpointer.expected = self._agent.expected
                if self._floor.audible and self._floor.turn:
                    self._answering.cut = self._floor.turn.speech
                self._happens(Happening.STARTED)
            case Paused(at=at):
                self._happens(Happening.PAUSED, at=at)
            case Resumed():
                self._happens(Happening.RESUMED)
            case Ended(at=at):
                self._happens(Happening.ENDED, at=at)

    def _happens(
        self, happening: Happening, *, at: float | None = None, typed: Turn | None = None
    ) -> None:
        """Do what ``happening`` asks for; ``at`` is the end of what was said, in the stream."""
        if not self._running:
            return
        for act in acts(self._situation, happening):
            self._do(act, at, typed)
        self._outbox.show(self._situation.shown)

    def _do(self, act: Act, at: float | None, typed: Turn | None) -> None:
        match act:
            case Act.DRAFT:
                self._begin_draft(self._listener.endpointer.clock if at is None else at)
            case Act.DISCARD:
                self._stop_judging()
                self._turns.drop_draft()
            case Act.GIVE:
                self._stop_judging()
                if self._turns.promote_draft():
                    self._listener.continues = self._listener.utterance
            case Act.CLEAR:
                self._turns.yield_floor()
            case Act.CLOSE:
                self._listener.close()
            case Act.SUSPEND:
                self._listener.suspend()
            case Act.FORGET:
                self._listener.discard()
            case Act.TAKE if typed:
                self._answering.typed(typed)
                self._turns.begin(typed, self._answering.compose(typed))
            case Act.SAY:
                self._turns.say_next()
            case Act.WAIT | Act.WAIT_NO_MORE:
                self._waiting = act is Act.WAIT

    def _begin_draft(self, at: float) -> None:
        utterance = self._listener.utterance
        if utterance is None or self._turns.scope is None:
            return
        turn = Turn()
        silence = self._listener.endpointer.clock - at
        turn.times.speech_ended = asyncio.get_running_loop().time() - silence
        utterance.end = max(utterance.start, self._clock() - silence)
        judgement = Judgement(
            self._engines.turn_model, self._listener.endpointer, utterance.transcription
        )
        self._judging = self._turns.scope.create_task(judgement.listen())
        self._turns.begin_draft(turn, self._answering.think(turn, utterance, judgement))

    def _stop_judging(self) -> None:
        if self._judging:
            self._judging.cancel()

    def _transcription(self) -> Transcription:
        recognizer = self._engines.recognizer
        expected: Expected = {
            "language": self._agent.language,
            "expected_language": self._agent.expected_language,
            "terms": self._agent.terms,
        }
        if self._dictations:
            return LiveTranscription(self._dictations, recognizer, **expected)
        return Transcription(recognizer, **expected)


def _patience(engines: Engines, patience: Patience | None) -> Patience:
    patience = patience or Patience()
    live = engines.live_recognizer is not None
    return replace(patience, pause=min(patience.pause, LIVE_PAUSE)) if live else patience
