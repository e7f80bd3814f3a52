"""The demonstration's YAML files, checked."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from interviews.guides.document import Document, GuideDocument, Slug, Text, parse

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


class InterpreterDocument(Document):
    title: Annotated[str, Field(min_length=1, max_length=200)]
    role: str
    duration_minutes: Annotated[int, Field(ge=1, le=180)]
    persona: Slug
    recording: bool = False


class Configs(Document):
    configs: list[ConfigDocument]
    interpreters: list[InterpreterDocument]


def personas() -> list[PersonaDocument]:
    """Each with the protected attributes among its forbidden topics."""
    path = FOLDER / "personas.yaml"
    loaded = parse(path.read_text(encoding="utf-8"), Personas, source=path.name)
    return [
        persona.model_copy(
            update={"forbidden_topics": [*loaded.protected_attributes, *persona.forbidden_topics]}
        )
        for persona in loaded.personas
    ]


def guides() -> list[GuideDocument]:
    return [
        parse(path.read_text(encoding="utf-8"), GuideDocument, source=path.name)
        for path in sorted(FOLDER.glob("guide_*.yaml"))
    ]


def configs() -> list[ConfigDocument]:
    return _configs().configs


def interpreters() -> list[InterpreterDocument]:
    return _configs().interpreters


def _configs() -> Configs:
    path = FOLDER / "configs.yaml"
    return parse(path.read_text(encoding="utf-8"), Configs, source=path.name)


def snapshot(guide: GuideDocument) -> dict[str, Any]:
    """A guide's part of an interview's snapshot, without a database."""
    document = guide.model_dump(mode="json")
    for competency in document["competencies"]:
        competency["levels"] = {str(k): v for k, v in competency["levels"].items()}
    return document
