"""The sequential design: record until it is silent, then one stage after the other, each whole.

It runs on engines of its own, of the same classes and options, and is given every advantage: no
socket, no frames, no database; only its engines' time counts besides the silence.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from interview_site.env import voice_engines
from interviews.conversation.follow_up import FollowUpWriter
from interviews.conversation.phrasing import Brief
from voice.audio import Audio, silence
from voice.engines import LanguageModel, Recognizer, Synthesizer

SILENCE = 0.7
"""Seconds after which it takes an answer as complete."""


@dataclass(frozen=True, slots=True)
class SequentialTurn:
    """Seconds of each stage; ``llm`` None: no model for the language, the words were given."""

    stt: float
    llm: float | None
    tts: float

    @property
    def voice_to_voice(self) -> float:
        return SILENCE + self.stt + (self.llm or 0.0) + self.tts


class SequentialDesign:
    """One interviewer in one language, built the sequential way."""

    def __init__(self, snapshot: Mapping[str, Any], language: str) -> None:
        config = voice_engines()["embedded"]
        self._recognizer: Recognizer = _engine(config["recognizer"])
        self._model: LanguageModel = _engine(config["model"])
        self._synthesizer: Synthesizer = _engine(config["synthesizers"][language])
        self._language = language
        self._writer = FollowUpWriter(self._model, snapshot)
        questions = snapshot["guide"]["questions"]
        self._probe: str = next(q["probes"][0][language] for q in questions if q["probes"])
        self._voice = snapshot["persona"]["voices"][language].get("embedded", "")

    async def warm(self, answer: Audio) -> None:
        """Load the engines and have one turn, so that the model has read its rules."""
        for engine in (self._recognizer, self._model, self._synthesizer):
            await engine.warm()
        await self.turn(answer, "네, 감사합니다." if self._language == "ko" else "")

    async def close(self) -> None:
        for engine in (self._recognizer, self._model, self._synthesizer):
            await engine.close()

    async def turn(self, answer: Audio, reply: str) -> SequentialTurn:
        """Time one reply to ``answer``; ``reply`` is said where the model has no such language."""
        clock = asyncio.get_running_loop().time
        recorded = Audio(answer.pcm + silence(SILENCE).pcm)
        began = clock()
        words = await self._recognizer.transcribe(recorded, language=self._language)
        understood = written = clock()
        speaks = self._language in self._model.languages
        if speaks:
            brief = Brief(self._language, words.text, self._probe)
            prompt = self._writer.prompt(brief, ())
            deltas = self._model.reply(prompt, max_tokens=self._writer.writing.tokens)
            reply = "".join([delta async for delta in deltas])
            written = clock()
        clips = self._synthesizer.speak(reply, language=self._language, voice=self._voice)
        spoken = [clip async for clip in clips]
        assert spoken, "the whole reply must have been spoken"
        return SequentialTurn(
            stt=understood - began,
            llm=written - understood if speaks else None,
            tts=clock() - written,
        )


def _engine(spec: Mapping[str, Any]) -> Any:
    module, _, name = str(spec["BACKEND"]).rpartition(".")
    return getattr(import_module(module), name)(**spec["OPTIONS"])
