"""What the interviewer says for each move: the guide's, the persona's and its own words; pure."""

import re
from collections.abc import Mapping
from typing import Any

from interviews.conversation import wording
from interviews.conversation.guide import Guide
from interviews.conversation.moves import Intent, Move, MoveKind, Progress
from interviews.conversation.questions import Question, Text
from voice.sentences import split

_WITHOUT_QUESTION = (Intent.UNCLEAR, Intent.DOUBT)


class Lines:
    """The wording of one interview."""

    def __init__(self, snapshot: Mapping[str, Any], guide: Guide, candidate: str) -> None:
        self._persona: Mapping[str, Any] = snapshot["persona"]
        self._role = str(snapshot["role"])
        self._guide = guide
        self._candidate = candidate

    def of(self, move: Move, language: str, progress: Progress) -> str:
        """The whole of what is said for ``move``, made at ``progress``."""
        parts = [wording.REMINDER[language]] if move.reminds else []
        parts += self._lead(move, language, progress)
        asks = move.kind is not MoveKind.WAIT and move.intent not in _WITHOUT_QUESTION
        if move.question and asks:
            question = self._guide.questions[move.question]
            parts.append(in_language(_asked(question, move), language))
        return " ".join(part for part in parts if part)

    def rest(self, move: Move, language: str, progress: Progress, heard: str) -> str:
        """What is left of ``of`` after ``heard``, from the beginning of the clause that was cut;
        the bare question where something else was being said."""
        whole = self.of(move, language, progress)
        if not whole.startswith(heard):
            return self.probe(move, language) if move.question else whole
        rest, spoken = [], 0
        for clause in split(whole):
            spoken = whole.index(clause, spoken) + len(clause)
            if spoken > len(heard):
                rest.append(clause)
        return " ".join(rest) or whole

    def probe(self, move: Move, language: str) -> str:
        """The question of a move without the words around it."""
        assert move.question is not None
        return in_language(_asked(self._guide.questions[move.question], move), language)

    def question(self, move: Move) -> Text:
        """The question that a move belongs to, whatever it asks itself."""
        return self._guide.questions[move.question or ""].text

    def topic(self, move: Move) -> str:
        """What a probe is after, in the guide's words and keywords of both languages."""
        question = self._guide.questions[move.question or ""]
        aim = question.probes[move.probe].expected_point if move.probe is not None else None
        points = [point for point in question.expected_points if point.key == aim]
        return " ".join(
            word
            for point in points
            for texts in (point.text.values(), *point.keywords.values())
            for word in texts
        )

    def thanks(self, language: str, progress: Progress) -> str:
        """A neutral acknowledgement, another one each time."""
        turns = len(progress.asked) + sum(map(len, progress.probes.values()))
        thanks = wording.THANKS[language]
        return thanks[turns % len(thanks)]

    def _lead(self, move: Move, language: str, progress: Progress) -> list[str]:
        match move.kind:
            case MoveKind.GREET:
                return [self._template("greeting", wording.GREETING, language)]
            case MoveKind.ASK if move.intent is Intent.SKIP:
                return [wording.SKIPPED[language]]
            case MoveKind.REPEAT if move.intent is Intent.REPEAT:
                return [wording.REPEATING[language]]
            case MoveKind.ASK if move.intent is Intent.REPEAT:
                return [wording.WELCOME_BACK[language]]
            case MoveKind.REPEAT if move.intent is Intent.UNCLEAR:
                return [wording.UNCLEAR[language]]
            case MoveKind.REPEAT if move.intent is Intent.DOUBT:
                return [wording.DOUBT[language]]
            case MoveKind.REPEAT if move.intent is Intent.MISHEARD:
                return [wording.MISHEARD[language]]
            case MoveKind.REPEAT:
                return [wording.WELCOME_BACK[language]]
            case MoveKind.ASK | MoveKind.PROBE:
                return [self.thanks(language, progress)]
            case MoveKind.WAIT:
                return [wording.WAITING[language]]
            case MoveKind.FAREWELL:
                time_up = wording.TIME_UP[language] if move.reason == "time_up" else ""
                return [time_up, self._template("closing", wording.CLOSING, language)]

    def _template(self, key: str, fallback: Mapping[str, str], language: str) -> str:
        values = {
            "candidate": wording.addressed(self._candidate, language),
            "role": self._role,
            "interviewer": in_language(self._persona["name"], language),
        }
        text = (self._persona.get(key) or {}).get(language) or fallback[language]
        return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], ""), text)


def in_language(text: Text, language: str) -> str:
    """A guide's text; where it lacks the language, in the one that it has."""
    return text.get(language) or next((other for other in text.values() if other), "")


def _asked(question: Question, move: Move) -> Text:
    return question.text if move.probe is None else question.probes[move.probe].text
