"""What a guide file holds; pure. Every text is there in English (``en``) and Korean (``ko``)."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from django.utils.translation import gettext, gettext_lazy
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from interviews.conversation.questions import ANSWER_SECONDS, EXPECTS


class GuideFileError(ValueError):
    """A file that is not a guide; the message names the file, the place and the mistake."""


def normalised(keyword: str) -> str:
    """The form in which keywords are compared: NFKC, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", keyword).lower().split())


def _keyword(keyword: str) -> str:
    if keyword != normalised(keyword):
        raise ValueError(f"write the keyword as {normalised(keyword)!r}")
    return keyword


class Document(BaseModel):
    """A part of a file: unknown keys are mistakes, surrounding spaces are not."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Spoken = Annotated[str, Field(min_length=1, max_length=500)]
Keywords = Annotated[list[Annotated[str, AfterValidator(_keyword)]], Field(min_length=1)]


class Text(Document):
    en: Spoken
    ko: Spoken


class KeywordLists(Document):
    en: Keywords
    ko: Keywords


class CompetencyDocument(Document):
    """``levels``: what levels 1 (lowest) to 5 look like (behaviourally anchored rating scale)."""

    slug: Slug
    name: Text
    description: Text
    levels: dict[Literal[1, 2, 3, 4, 5], Text] = Field(min_length=5)


class ExpectedPoint(Document):
    key: Slug
    text: Text
    keywords: KeywordLists


class Probe(Text):
    """A follow-up; ``expected_point`` is the key of the point that it is meant to bring out,
    ``star`` a part of a story instead. It is asked where an answer lacks that."""

    expected_point: Slug | None = None
    star: Literal["situation", "task", "action", "result"] | None = None

    @model_validator(mode="after")
    def _aims_at_one_thing(self) -> Self:
        if self.expected_point and self.star:
            raise ValueError("a probe aims at a point or at a part of a story, not at both")
        return self


class QuestionDocument(Document):
    """``seconds`` is the whole budget: question, answer and follow-ups.

    ``expects`` and ``answer_seconds`` tell what answer is expected and how long it is likely to
    be; where they are left out, the question's kind decides.
    """

    slug: Slug
    kind: Literal["opening", "main", "case", "closing"]
    competency: Slug | None = None
    text: Text
    seconds: int = Field(ge=15, le=1800)
    max_probes: int = Field(default=0, ge=0, le=5)
    expected_points: list[ExpectedPoint] = []
    probes: list[Probe] = []
    expects: Literal["fact", "experience", "case", "closing"] = "experience"
    answer_seconds: int = Field(default=60, ge=3, le=900)

    @model_validator(mode="before")
    @classmethod
    def _answer_by_kind(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        expects = data.get("expects") or EXPECTS.get(str(data.get("kind")), "experience")
        seconds = data.get("answer_seconds") or round(ANSWER_SECONDS.get(str(expects), 60))
        return {**data, "expects": expects, "answer_seconds": seconds}

    @model_validator(mode="after")
    def _probes_aim_at_points(self) -> Self:
        keys = _unique("expected point", (point.key for point in self.expected_points))
        for probe in self.probes:
            if probe.expected_point is not None and probe.expected_point not in keys:
                raise ValueError(f"a probe aims at the unknown point {probe.expected_point!r}")
        return self


class GuideDocument(Document):
    slug: Slug
    title: Text
    description: str = ""
    competencies: list[CompetencyDocument] = Field(min_length=1)
    questions: list[QuestionDocument] = Field(min_length=1)

    @model_validator(mode="after")
    def _references(self) -> Self:
        competencies = _unique("competency", (one.slug for one in self.competencies))
        _unique("question", (one.slug for one in self.questions))
        for question in self.questions:
            if question.competency is not None and question.competency not in competencies:
                raise ValueError(
                    f"question {question.slug!r} names the unknown competency"
                    f" {question.competency!r}"
                )
        return self


def _unique(what: str, names: Iterable[str]) -> set[str]:
    counts = Counter(names)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise ValueError(f"{what} more than once: {', '.join(twice)}")
    return set(counts)


# Pydantic's own words for the usual mistakes, for the catalogue; lazy, since benchmarks read guides
# without any settings.
MISTAKES = (
    gettext_lazy("Field required"),
    gettext_lazy("Extra inputs are not permitted"),
    gettext_lazy("Input should be a valid list"),
    gettext_lazy("Input should be a valid string"),
    gettext_lazy("Input should be a valid integer"),
    gettext_lazy("Input should be a valid dictionary"),
    gettext_lazy("String should have at least 1 character"),
)

DocumentT = TypeVar("DocumentT", bound=Document)


def parse(text: str, kind: type[DocumentT], *, source: str) -> DocumentT:
    """YAML ``text`` as ``kind``; GuideFileError lists every mistake, under the name ``source``."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        words = gettext("not YAML: %(problem)s") % {"problem": error}
        raise GuideFileError(f"{source}: {words}") from error
    return validated(data, kind, source=source)


def validated(data: object, kind: type[DocumentT], *, source: str) -> DocumentT:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        places = (
            f"  {'.'.join(map(str, mistake['loc'])) or 'file'}: {gettext(mistake['msg'])}"
            for mistake in error.errors()
        )
        raise GuideFileError("\n".join([f"{source}:", *places])) from error
