"""The interviewer: asks what the guide decides, in its own words where a model may be trusted.

Pure: no ORM, no I/O of its own; the language model is handed in, and is only ever asked to phrase
a follow-up that the guide has chosen. What a candidate says is data in its prompt.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from interviews.conversation import star, wording
from interviews.conversation.coverage import missing
from interviews.conversation.facts import Finder
from interviews.conversation.follow_up import FollowUpWriter
from interviews.conversation.guide import Guide
from interviews.conversation.intents import affirms, intent
from interviews.conversation.lines import Lines, in_language
from interviews.conversation.moves import Intent, Move, MoveKind, Progress
from interviews.conversation.probing import Probing, Sources
from interviews.conversation.speaking import fixed, voice_of
from interviews.conversation.validity import OFFERED_AGAIN, flaw
from voice.agent import Answer, Line, Reply, Speech
from voice.endpointing import Expected
from voice.engines import LanguageModel, Message
from voice.recorded import said
from voice.sentences import split

CONTEXT_MESSAGES = 24
"""How much of the conversation a prompt holds, besides the facts."""
PATIENCE: Mapping[str, float] = {"fact": 0.8, "experience": 1.0, "case": 1.3, "closing": 0.9}
"""What the expected kind of answer makes of the silences in it: a case takes thought."""
OF_PROBE = 0.5
"""Length of the answer to a follow-up, as a share of the answer to its question."""
OFFER_SECONDS = 60.0
"""With less time left, nothing is asked for again."""
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
        find: Finder | None = None,
    ) -> None:
        """``language`` is "en", "ko" or "auto", which begins in ``first_language`` (else the
        persona's) and follows the candidate; ``clock`` gives the interview's own seconds, ``find``
        what its documents say."""
        self.guide = Guide.from_snapshot(snapshot)
        self.progress = progress or Progress()
        self._snapshot = snapshot
        self.time_limit = float(snapshot["duration_seconds"])
        """On the interview's clock; sooner than planned where a plan's minutes run out."""
        self._persona: Mapping[str, Any] = snapshot["persona"]
        self._lines = Lines(snapshot, self.guide, candidate)
        writer = FollowUpWriter(model, snapshot) if model else None
        self._sources = Sources(find)
        self._auto = language not in ("en", "ko")
        self._language = self._begins_in(first_language) if self._auto else language
        self._clock = clock
        self._messages: deque[Message] = deque(history, maxlen=CONTEXT_MESSAGES)
        self._probing = Probing(
            snapshot, self._lines, writer, self._sources, self.progress, self._messages
        )
        self._answers: dict[str, str] = {}
        self._incomplete: set[str] = set()
        self.ending: str | None = None
        """Why the next reply is the goodbye, whatever the guide would ask."""
        self._doubting = False
        """What comes next answers ``doubt``."""

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

    @property
    def expected(self) -> Expected:
        question = self.guide.questions.get(self.progress.current or "")
        if question is None:
            return Expected()
        share = 1.0 if self._last_probe() is None else OF_PROBE
        return Expected(question.answer_seconds * share, PATIENCE.get(question.expects, 1.0))

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
        return Reply(fixed(text), self._language, self._voice(), purpose=move, ends=reason)

    def doubt(self) -> Reply | None:
        """Ask whether what sounded like danger was said at all."""
        move = Move(MoveKind.REPEAT, self.progress.current, self._last_probe(), Intent.DOUBT)
        return self._reply(move, None)

    def word_into_silence(self, step: int) -> Reply:
        """A gentle word to a candidate who says nothing, then an offer."""
        text = wording.SILENCE[self._language][step]
        return Reply(fixed(text), self._language, self._voice())

    def again(self, speech: Speech) -> Reply | None:
        """From the clause in which it was cut. A follow-up in a model's words is not known beyond
        what was sent: the guide's own question stands in for it."""
        move = speech.purpose
        if not isinstance(move, Move):
            return None
        language = speech.language
        rest = self._lines.rest(move, language, self.progress, speech.heard)
        ends = move.reason if move.kind is MoveKind.FAREWELL else None
        return Reply(fixed(rest), language, self._voice(language), purpose=move, ends=ends)

    def apology(self) -> Reply:
        # Kept as sound: there may be nobody left to speak it either.
        sound = said("unheard", self._language)
        return Reply(fixed(""), self._language, self._voice(), speech=sound)

    async def hearing(self, text: str) -> None:
        """The candidate's words so far: while they speak, the model is made ready, once for each
        language, and what documents say of it is looked up."""
        await self._probing.prepare(self._language)
        if self.progress.current:
            question = self.guide.questions[self.progress.current]
            await self._sources.look_up(question.text, text, self._language)

    def reply(self, answer: Answer) -> Reply:
        language = answer.language if self._auto else self._language
        if self.ending:
            move = Move(MoveKind.FAREWELL, reason=self.ending)
            return self._reply(move, answer, language)
        if self._doubting and self.progress.current:
            return self._settled(answer, language)
        if unclear := self._unclear(answer):
            return self._reply(unclear, answer, language)
        text = " ".join({**self._answers, answer.utterance: answer.text}.values())
        points = self._points()
        move = self.guide.next(
            self.progress,
            intent=intent(answer.text),
            missing=[*missing(points, text), *star.missing(text)],
            now=self._clock(),
            remaining=self.remaining,
        )
        return self._reply(move, answer, language)

    def heard(self, answer: Answer) -> None:
        if self._auto and answer.language in ("en", "ko"):
            self._language = answer.language
        if self.progress.sound_lost:
            self._incomplete.add(answer.utterance)
            self.progress.sound_lost = False
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
        self._doubting = move.intent is Intent.DOUBT and bool(speech.heard)
        if move.kind is MoveKind.GREET:
            self.progress.greeted = True
        self._sources.cited(move.grounds)
        share = len(speech.heard) / max(1, len(speech.said))
        if share >= HEARD_ENOUGH:
            self.progress.done(move, self._clock())
            if move.kind in (MoveKind.ASK, MoveKind.GREET):
                self._answers.clear()
                self._sources.forget()

    def lacks_sound(self, utterance: str) -> bool:
        """Whether sound of this answer, the present one, did not reach us."""
        return self.progress.sound_lost or utterance in self._incomplete

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
        return self.time_limit - self._clock()

    # -- words ------------------------------------------------------------------------------

    def _reply(self, move: Move, answer: Answer | None, language: str | None = None) -> Reply:
        language = language or self._language
        ends = move.reason if move.kind is MoveKind.FAREWELL else None
        own_words = fixed(self._lines.of(move, language, self.progress))
        reply = Reply(own_words, language, self._voice(language), purpose=move, ends=ends)
        if move.kind is MoveKind.PROBE and answer:
            reply.clauses = self._probing.clauses(move, answer, reply) or own_words
        return reply

    # -- small facts ------------------------------------------------------------------------

    def _begins_in(self, language: str) -> str:
        wishes = (language, self._persona.get("language"), "en")
        return next(wish for wish in wishes if wish in ("en", "ko"))

    def _voice(self, language: str | None = None) -> str:
        return voice_of(self._snapshot, language or self._language)

    def _unclear(self, answer: Answer) -> Move | None:
        """An offer to say it again, once a question, of what could not be judged fairly."""
        current = self.progress.current
        if current is None or current in self.progress.unclear or self.remaining < OFFER_SECONDS:
            return None
        if intent(answer.text) is not Intent.ANSWER:
            return None
        said = [message.text for message in self._messages if message.role == "interviewer"]
        wrong = flaw(
            answer.text,
            expected_language="auto" if self._auto else self._language,
            confidence=answer.confidence if answer.source == "voice" else None,
            before=" ".join(said[-2:]) if answer.source == "voice" else "",
            lost=self.lacks_sound(answer.utterance),
        )
        if wrong not in OFFERED_AGAIN:
            return None
        return Move(MoveKind.REPEAT, current, self._last_probe(), Intent.UNCLEAR)

    def _settled(self, answer: Answer, language: str) -> Reply:
        """The reply to the answer to ``doubt``: the end, the same again, or back to the question.
        Whatever is not a yes goes on: people have been told either way."""
        if affirms(answer.text):
            return self.last_words(wording.DANGER[language], "finished")
        again = intent(answer.text) is Intent.REPEAT
        why = Intent.DOUBT if again else Intent.MISHEARD
        move = Move(MoveKind.REPEAT, self.progress.current, self._last_probe(), why)
        return self._reply(move, answer, language)

    def _points(self) -> Sequence[Any]:
        current = self.progress.current
        return self.guide.questions[current].expected_points if current else ()

    def _last_probe(self) -> int | None:
        used = self.progress.probes.get(self.progress.current or "", [])
        return used[-1] if used else None
