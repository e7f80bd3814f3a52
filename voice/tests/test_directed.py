"""What the sessions of a speech-to-speech engine are told of a conversation."""

import asyncio
from typing import Any, cast

from voice.agent import Agent, Answer, Reply, Speech
from voice.directed import Voice
from voice.engines import Brief, Piece
from voice.sessions import Sessions
from voice.tests.cast import ScriptedAgent, clauses
from voice.tests.virtual_time import run

QUESTION = "What broke first?"


class Session:
    """Notes what it is told; says ``replies``, a word for each tenth of a second."""

    def __init__(self, *replies: str) -> None:
        self.failure = None
        self.ageing = asyncio.Event()
        self.told: list[str] = []
        self.cuts: list[tuple[str, float]] = []
        self._replies = list(replies)

    def tell(self, message: Any) -> None:
        self.told.append(message.text)

    def heard(self, text: str, seconds: float) -> None:
        self.cuts.append((text, round(seconds, 3)))

    async def respond(self, directive: str) -> Any:
        for word in self._replies.pop(0).split():
            yield Piece(text=f"{word} ", pcm=bytes(4_800))

    async def close(self) -> None:
        """Nothing is open."""


class Engine:
    """Opens ``sessions``, one after the other."""

    rate = 24_000
    judges_turns = False

    def __init__(self, *sessions: Session) -> None:
        self._sessions = list(sessions)

    async def open(self, brief: Brief, replaces: Any = None) -> Session:
        return self._sessions.pop(0)


async def voice_of(session: Session) -> tuple[Voice, asyncio.Task[None]]:
    sessions = Sessions(cast(Any, Engine(session)), lambda: Brief("Wait."))
    looking_after = asyncio.create_task(sessions.run())
    await sessions.opened()

    async def due(reply: Reply) -> None:
        """At once."""

    return Voice(cast(Agent, ScriptedAgent()), sessions, lambda: None, due), looking_after


def answer(text: str) -> Answer:
    return Answer("1", text, "en", "voice", 0.9, 0.0, 1.0)


def test_what_a_session_did_not_hear_it_is_told() -> None:
    async def scene() -> None:
        session = Session()
        voice, looking_after = await voice_of(session)
        # The one before was lost while the candidate spoke.
        voice.hears = cast(Any, Session())
        voice.heard(answer("I wrote the cache."))
        voice.hears = cast(Any, session)
        voice.heard(answer("It broke."))
        assert session.told == ["I wrote the cache."]
        looking_after.cancel()

    run(scene())


def test_of_a_reply_in_two_responses_the_last_is_cut_where_it_was() -> None:
    async def scene() -> None:
        session = Session("Oh, I see, well well.", QUESTION)
        voice, looking_after = await voice_of(session)
        reply = voice.directed(
            Reply(clauses(QUESTION), "en", directive=f"Ask: «{QUESTION}»", aim=QUESTION)
        )
        assert reply.speech
        sound = [clip async for clip in reply.speech]
        assert round(sum(clip.audio.seconds for clip in sound), 3) == 0.8
        cut = Speech("1", "en", 0.0, said="", heard="Oh, I see, well well. What", reply=reply)
        cut.interrupted, cut.heard_seconds = True, 0.6
        voice.spoke(cut)
        assert session.cuts == [("Oh, I see, well well. What", 0.1)]
        looking_after.cancel()

    run(scene())
