"""The demonstration's YAML files, checked."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from interviews.guide_document import Document, GuideDocument, Slug, Text, parse

FOLDER = Path(__file__).parent


class VoiceNames(Document):
    """For each language: engine profile -> that engine's name of the voice."""

    en: dict[str, str]
    ko: dict[str, str]


class PersonaDocument(Document):
    """``greeting`` and ``closing`` may hold {candidate}, {role} and {interviewer}."""

    slug: Slug
    name: Text
    title: Text
    manner: Text
    language: Literal["auto", "en", "ko"]
    avatar: Slug
    voices: VoiceNames
    greeting: Text
    closing: Text
    forbidden_topics: list[str]


class Personas(Document):
    protected_attributes: list[str]
    personas: list[PersonaDocument]


class ConfigDocument(Document):
    title: Annotated[str, Field(min_length=1, max_length=200)]
    role: str
    level: str
    language: Literal["auto", "en", "ko"]
    duration_minutes: Annotated[int, Field(ge=1, le=180)]
    persona: Slug
    guide: Slug
    patience: Literal["short", "normal", "long"] = "normal"
    recording: bool = False


class Configs(Document):
    configs: list[ConfigDocument]


def personas() -> list[PersonaDocument]:
    path = FOLDER / "personas.yaml"
    return parse(path.read_text(encoding="utf-8"), Personas, source=path.name).personas


def guides() -> list[GuideDocument]:
    return [
        parse(path.read_text(encoding="utf-8"), GuideDocument, source=path.name)
        for path in sorted(FOLDER.glob("guide_*.yaml"))
    ]


def configs() -> list[ConfigDocument]:
    path = FOLDER / "configs.yaml"
    return parse(path.read_text(encoding="utf-8"), Configs, source=path.name).configs
