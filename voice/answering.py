"""From an utterance of the candidate to a reply that is spoken: the stages of a turn."""

import asyncio
import logging
from contextlib import suppress

from voice.agent import Agent, Answer, Record, Reply, Speech
from voice.audio import Audio
from voice.backchannels import is_backchannel, is_echo, is_remark
from voice.completions import Completions
from voice.drafts import Drafts
from voice.engines import Recognizer, Transcript
from voice.errors import EngineError
from voice.events import Failed, Noticed, TurnCompleted
from voice.floor import Floor
from voice.judgement import Judgement
from voice.listener import Listener, Utterance
from voice.outbox import Outbox
from voice.speaker import Speaker
from voice.subtitles import Subtitles
from voice.turn import Turn

log = logging.getLogger(__name__)

NEARLY_HEARD = 0.75
"""Of a question heard so far, a "yes" may be the answer."""
STABLE = 0.1
"""Seconds for which live words must stay the same in a pause to be taken for all of them."""
STILL_OPEN = 1.0
"""Seconds for which a finished answer may still be continued while the reply is being made."""


class Answering:
    """What a turn does, each stage a coroutine that waits for what it needs of the others."""

    def __init__(
        self,
        agent: Agent,
        record: Record,
        floor: Floor,
        speaker: Speaker,
        listener: Listener,
        subtitles: Subtitles,
        outbox: Outbox,
        completions: Completions,
    ) -> None:
        self.cut: Speech | None = None
        """What the candidate's open utterance has interrupted."""
        self._agent = agent
        self._record = record
        self._floor = floor
        self._speaker = speaker
        self._listener = listener
        self._subtitles = subtitles
        self._outbox = outbox
        self._completions = completions
        self._drafts = Drafts(agent.reply)
        self._preparing: asyncio.Task[None] | None = None
        self._filing: set[asyncio.Task[None]] = set()

    async def think(self, turn: Turn, utterance: Utterance, judgement: Judgement) -> None:
        """Read the utterance and compose a reply to its words, or go on with what it cut."""
        loop = asyncio.get_running_loop()
        turn.times.asked = loop.time()
        words = await self._words(utterance)
        turn.times.understood = loop.time()
        if not turn.floor.is_set():
            self._subtitles.partial(utterance, words)
            judgement.read(words)
        echoed = self._echoed(utterance, words.text)
        ignored = echoed or self._listens(words.text)
        rest = self._agent.again(self.cut) if ignored and self.cut else None
        if echoed or rest or not words.text:
            self._drafts.go_deaf()
        if echoed or rest:
            await turn.floor.wait()
            self._subtitles.retract(utterance)
            turn.reply, turn.ignored = rest, True
        elif words.text:
            turn.answer = _answer(utterance, words)
        await self.compose(turn)

    async def _words(self, utterance: Utterance) -> Transcript:
        """All that was said; words that seem to be all have their reply begun already."""
        settling = asyncio.ensure_future(utterance.transcription.settled())
        try:
            while utterance.transcription.live and not settling.done():
                guess = utterance.transcription.so_far
                if utterance.transcription.by_ear and guess.text and self.cut is None:
                    self._drafts.listen(_answer(utterance, guess))
                await asyncio.wait([settling], timeout=STABLE)
                stable = guess.text == utterance.transcription.so_far.text
                if not settling.done() and stable and guess.text and self.cut is None:
                    self._drafts.guess(_answer(utterance, guess))
            return await settling
        except BaseException:
            self._drafts.go_deaf()
            raise
        finally:
            settling.cancel()

    async def compose(self, turn: Turn) -> None:
        """The clauses of the turn's reply, which is asked for if there is none yet."""
        if turn.answer:
            turn.reply = self._drafts.reply(turn.answer)
        turn.understood.set()
        try:
            await self._speaker.compose(turn)
        finally:
            self._drafts.leave(turn.reply, for_good=turn.floor.is_set())

    async def file(self, turn: Turn) -> None:
        """Once it has the floor: the answer goes to disk, then the subtitle becomes final."""
        await turn.floor.wait()
        await turn.understood.wait()
        self._drafts.give(turn.reply)
        if turn.filing:
            await asyncio.shield(turn.filing)
        elif answer := turn.answer:
            await self._record.candidate_said(answer)
            self._agent.heard(answer)
            with suppress(TimeoutError):
                await asyncio.wait_for(turn.ready.wait(), STILL_OPEN)
            if not turn.open:
                return
            turn.number = self._completions.number()
            self._subtitles.final(answer)
        elif turn.reply is None and not turn.ignored:
            self._outbox.put(Noticed("not_understood"))
        self._listener.continues = self.cut = None
        turn.recorded.set()

    def typed(self, turn: Turn) -> None:
        """What was typed counts from now on, even if the next answer comes before the reply."""
        turn.filing = task = asyncio.create_task(self._file_typed(turn))
        self._filing.add(task)
        task.add_done_callback(lambda done: self._typed_filed(turn, done))

    async def _file_typed(self, turn: Turn) -> None:
        assert turn.answer
        await self._record.candidate_said(turn.answer)
        self._agent.heard(turn.answer)
        number = self._completions.number()
        self._subtitles.final(turn.answer)
        if turn.open:
            turn.number = number
        else:
            completed = TurnCompleted(number, turn.answer.text, "", turn.latency())
            self._completions.settle(number, completed)

    def _typed_filed(self, turn: Turn, task: asyncio.Task[None]) -> None:
        self._filing.discard(task)
        # The turn itself tells of a failure, unless it was stopped.
        if not turn.open and not task.cancelled() and (error := task.exception()):
            log.error("what was typed could not be recorded", exc_info=error)
            self._outbox.put(Failed("internal"))

    async def filed(self) -> None:
        """Everything that was typed is on disk."""
        while self._filing:
            await asyncio.wait(self._filing)

    async def voice(self, turn: Turn) -> None:
        """Speak, and use the time in which it is heard for what comes after it."""
        await self._speaker.voice(turn)
        await turn.recorded.wait()
        if turn.reply:
            if self._preparing:
                self._preparing.cancel()
            self._preparing = asyncio.create_task(self._prepare(turn.reply))

    async def overheard(self, recognizer: Recognizer, sound: Audio) -> bool:
        """Whether the words of a voice into our speech are a wish to speak."""
        try:
            words = await recognizer.transcribe(
                sound, language=self._agent.language or self._agent.expected_language
            )
        except EngineError:
            return False
        except Exception:
            # It runs in the call's own scope, which one unread sound must not end.
            log.exception("a voice into our speech could not be read")
            return False
        said = self._floor.turn.said() if self._floor.turn else ""
        return is_remark(words.text, said) and not is_echo(words.text, said)

    def close(self) -> None:
        """Prepare nothing more."""
        self._drafts.close()
        if self._preparing:
            self._preparing.cancel()

    def _listens(self, words: str) -> bool:
        """Whether nothing was said into our speech but that somebody listens."""
        cut = self.cut
        if cut is None or not is_backchannel(words):
            return False
        return not (words and cut.whole and len(cut.heard) > NEARLY_HEARD * len(cut.said))

    def _echoed(self, utterance: Utterance, words: str) -> bool:
        """Whether these are our own words, come back from the loudspeaker."""
        speech = self._floor.spoken_at(utterance.start)
        possible = self.cut is not None or self._listener.echoes
        return speech is not None and possible and is_echo(words, speech.said)

    async def _prepare(self, reply: Reply) -> None:
        with suppress(EngineError):
            for line in self._agent.upcoming(reply):
                await self._speaker.prepare(line)


def _answer(utterance: Utterance, words: Transcript) -> Answer:
    return Answer(
        utterance.id, words.text, words.language, "voice", words.confidence,
        utterance.start, utterance.end,
    )  # fmt: skip
