"""Words that stand fixed, and in whose voice they are said; pure."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from voice.sentences import split


async def fixed(text: str) -> AsyncGenerator[str]:
    """The clauses of a text that nobody has to write first."""
    for clause in split(text):
        yield clause


def voice_of(snapshot: Mapping[str, Any], language: str) -> str:
    """The persona's voice for a language in the snapshot's profile; empty: the engine's own."""
    voices = (snapshot["persona"].get("voices") or {}).get(language) or {}
    return str(voices.get(snapshot.get("profile", ""), ""))
