"""Replies spoken by a speech-to-speech engine: told what to say, corrected by what was heard."""

import asyncio
import logging
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from voice.agent import Agent, Answer, Line, Reply, Speech
from voice.engines import Clip, Message, SpeechSession
from voice.errors import EngineError
from voice.hangul import is_hangul
from voice.pacing import PacedSpeech
from voice.sentences import split
from voice.sessions import Sessions

log = logging.getLogger(__name__)

LANGUAGES = {"en": "English", "ko": "Korean"}
TAKEN_UP = 0.4
"""Share of a question's words that must be in what the engine made of it."""
USUAL = 0.7
"""Seconds from a directive to its first piece, before any was measured."""
SHORTEST, LONGEST = 0.3, 1.2
"""Whatever was measured, no less and no more is expected."""
WEIGHT = 0.3
"""Of the last measurement in what is expected next."""


@dataclass(eq=False, slots=True)
class _Said:
    """What the engine makes of one reply."""

    session: SpeechSession
    text: str = ""
    before: float = 0.0
    """Seconds of its sound that are not of the session's last response."""
    seconds: float = 0.0
    speaking: bool = True
    settled: bool = False
    """The session knows what of it was heard."""

    def add(self, clip: Clip) -> Clip:
        self.text += clip.text
        self.seconds += clip.audio.seconds
        return clip


class Voice:
    """Has replies spoken by the session, and what it leaves unsaid by the cascade.

    ``due`` waits until a reply is to be asked for: each one costs the whole conversation again.
    """

    def __init__(
        self,
        agent: Agent,
        sessions: Sessions,
        switched: Callable[[], None],
        due: Callable[[Reply], Awaitable[None]],
    ) -> None:
        self.usual = USUAL
        """Seconds that the engine is expected to take to the first piece of a reply."""
        self.hears: SpeechSession | None = None
        """The session that hears what the candidate says, or did until it was lost."""
        self._agent = agent
        self._sessions = sessions
        self._switched = switched
        self._due = due
        self._last: _Said | None = None
        self._recent: deque[tuple[Reply, _Said]] = deque(maxlen=4)

    @property
    def speaking(self) -> bool:
        return self._last is not None and self._last.speaking

    def directed(self, reply: Reply) -> Reply:
        """``reply``, to be spoken by the session if there is one by then."""
        if reply.speech is None:
            # The session has its voice; what else is named is for those that stand by.
            reply.voice = reply.voice.partition("|")[2]
            reply.speech = self._speech(reply)
        return reply

    def spoke(self, speech: Speech) -> None:
        """A reply is over: what was heard of it is what the session is to remember."""
        said = next((said for reply, said in self._recent if reply is speech.reply), None)
        native = None
        if said:
            native = said.session
            if speech.interrupted or not speech.whole:
                self._correct(said, speech.heard, speech.heard_seconds)
            said.settled = True
        if speech.heard:
            self._sessions.remember(Message("interviewer", speech.heard), native)

    def heard(self, answer: Answer) -> None:
        """An answer is recorded; what was typed stands in the directive that replies to it."""
        knows = self._sessions.current if answer.source == "typed" else self.hears
        self._sessions.remember(Message("candidate", answer.text), knows)

    async def _speech(self, reply: Reply) -> AsyncGenerator[Clip]:
        """What the session says; sets ``reply.clauses`` to what it does not."""
        await self._due(reply)
        self._forget()
        session = await self._sessions.opened()
        if session is None:
            self._switched()
            return
        if not reply.directive:
            text = " ".join([clause async for clause in reply.clauses])
            reply.directive, reply.clauses = exactly(text, reply.language), _fixed(text)
        said = self._last = _Said(session)
        self._recent.append((reply, said))
        try:
            async with aclosing(self._clips(session, reply.directive, said, reply)) as clips:
                async for clip in clips:
                    yield clip
            if reply.aim and not takes_up(said.text, reply.aim):
                log.info("the engine left the question out; it is asked in the guide's words")
                again = exactly(reply.aim, reply.language)
                async with aclosing(self._clips(session, again, said, reply)) as clips:
                    async for clip in clips:
                        yield clip
            reply.clauses = _nothing()
        except EngineError as error:
            log.warning("the cascade speaks: %s", error)
            if session.failure:
                self._sessions.failed(session, error)
            reply.clauses = self._rest(reply, said)
            self._switched()
        except GeneratorExit:
            said.speaking = False
            self._forget()
            raise
        finally:
            said.speaking = False

    async def _clips(
        self, session: SpeechSession, directive: str, said: _Said, reply: Reply
    ) -> AsyncGenerator[Clip]:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        said.before = said.seconds
        paced = PacedSpeech(self._sessions.engine.rate)
        async with aclosing(session.respond(directive)) as pieces:
            async for piece in pieces:
                if reply.first_token is None:
                    reply.first_token = loop.time() - asked
                    took = min(max(reply.first_token, SHORTEST), LONGEST)
                    self.usual += WEIGHT * (took - self.usual)
                if clip := paced.add(piece):
                    yield said.add(clip)
        if clip := paced.rest():
            yield said.add(clip)

    def _rest(self, reply: Reply, said: _Said) -> AsyncGenerator[str]:
        """The clauses that the cascade still has to say after a session that broke off."""
        if not said.text.strip():
            return reply.clauses
        cut = Speech("", reply.language, 0.0, heard=said.text.strip(), purpose=reply.purpose)
        if rest := self._agent.again(cut):
            return rest.clauses
        return _fixed(reply.aim) if reply.aim else reply.clauses

    def _forget(self) -> None:
        """What was made last was dropped, and nobody heard it."""
        if (said := self._last) and not said.settled and not said.speaking:
            self._correct(said, "", 0.0)
            said.settled = True

    def _correct(self, said: _Said, text: str, seconds: float) -> None:
        if said is self._last and said.session.failure is None:
            said.session.heard(text, max(0.0, seconds - said.before))


