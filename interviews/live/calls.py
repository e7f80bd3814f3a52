"""Who speaks for our side of an interview, and by which kind of call."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from interviews.conversation.directives import Directing, instructions
from interviews.conversation.interpreter import PATIENCE, Interpreter
from interviews.conversation.interviewer import Interviewer
from interviews.conversation.speaking import voice_of
from voice.agent import Agent
from voice.call import Call
from voice.duplex import DuplexCall
from voice.engines import Brief, Engines, Message


def make_agent(snapshot: Mapping[str, Any], **options: Any) -> Interviewer | Interpreter:
    """The interviewer or, where the config says so, the interpreter."""
    if snapshot.get("kind") != "interpreter":
        return Interviewer(snapshot, **options)
    for unused in ("candidate", "find"):
        options.pop(unused, None)
    return Interpreter(snapshot, **options)


def make_call(
    engines: Engines,
    agent: Interviewer | Interpreter,
    snapshot: Mapping[str, Any],
    candidate: str,
    history: Sequence[Message],
    *rest: Any,
    **options: Any,
) -> Call:
    """A call on the cascade, or on the profile's speech-to-speech engine."""
    if isinstance(agent, Interpreter):
        options["patience"] = PATIENCE
    if engines.speech is None:
        return Call(engines, agent, *rest, **options)
    # In a list of voices the first is that of a whole session.
    voice = voice_of(snapshot, agent.expected_language).partition("|")[0]

    def brief() -> Brief:
        language = agent.language
        text = instructions(snapshot, agent.expected_language)
        return Brief(text, voice, language, agent.terms)

    directing = (
        agent
        if isinstance(agent, Interpreter)
        else cast(Agent, Directing(agent, snapshot, candidate))
    )
    return DuplexCall(engines, directing, *rest, brief=brief, history=history, **options)
