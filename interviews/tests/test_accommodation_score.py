"""The very same answers, with and without an accommodation, through the whole of the scoring."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest

from interviews.guides.files import load, store
from interviews.models import Accommodation, Interview
from interviews.models.score import POINTS, RUBRIC
from interviews.tasks import assess_answer, request_assessment
from interviews.tests import cast
from interviews.tests.rated import ANSWER, QUOTE, say, verdict
from interviews.tests.test_guide_admin import TASTER
from voice.adapters.scripted import ScriptedModel
from voice.engines import Message

pytestmark = pytest.mark.django_db(transaction=True)

MORE = (
    "After that I wrote down what I had learnt, so that the others could build the next cache "
    "without me, and pages stayed fast."
)


class Attentive(ScriptedModel):
    """Keeps what it is asked, and gives a level and a rationale that hang on every letter of it."""

    asked: ClassVar[list[str]] = []

    async def structured(
        self, messages: Sequence[Message], schema: Mapping[str, Any], *, max_tokens: int
    ) -> dict[str, Any]:
        prompt = "\n".join(f"{message.role}: {message.text}" for message in messages)
        self.asked.append(prompt)
        digest = hashlib.sha256(prompt.encode()).hexdigest()
        if "summary" in schema["properties"]:
            return {"summary": f"They talked about a cache and what came of it ({digest})."}
        # The passes read the same letters in another order.
        level = 2 + sum(map(ord, prompt)) % 3
        return verdict(level, rationale=digest)


@pytest.fixture(autouse=True)
def model(settings: Any) -> None:
    settings.SCORING_MODEL = {"BACKEND": f"{__name__}.Attentive"}


@pytest.fixture
def config() -> Any:
    made = cast.config(typed_answers=False)
    made.guide = store(load(TASTER), approved=True)
    made.save()
    return made


def held(interview: Interview, *, typed: bool, pace: int) -> dict[str, Any]:
    """All that comes of an interview with two answers: what a model was asked, what is on record.

    Every answer is assessed while it goes on, and the whole at its end.
    """
    Attentive.asked.clear()
    question = next(q for q in interview.snapshot["guide"]["questions"] if q["competency"])
    interview.start()
    say(interview, "interviewer", question["text"]["en"], question=question["slug"])
    for number, text in enumerate((ANSWER, MORE), 1):
        began = number * pace
        ended = began if typed else began + pace // 2
        source, confidence = ("typed", None) if typed else ("voice", 1.0)
        times = {"start_ms": began, "end_ms": ended}
        row = say(interview, "candidate", text, source=source, confidence=confidence, **times)
        assess_answer.func(str(row.pk))
    interview.clock_seconds = pace / 100
    interview.end("finished")
    request_assessment(interview.pk)
    interview.refresh_from_db()
    places = {str(row.pk): row.sequence for row in interview.utterances.all()}
    scores = [
        {
            "competency": score.competency,
            "scorer": score.scorer,
            "level": score.level,
            "rationale": score.rationale,
            "confidence": score.confidence,
            "reason": score.unassessable_reason,
            "valid": score.valid,
            "evidence": [
                {**quote, "utterance": places[quote["utterance"]]} for quote in score.evidence
            ],
        }
        for score in interview.scores.order_by("competency", "scorer")
    ]
    return {"asked": sorted(Attentive.asked), "scores": scores, "summary": interview.summary}


@pytest.mark.parametrize(
    "accommodation",
    [
        {"extra_time": 100},
        {"typed": True},
        {"captions": True},
        {"patient": True},
        {"extra_time": 50, "typed": True, "captions": True, "patient": True},
    ],
    ids=lambda given: "+".join(given),
)
def test_the_same_answers_are_worth_the_same(config: Any, accommodation: dict[str, Any]) -> None:
    mina, omar = cast.mina(), cast.omar()
    Accommodation.objects.create(candidate=mina, **accommodation)
    hers = Interview.objects.create_from(config, mina, language="en")
    his = Interview.objects.create_from(config, omar, language="en")
    assert hers.snapshot != his.snapshot or "captions" in accommodation
    slower = 2 if "extra_time" in accommodation or "patient" in accommodation else 1
    eased = held(hers, typed="typed" in accommodation, pace=20_000 * slower)
    plain = held(his, typed=False, pace=20_000)
    assert eased == plain
    ruled = [score for score in plain["scores"] if score["scorer"] == RUBRIC and score["level"]]
    assert [score["evidence"][0]["quote"] for score in ruled] == [QUOTE]
    assert any(score["scorer"] == POINTS for score in plain["scores"])
    # Two answers, each twice while it went on; the whole adds nothing but the summary.
    assert len(plain["asked"]) == 5
    for word in ("typed", "caption", "extra", "accommodation", mina.name, omar.name):
        assert not any(word.lower() in prompt.lower() for prompt in plain["asked"])