class Directed:
    """The agent, whose replies the session speaks and whose conversation it is told."""

    def __init__(self, agent: Agent, voice: Voice) -> None:
        self._agent = agent
        self._voice = voice

    def __getattr__(self, name: str) -> Any:
        return getattr(self._agent, name)

    def reply(self, answer: Answer) -> Reply:
        return self._voice.directed(self._agent.reply(answer))

    def again(self, speech: Speech) -> Reply | None:
        reply = self._agent.again(speech)
        return self._voice.directed(reply) if reply else None

    def apology(self) -> Reply:
        return self._voice.directed(self._agent.apology())

    def heard(self, answer: Answer) -> None:
        self._agent.heard(answer)
        self._voice.heard(answer)

    def spoke(self, speech: Speech) -> None:
        self._agent.spoke(speech)
        self._voice.spoke(speech)

    def upcoming(self, reply: Reply) -> Sequence[Line]:
        """Nothing is prepared that the session will phrase and speak itself."""
        return () if reply.speech else self._agent.upcoming(reply)


def exactly(text: str, language: str) -> str:
    """The directive to read ``text`` out."""
    tongue = LANGUAGES.get(language, "the same language")
    return f"Say exactly this, in {tongue}, and nothing before or after it: «{text}»"


def takes_up(said: str, question: str) -> bool:
    """Whether ``said`` holds enough of the words of ``question``, however they are inflected."""
    wanted, found = _stems(question), _stems(said)
    return not wanted or len(wanted & found) >= TAKEN_UP * len(wanted)


def _stems(text: str) -> set[str]:
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    return {word[:2] if is_hangul(word[0]) else word[:4] for word in words}


async def _fixed(text: str) -> AsyncGenerator[str]:
    for clause in split(text):
        yield clause


async def _nothing() -> AsyncGenerator[str]:
    return
    yield
