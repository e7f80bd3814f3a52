"""The interviewer: asks what the guide decides, in its own words where a model may be trusted.

Pure: no ORM, no I/O of its own; the language model is handed in, and is only ever asked to phrase
a follow-up that the guide has chosen. What a candidate says is data in its prompt.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from interviews import wording
from interviews.coverage import missing
from interviews.follow_up import FollowUpWriter
from interviews.guide import Guide, Intent, Move, MoveKind, Progress
from interviews.intents import intent
from interviews.lines import Lines, in_language
from voice.agent import Answer, Line, Reply, Speech
from voice.engines import LanguageModel, Message
from voice.sentences import split

CONTEXT_MESSAGES = 10
"""How much of the conversation a prompt holds, besides the facts."""
HEARD_ENOUGH = 0.5
"""Share of a question that must have been heard for it to count as asked."""


class Interviewer:
    """Implements ``voice.agent.Agent`` for one interview."""

    def __init__(
        self,
        snapshot: Mapping[str, Any],
        *,
        model: LanguageModel | None,
        candidate: str,
        language: str,
        clock: Callable[[], float],
        first_language: str = "",
        progress: Progress | None = None,
        history: Sequence[Message] = (),
    ) -> None:
        """``language`` is "en", "ko" or "auto", which begins in ``first_language`` (else the
        persona's) and follows the candidate; ``clock`` gives the interview's own seconds."""
        self.guide = Guide.from_snapshot(snapshot)
        self.progress = progress or Progress()
        self._snapshot = snapshot
        self._persona: Mapping[str, Any] = snapshot["persona"]
        self._lines = Lines(snapshot, self.guide, candidate)
        self._writer = FollowUpWriter(model, snapshot) if model else None
        self._auto = language not in ("en", "ko")
        self._language = self._begins_in(first_language) if self._auto else language
        self._clock = clock
        self._messages: deque[Message] = deque(history, maxlen=CONTEXT_MESSAGES)
        self._answers: dict[str, str] = {}
        self.ending: str | None = None
        """Why the next reply is the goodbye, whatever the guide would ask."""

    # -- what the call asks -----------------------------------------------------------------

    @property
    def language(self) -> str | None:
        return None if self._auto else self._language

    @property
    def expected_language(self) -> str:
        return self._language

    @property
    def terms(self) -> str:
        """Title, role and the present question, as sentences: a recognizer imitates the style."""
        sentences = [self._snapshot["title"], self._snapshot["role"]]
        if self.progress.current:
            question = self.guide.questions[self.progress.current]
            sentences.append(in_language(question.text, self._language))
        written = (sentence.strip().rstrip(".") for sentence in sentences)
        return ". ".join(text[:1].upper() + text[1:] for text in written if text)[:240] + "."

    def opening(self) -> Reply:
        """The greeting and the first question."""
        return self._reply(self.guide.opening(), None)

    def resumption(self, unanswered: Answer | None, *, repeats: bool) -> Reply | None:
        """What to say to a candidate who is back: the reply that is owed, the question that the
        interruption cut, or nothing."""
        if unanswered:
            return self.reply(unanswered)
        if not self.progress.current:
            first = self.guide.opening().question
            return self._reply(Move(MoveKind.ASK, first, intent=Intent.REPEAT), None)
        if not repeats:
            return None
        move = Move(MoveKind.REPEAT, self.progress.current, self._last_probe(), Intent.ANSWER)
        return self._reply(move, None)

    def farewell(self, reason: str) -> Reply:
        """The goodbye, for a reason of the clock's or the candidate's."""
        return self._reply(Move(MoveKind.FAREWELL, reason=reason), None)

    def last_words(self, text: str, reason: str) -> Reply:
        """A goodbye in words that are not the guide's."""
        move = Move(MoveKind.FAREWELL, reason=reason)
        return Reply(_fixed(text), self._language, self._voice(), purpose=move, ends=reason)

    def word_into_silence(self, step: int) -> Reply:
        """A gentle word to a candidate who says nothing, then an offer."""
        text = wording.SILENCE[self._language][step]
        return Reply(_fixed(text), self._language, self._voice())

    def again(self, speech: Speech) -> Reply | None:
        """From the clause in which it was cut. A follow-up in a model's words is not known beyond
        what was sent: the guide's own question stands in for it."""
        move = speech.purpose
        if not isinstance(move, Move):
            return None
        language = speech.language
        rest = self._lines.rest(move, language, self.progress, speech.heard)
        ends = move.reason if move.kind is MoveKind.FAREWELL else None
        return Reply(_fixed(rest), language, self._voice(language), purpose=move, ends=ends)

    def apology(self) -> Reply:
        text = wording.APOLOGY[self._language]
        return Reply(_fixed(text), self._language, self._voice())

    def reply(self, answer: Answer) -> Reply:
        language = answer.language if self._auto else self._language
        if self.ending:
            move = Move(MoveKind.FAREWELL, reason=self.ending)
            return self._reply(move, answer, language)
        text = " ".join({**self._answers, answer.utterance: answer.text}.values())
        points = self._points()
        move = self.guide.next(
            self.progress,
            intent=intent(answer.text),
            missing=missing(points, text),
            now=self._clock(),
            remaining=self.remaining,
        )
        return self._reply(move, answer, language)

    def heard(self, answer: Answer) -> None:
        if self._auto and answer.language in ("en", "ko"):
            self._language = answer.language
        reopened = answer.utterance in self._answers
        if reopened and self._messages and self._messages[-1].role == "candidate":
            self._messages.pop()
        self._answers[answer.utterance] = answer.text
        self._messages.append(Message("candidate", answer.text))

    def spoke(self, speech: Speech) -> None:
        if speech.heard:
            self._messages.append(Message("interviewer", speech.heard))
        move = speech.purpose
        if not isinstance(move, Move):
            return
        if move.kind is MoveKind.GREET:
            self.progress.greeted = True
        share = len(speech.heard) / max(1, len(speech.said))
        if share >= HEARD_ENOUGH:
            self.progress.done(move, self._clock())
            if move.kind in (MoveKind.ASK, MoveKind.GREET):
                self._answers.clear()

    def upcoming(self, reply: Reply) -> Sequence[Line]:
        now, remaining = self._clock(), self.remaining
        progress = deepcopy(self.progress)
        if isinstance(reply.purpose, Move):
            progress.done(reply.purpose, now)
        lines: list[Line] = []
        for move in self.guide.possible(progress, now=now, remaining=remaining):
            text = self._lines.of(move, self._language, progress)
            lines += [Line(c, self._language, self._voice()) for c in split(text)]
        return lines

    @property
    def remaining(self) -> float:
        return float(self._snapshot["duration_seconds"]) - self._clock()

    # -- words ------------------------------------------------------------------------------

    def _reply(self, move: Move, answer: Answer | None, language: str | None = None) -> Reply:
        language = language or self._language
        ends = move.reason if move.kind is MoveKind.FAREWELL else None
        own_words = _fixed(self._lines.of(move, language, self.progress))
        reply = Reply(own_words, language, self._voice(language), purpose=move, ends=ends)
        writer = self._writer
        if move.kind is MoveKind.PROBE and answer and writer and writer.writes(language):
            reply.clauses = self._phrase(writer, move, answer, reply)
        return reply

    async def _phrase(
        self, writer: FollowUpWriter, move: Move, answer: Answer, reply: Reply
    ) -> AsyncGenerator[str]:
        probe = self._lines.probe(move, reply.language)
        lead = self._lines.of(move, reply.language, self.progress).removesuffix(probe)
        conversation = tuple(self._messages)
        writing = asyncio.create_task(writer.write(probe, answer.text, conversation, reply))
        try:
            for clause in split(lead):
                yield clause
            for clause in split(await writing or probe):
                yield clause
        finally:
            writing.cancel()

    # -- small facts ------------------------------------------------------------------------

    def _begins_in(self, language: str) -> str:
        wishes = (language, self._persona.get("language"), "en")
        return next(wish for wish in wishes if wish in ("en", "ko"))

    def _voice(self, language: str | None = None) -> str:
        voices = (self._persona.get("voices") or {}).get(language or self._language) or {}
        return str(voices.get(self._snapshot.get("profile", ""), ""))

    def _points(self) -> Sequence[Any]:
        current = self.progress.current
        return self.guide.questions[current].expected_points if current else ()

    def _last_probe(self) -> int | None:
        used = self.progress.probes.get(self.progress.current or "", [])
        return used[-1] if used else None


async def _fixed(text: str) -> AsyncGenerator[str]:
    for clause in split(text):
        yield clause
