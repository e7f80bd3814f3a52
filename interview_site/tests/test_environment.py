"""Whatever is read from the environment is explained: in ``.env.example`` and in the docs."""

import ast
import re
from pathlib import Path

import pytest

from interview_site.env import BASE_DIR, HOSTED_PROFILES, VAR_DIR, database

SOURCES = ("interview_site/env.py", "interview_site/settings.py")
EXAMPLE = (BASE_DIR / ".env.example").read_text(encoding="utf-8")
PAGE = (BASE_DIR / "docs" / "configuration.md").read_text(encoding="utf-8")


def read(source: str) -> set[str]:
    """The constant first arguments of calls of ``env.…`` in Python source."""
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and re.fullmatch(r"[A-Z][A-Z0-9_]+", str(node.args[0].value))
    }


KEYS = {name for keys in HOSTED_PROFILES.values() for name in keys}
VARIABLES = sorted(
    KEYS
    | {f"{name}_FILE" for name in KEYS}
    | {"VOICE_CACHE_DIR"}  # Read by voice/, which knows no settings.
    | {name for path in SOURCES for name in read((BASE_DIR / path).read_text(encoding="utf-8"))}
)


def test_calls_are_found() -> None:
    assert read('x = env.str("ONE", default=env.int("TWO", default=1)) or other("THREE")') == {
        "ONE",
        "TWO",
    }
    assert {"SECRET_KEY", "DATABASE_URL", "VOICE_PROFILE", "GEMINI_API_KEY"} <= set(VARIABLES)


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_is_explained(name: str) -> None:
    assert re.search(rf"^#?{name}=", EXAMPLE, re.MULTILINE), f"{name} is not in .env.example"
    assert f"`{name}`" in PAGE, f"{name} is not in docs/configuration.md"


def test_the_example_holds_nothing_that_nobody_reads() -> None:
    named = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
    assert named <= set(VARIABLES)


def test_the_example_sets_nothing() -> None:
    """A copy of it changes nothing until a line is uncommented."""
    assert Path(BASE_DIR / ".env.example").is_file()
    assert not re.findall(r"^[A-Z]", EXAMPLE, re.MULTILINE)


def test_a_database_that_is_named_empty_is_the_file_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert database()["NAME"] == str(VAR_DIR / "db.sqlite3")
