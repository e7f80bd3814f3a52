"""An interview on an anchored guide, and what a scripted scoring model says of it."""

import json
from typing import Any

from accounts.models import User
from interviews.models import Interview, InterviewConfig, Utterance
from interviews.tests import cast
from interviews.tests.snapshots import snapshot

ANSWER = (
    "Last year I built a cache for our product pages, because the database was the bottleneck. "
    "I measured first, then I wrote a small prototype and compared both, and two colleagues "
    "reviewed it. In the end the pages were forty percent faster, and I learnt to measure before "
    "I change anything. We kept the old path for a month so that we could go back at any time."
)
QUOTE = "I built a cache for our product pages"
ANCHORS = {
    str(level): {"en": f"Shows {level} of it.", "ko": f"{level}만큼 보여 줍니다."}
    for level in range(1, 6)
}


def scripted(*answers: dict[str, Any]) -> dict[str, Any]:
    """SCORING_MODEL that gives ``answers`` one after the other, the last again and again."""
    objects = [json.dumps(answer, ensure_ascii=False) for answer in answers]
    return {"BACKEND": "voice.adapters.scripted.ScriptedModel", "OPTIONS": {"objects": objects}}


def verdict(level: int | None, quote: str = QUOTE, rationale: str = "It is said.") -> dict:
    evidence = [{"answer": "A1", "quote": quote}] if quote else []
    return {
        "evidence": evidence,
        "rationale": rationale,
        "assessable": level is not None,
        "level": level,
    }


def anchored(**options: Any) -> dict[str, Any]:
    """A snapshot with anchored levels; ``options`` are the config's."""
    made = snapshot()
    for competency in made["guide"]["competencies"]:
        competency["levels"] = ANCHORS
    made["options"] = {**made["options"], **options}
    return made


def interviewed(
    candidate: User,
    *answers: str,
    config: InterviewConfig | None = None,
    language: str = "en",
    ended: bool = True,
    **options: Any,
) -> Interview:
    """An interview in which the first question was answered with ``answers``."""
    made = Interview.objects.create(
        candidate=candidate,
        config=config or cast.config(),
        snapshot=anchored(**options),
        language=language,
    )
    made.start()
    say(made, "interviewer", "What about first?", question="first")
    for answer in answers or (ANSWER,):
        say(made, "candidate", answer)
    if ended:
        made.end("finished")
    return made


def say(of: Interview, speaker: str, text: str, **fields: Any) -> Utterance:
    sequence = of.utterances.count() + 1
    defaults = {"text_heard": text, "language": of.language, "start_ms": sequence * 10_000}
    return Utterance.objects.create(
        interview=of,
        sequence=sequence,
        speaker=speaker,
        text_said=text,
        **{**defaults, "end_ms": sequence * 10_000 + 6_000, **fields},
    )
