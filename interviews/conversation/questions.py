"""The questions of a guide as an interview holds them; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Text = Mapping[str, str]
"""One wording a language: ``{"en": …, "ko": …}``."""

EXPECTS: Mapping[str, str] = {
    "opening": "experience",
    "main": "experience",
    "case": "case",
    "closing": "closing",
}
"""What kind of answer a kind of question expects, where its guide does not say."""
ANSWER_SECONDS: Mapping[str, float] = {
    "fact": 10.0,
    "experience": 60.0,
    "case": 75.0,
    "closing": 20.0,
}
"""How long such an answer is expected to be, where its guide does not say."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A follow-up; it aims at an expected point, or at a part of a story (``star``)."""

    text: Text
    expected_point: str | None = None
    star: str | None = None

    @property
    def aims(self) -> set[str]:
        return {aim for aim in (self.expected_point, self.star and f"star:{self.star}") if aim}


@dataclass(frozen=True, slots=True)
class ExpectedPoint:
    """What a good answer covers, and the words that show it: ``{language: keywords}``."""

    key: str
    text: Text
    keywords: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """All that a guide says of a question; ``seconds`` are for its follow-ups too."""

    slug: str
    kind: str
    competency: str | None
    text: Text
    probes: tuple[Probe, ...]
    expected_points: tuple[ExpectedPoint, ...]
    seconds: float
    max_probes: int
    expects: str = "experience"
    """What is expected of an answer: a ``fact``, an ``experience``, the solution of a ``case``, or
    a ``closing`` word. A fact is soon said, a case needs time to think."""
    answer_seconds: float = 60.0
    """How long an answer is expected to be, without its follow-ups."""

    @classmethod
    def from_snapshot(cls, data: Mapping[str, Any]) -> "Question":
        """One of a snapshot's questions; what its guide does not say is what its kind expects."""
        expects = data.get("expects") or EXPECTS.get(data["kind"], "experience")
        return cls(
            slug=data["slug"],
            kind=data["kind"],
            competency=data.get("competency"),
            text=data["text"],
            probes=tuple(
                Probe(
                    {"en": probe["en"], "ko": probe["ko"]},
                    probe.get("expected_point"),
                    probe.get("star"),
                )
                for probe in data.get("probes", ())
            ),
            expected_points=tuple(
                ExpectedPoint(point["key"], point["text"], point.get("keywords", {}))
                for point in data.get("expected_points", ())
            ),
            seconds=float(data.get("seconds") or 90),
            max_probes=int(data.get("max_probes") or 0),
            expects=expects,
            answer_seconds=float(data.get("answer_seconds") or ANSWER_SECONDS.get(expects, 60.0)),
        )
