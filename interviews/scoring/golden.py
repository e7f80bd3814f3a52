"""The golden set: transcripts with the gate and the bounds that have to come of them. No ORM."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interviews.conversation.guide import Guide
from interviews.conversation.validity import flaw
from interviews.scoring.injection import instructions
from interviews.scoring.judgement import Answer, Judgement, attempted, gate
from interviews.scoring.rubric import Competency
from voice.engines import LanguageModel

SET = Path(__file__).with_name("golden.yaml")
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Expected:
    """``gate`` is ``open`` or a reason; ``levels`` least and greatest, where it is open."""

    gate: str
    levels: tuple[int, int] | None = None
    or_none: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    id: str
    kind: str
    language: str
    competency: Competency
    answers: tuple[Answer, ...]
    expected: Expected


@dataclass(frozen=True, slots=True)
class Result:
    """``judgement`` None: no model was asked."""

    transcript: Transcript
    gate: str
    judgement: Judgement | None

    @property
    def gate_holds(self) -> bool:
        return self.gate == self.transcript.expected.gate

    @property
    def within_bounds(self) -> bool | None:
        """None: there is nothing to compare."""
        bounds = self.transcript.expected.levels
        if self.judgement is None or bounds is None or self.gate != OPEN:
            return None
        level = self.judgement.level
        if level is None:
            return self.transcript.expected.or_none
        return bounds[0] <= level <= bounds[1]

    @property
    def holds(self) -> bool:
        return self.gate_holds and self.within_bounds is not False


def transcripts(guides: dict[str, dict[str, Any]], path: Path = SET) -> list[Transcript]:
    """``guides``: snapshots of the shipped guides by slug. Raises ``KeyError`` for one that names a
    guide or question that there is not."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [_transcript(entry, guides[entry["guide"]]) for entry in document["transcripts"]]


def _transcript(entry: dict[str, Any], snapshot: dict[str, Any]) -> Transcript:
    language = entry["language"]
    question = Guide.from_snapshot({"guide": snapshot}).questions[entry["question"]]
    data = next(each for each in snapshot["competencies"] if each["slug"] == question.competency)
    answers = tuple(
        Answer(
            utterance=f"{entry['id']}-{number}",
            question=question.text[language],
            text=said["text"],
            flaw=flaw(
                said["text"],
                expected_language=language,
                confidence=said.get("confidence"),
                before=said.get("before", ""),
                lost=said.get("lost", False),
            ),
            confidence=said.get("confidence"),
            points=question.expected_points,
        )
        for number, said in enumerate(entry["said"])
    )
    told = entry["expect"]
    levels = tuple(told["levels"]) if "levels" in told else None
    return Transcript(
        entry["id"],
        entry["kind"],
        language,
        Competency.from_snapshot(data, language),
        answers,
        Expected(told["gate"], levels, told.get("or_none", False)),
    )


async def results(
    cases: Sequence[Transcript], model: LanguageModel | None
) -> AsyncIterator[Result]:
    """Raises ``EngineError`` if the model cannot be reached."""
    for case in cases:
        excluded = {a.utterance: spans for a in case.answers if (spans := instructions(a.text))}
        _usable, reason = gate(case.competency, case.answers, excluded)
        judgement = None
        if model is not None and not reason:
            judgement = await attempted(model, case.competency, case.answers, case.language)
        yield Result(case, reason or OPEN, judgement)
