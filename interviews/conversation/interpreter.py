"""The interpreter: what is said in Korean comes out in English, and the other way, nothing added.

Pure: no ORM, no I/O of its own; the language model is handed in. A speech-to-speech engine is
directed turn by turn; in a cascade the model writes, and what it writes is checked before it is
spoken. Takes the interviewer's place in a live interview.
"""

import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from interviews.conversation.directives import interpret
from interviews.conversation.interpretation import OTHER, objection, spoken
from interviews.conversation.interpreting import Unfit, write
from interviews.conversation.moves import Progress
from interviews.conversation.speaking import fixed, voice_of
from voice.agent import Answer, Line, Reply, Speech
from voice.endpointing import Expected, Patience
from voice.engines import LanguageModel, Message
from voice.errors import EngineError

log = logging.getLogger(__name__)

PATIENCE = Patience(pause=0.16, finished=0.25, unsure=0.5, unfinished=0.9)
"""An interpreter follows close behind."""
CONTEXT = 6
"""Earlier utterances that the model is shown, so that pronouns and names come out right."""
TRIES = 2
SORRY = {
    "en": "I'm sorry, I could not interpret that. Please say it again.",
    "ko": "죄송합니다, 통역하지 못했습니다. 다시 한번 말씀해 주세요.",
}
ENDED = {"en": "The interpreting ends here. Goodbye.", "ko": "통역을 마칩니다. 안녕히 가세요."}


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The purpose of a reply: which utterance it says in the other language."""

    of: str
    original: str


class Interpreter:
    """Implements ``voice.agent.Agent``, and what a live interview asks of its interviewer."""

    def __init__(
        self,
        snapshot: Mapping[str, Any],
        *,
        model: LanguageModel | None,
        language: str,
        clock: Callable[[], float],
        first_language: str = "",
        progress: Progress | None = None,
        history: Sequence[Message] = (),
    ) -> None:
        """``language`` is that of whoever speaks first, else ``first_language`` or English."""
        self.progress = progress or Progress()
        self.ending: str | None = None
        self._snapshot = snapshot
        self.time_limit = float(snapshot["duration_seconds"])
        """On the interview's clock; sooner than planned where a plan's minutes run out."""
        self._model = model
        self._clock = clock
        wishes = (language, first_language, "en")
        self._spoken = next(wish for wish in wishes if wish in OTHER)
        self._messages: deque[Message] = deque(history, maxlen=CONTEXT)
        self._written: dict[str, str] = {}

    # -- what the call asks -----------------------------------------------------------------

    @property
    def language(self) -> str | None:
        """Either may be spoken at any time."""
        return None

    @property
    def expected_language(self) -> str:
        return self._spoken

    @property
    def terms(self) -> str:
        return str(self._snapshot["title"])

    @property
    def expected(self) -> Expected:
        return Expected(seconds=2.0)

    @property
    def remaining(self) -> float:
        return self.time_limit - self._clock()

    def reply(self, answer: Answer) -> Reply:
        target = OTHER[spoken(answer.text, answer.language)]
        typed = answer.text if answer.source == "typed" else ""
        reply = Reply(
            fixed(""), target, voice_of(self._snapshot, target),
            purpose=Interpretation(answer.utterance, answer.text),
            directive=interpret(target, typed), by_ear=not typed,
        )  # fmt: skip
        reply.clauses = self._interpret(answer.text, target, reply)
        return reply

    def again(self, speech: Speech) -> Reply | None:
        """The rest of an interpretation that was cut although nobody wanted to speak."""
        purpose = speech.purpose
        if not isinstance(purpose, Interpretation):
            return None
        whole = self._written.get(purpose.of, "")
        begun = speech.heard.strip()
        if not whole.startswith(begun):
            answer = Answer(
                purpose.of, purpose.original, OTHER[speech.language], "typed", None, 0, 0
            )
            return self.reply(answer)
        rest = fixed(whole[len(begun) :].strip())
        return Reply(
            rest, speech.language, voice_of(self._snapshot, speech.language), purpose=purpose
        )

    def apology(self) -> Reply:
        return self._reply(SORRY[self._spoken])

    def heard(self, answer: Answer) -> None:
        self._spoken = spoken(answer.text, answer.language)
        self._messages.append(Message("candidate", answer.text))

    def spoke(self, speech: Speech) -> None:
        self._messages.append(Message("interviewer", speech.heard or speech.said))
        purpose = speech.purpose
        if not isinstance(purpose, Interpretation) or not speech.whole or speech.interrupted:
            return
        if reason := objection(purpose.original, speech.said, speech.language):
            log.warning("an interpretation to be looked at: %s", reason)

    def upcoming(self, reply: Reply) -> Sequence[Line]:
        return ()

    # -- what the live interview asks ---------------------------------------------------------

    def opening(self) -> Reply | None:
        """An interpreter says nothing of its own."""
        return None

    def resumption(self, unanswered: Answer | None, *, repeats: bool) -> Reply | None:
        return self.reply(unanswered) if unanswered else None

    def word_into_silence(self, step: int) -> Reply | None:
        """Silence is theirs."""
        return None

    def farewell(self, reason: str) -> Reply:
        return self.last_words(ENDED[self._spoken], reason)

    def doubt(self) -> Reply | None:
        """An interpreter adds nothing: it does not ask."""
        return None

    def last_words(self, text: str, reason: str) -> Reply:
        reply = self._reply(text)
        reply.ends = reason
        return reply

    async def hearing(self, text: str) -> None:
        """Nothing is looked up."""

    def lacks_sound(self, utterance: str) -> bool:
        return self.progress.sound_lost

    # -- words ------------------------------------------------------------------------------

    async def _interpret(self, original: str, target: str, reply: Reply) -> AsyncGenerator[str]:
        """The interpretation's clauses. What fails twice is said to whoever spoke."""
        for number in range(TRIES):
            said: list[str] = []
            try:
                async with aclosing(
                    write(self._model, original, target, tuple(self._messages))
                ) as written:
                    async for clause in written:
                        said.append(clause)
                        yield clause
                self._remember(reply, " ".join(said))
                return
            except Unfit as unfit:
                log.warning("try %d of an interpretation is unfit: %s", number + 1, unfit)
                if said:
                    self._remember(reply, " ".join(said))
                    return
            except EngineError as error:
                log.warning("nothing is interpreted: %s", error)
                break
        reply.language = OTHER[target]
        reply.voice = voice_of(self._snapshot, reply.language)
        yield SORRY[reply.language]

    def _remember(self, reply: Reply, text: str) -> None:
        if isinstance(reply.purpose, Interpretation):
            self._written = {reply.purpose.of: text}

    def _reply(self, text: str) -> Reply:
        return Reply(fixed(text), self._spoken, voice_of(self._snapshot, self._spoken))
