"""A call whose hearing and speaking is done by one speech-to-speech engine.

What comes out of it is what comes out of the cascade: the same floor paces the sound, the same
record keeps what was heard, and the agent decides what is said, turn by turn. The engine is told
so by a directive, phrases it and speaks. Whatever it fails to do, the cascade does instead.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from voice.agent import Agent, Record, Reply
from voice.call import Call
from voice.directed import Directed, Voice
from voice.endpointing import Patience
from voice.engines import Brief, Detection, Detector, Engines, Message
from voice.events import Event, Noticed
from voice.session_transcription import SessionTranscription
from voice.sessions import Sessions
from voice.transcription import Transcription

JUDGED = Patience(pause=0.032, finished=0.032, unsure=0.032, unfinished=0.032)
"""Where the engine has judged already that the candidate has finished."""
MOST = 3
"""Drafts of one answer that are had spoken before it is known to be over."""
LEAST = 0.25
"""Seconds of silence before which nothing is asked for by ear. Most pauses within speech are
shorter than 0.2 s (Campione and Véronis 2002), and each request is paid for."""
EARLY = 0.06
"""Seconds by which a draft is asked for sooner than it has to be."""
LOOK = 0.02
"""Seconds between two looks at the evidence."""


class DuplexCall(Call):
    """``engines.speech`` hears and speaks; ``brief`` gives what its sessions begin with,
    ``history`` what was said in earlier connections."""

    def __init__(
        self,
        engines: Engines,
        agent: Agent,
        record: Record,
        deliver: Callable[[Event], Awaitable[None]],
        *,
        brief: Callable[[], Brief],
        history: Sequence[Message] = (),
        patience: Patience | None = None,
        **options: Any,
    ) -> None:
        assert engines.speech is not None
        self._sessions = Sessions(engines.speech, brief, history)
        self._sessions.busy = lambda: self._answered or self._speaking
        self._voice = Voice(agent, self._sessions, self._switched, self._due)
        self._told = False
        self._drafted = ("", 0)
        """The last utterance that had drafts, and how many."""
        if engines.speech.judges_turns:
            detector = _EnginesDetector(engines.detector, self._sessions)
            engines = replace(engines, detector=detector)
        self._judged = JUDGED if engines.speech and engines.speech.judges_turns else None
        super().__init__(
            # The session is the live recognizer, and what is not prepared is not thrown away.
            replace(engines, live_recognizer=None),
            cast(Agent, Directed(agent, self._voice)),
            record,
            deliver,
            patience=self._judged or patience,
            **options,
        )
        self._unjudged = patience or Patience()

    async def run(self) -> None:
        """As ``Call.run``."""
        looking_after = asyncio.create_task(self._sessions.run())
        try:
            await super().run()
        finally:
            looking_after.cancel()
            await asyncio.wait([looking_after])

    def say(self, reply: Reply) -> None:
        super().say(self._voice.directed(reply))

    def conclude(self, farewell: Reply) -> None:
        super().conclude(self._voice.directed(farewell))

    def _transcription(self) -> Transcription:
        if not self._answered:
            self._sessions.switch()
        session = self._voice.hears = self._sessions.current
        if self._judged:
            self._listener.endpointer.patience = self._judged if session else self._unjudged
        if session is None:
            return super()._transcription()
        return SessionTranscription(
            session,
            self._engines.recognizer,
            hears=self._judged is None,
            language=self._agent.language,
            expected_language=self._agent.expected_language,
            terms=self._agent.terms,
        )

    @property
    def _answered(self) -> bool:
        """What was said last is being answered, or may yet be gone on with."""
        drafting = self._turns.draft is not None or self._listener.continues is not None
        return drafting or self._floor.turn is not None

    async def _due(self, reply: Reply) -> None:
        """Wait with a draft until it would be late if the candidate has finished: what is asked
        for in a pause that goes on is paid for and thrown away. Evidence for an end shortens the
        silence that is waited for, evidence against it makes it longer."""
        while (draft := self._turns.draft) and (open_ := self._listener.utterance):
            # A draft has no reply yet while one is made for it by ear.
            if draft.reply is not reply and not (draft.reply is None and reply.by_ear):
                return
            utterance = open_.id
            drafts = self._drafted[1] if self._drafted[0] == utterance else 0
            endpointer = self._listener.endpointer
            left = endpointer.needed - endpointer.silence
            hasty = reply.by_ear and endpointer.silence < LEAST
            if drafts < MOST and left <= self._voice.usual + EARLY and not hasty:
                self._drafted = utterance, drafts + 1
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(draft.floor.wait(), LOOK)

    def _switched(self) -> None:
        """Another voice speaks: said once in a call."""
        if not self._told:
            self._told = True
            self._outbox.put(Noticed("engine_switched"))


class _EnginesDetector:
    """Takes the engine's word for when the candidate speaks; without it, the embedded one's."""

    def __init__(self, detector: Detector, sessions: Sessions) -> None:
        self._detector = detector
        self._sessions = sessions

    async def warm(self) -> None:
        await self._detector.warm()

    async def close(self) -> None:
        await self._detector.close()

    def open(self) -> Detection:
        return _EnginesDetection(self._detector.open(), self._sessions)


class _EnginesDetection:
    def __init__(self, detection: Detection, sessions: Sessions) -> None:
        self._detection = detection
        self._sessions = sessions

    def probability(self, window: bytes) -> float:
        own = self._detection.probability(window)
        session = self._sessions.current
        if session is None:
            return own
        session.hear(window)
        return 1.0 if session.speaking else 0.0
