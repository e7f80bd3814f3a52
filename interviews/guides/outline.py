"""What a model is asked for when it drafts a guide, in the shapes that its answers must have.

No docstrings below: pydantic would send them to the model as part of the schema.
"""

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict


# An answer with nothing in it that was not asked for.
class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


StrictT = TypeVar("StrictT", bound=Strict)
"""Any of the answers below."""


# One wording a language.
class Text(Strict):
    en: str
    ko: str


# Something that the job needs; its levels are asked for apart.
class Competency(Strict):
    name: Text
    description: Text


# What each level of one competency looks like.
class Levels(Strict):
    level_1: Text
    level_2: Text
    level_3: Text
    level_4: Text
    level_5: Text


# What a good answer covers.
class Point(Strict):
    text: Text
    keywords_en: list[str]
    keywords_ko: list[str]


# A follow-up; ``point`` is an index into the question's points.
class Probe(Strict):
    en: str
    ko: str
    point: int | None
    star: Literal["situation", "task", "action", "result"] | None


# A question; ``competency`` is an index into the outline's.
class Planned(Strict):
    kind: Literal["opening", "main", "case", "closing"]
    competency: int | None
    text: Text
    seconds: int


# The plan of a guide.
class Outline(Strict):
    title: Text
    description: str
    competencies: list[Competency]
    questions: list[Planned]


# What one question is listened for and followed up with.
class Details(Strict):
    expected_points: list[Point]
    probes: list[Probe]
