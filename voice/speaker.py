"""From a reply to its sound: clauses as they are written, clips as they are synthesised."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from voice.agent import Line, Reply
from voice.audio import Audio, resample
from voice.clips import PreparedSynthesizer
from voice.engines import Clip, Synthesizer
from voice.errors import EngineError
from voice.events import Failed
from voice.outbox import Outbox
from voice.recorded import recorded
from voice.turn import Turn

log = logging.getLogger(__name__)


class Speaker:
    """Fills the queues of a turn, whether it has the floor yet or not; one for a call."""

    def __init__(self, synthesizers: Mapping[str, Synthesizer], outbox: Outbox, rate: int) -> None:
        self.rate = rate
        """Sample rate of turns that have no clip yet, in Hz."""
        self._synthesizers = synthesizers
        self._outbox = outbox
        self._voiceless = False
        """It has been told in this call that nothing can be spoken."""

    async def compose(self, turn: Turn) -> None:
        """The reply's clauses, as they are written, after what is words and sound already."""
        if turn.reply and turn.reply.speech:
            async with aclosing(turn.reply.speech) as clips:
                async for clip in clips:
                    await self._ready(turn, clip)
        if turn.reply:
            async with aclosing(turn.reply.clauses) as clauses:
                async for clause in clauses:
                    if turn.times.first_clause is None:
                        turn.times.first_clause = _now()
                    await turn.clauses.put(clause)
        await turn.clauses.put(None)

    async def voice(self, turn: Turn) -> None:
        """Clauses to clips; a clause that cannot be spoken is shown, the first time after a
        sentence that is kept as sound and tells so."""
        while (clause := await turn.clauses.get()) is not None:
            reply = turn.reply
            assert reply is not None
            try:
                async with aclosing(self._speak(clause, reply)) as clips:
                    async for clip in clips:
                        await self._ready(turn, clip)
            except EngineError as error:
                log.warning("shown, not spoken: %s", error)
                if turn.open:
                    self._outbox.put(Failed("tts_failed"))
                if not self._voiceless:
                    self._voiceless = True
                    await self._ready(turn, recorded("voiceless", reply.language))
                await self._ready(turn, Clip(clause, Audio(b"", self.rate)))
        turn.ready.set()
        await turn.clips.put(None)

    async def prepare(self, line: Line) -> None:
        """Have a line's sound ready before anybody asks for it."""
        synthesizer = self._synthesizer(line.language)
        if isinstance(synthesizer, PreparedSynthesizer):
            await synthesizer.prepare(line.text, language=line.language, voice=line.voice)

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


def _now() -> float:
    return asyncio.get_running_loop().time()
