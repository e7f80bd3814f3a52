"""What a use costs by the price table, ``prices.toml`` or the one that PRICES_FILE names."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from voice.metering import Use

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars: a million tokens, a minute of audio, a thousand characters."""

    engine: str = ""
    model: str = ""
    input: Decimal = Decimal(0)
    cached_input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    audio_input: Decimal = Decimal(0)
    cached_audio_input: Decimal = Decimal(0)
    audio_output: Decimal = Decimal(0)
    minute: Decimal = Decimal(0)
    characters: Decimal = Decimal(0)
    source: str = ""
    note: str = ""

    @classmethod
    def from_toml(cls, entry: Mapping[str, Any]) -> "Price":
        """Raises ``ValueError`` naming what is no price."""
        known = {field.name for field in fields(cls)}
        if unknown := entry.keys() - known:
            raise ValueError(f"no such price: {', '.join(sorted(unknown))}")
        words = {"engine", "model", "source", "note"}
        typed: dict[str, Any] = {
            name: value if name in words else Decimal(str(value)) for name, value in entry.items()
        }
        if not entry.get("engine") and not entry.get("model"):
            raise ValueError("a price names an engine or a model")
        return cls(**typed)

    def fits(self, use: Use) -> bool:
        return self.engine in ("", use.engine) and use.model.startswith(self.model)

    def of(self, use: Use) -> Decimal:
        text = use.input_tokens - use.cached_tokens
        audio = use.audio_input_tokens - use.cached_audio_tokens
        tokens = (
            text * self.input
            + use.cached_tokens * self.cached_input
            + use.output_tokens * self.output
            + audio * self.audio_input
            + use.cached_audio_tokens * self.cached_audio_input
            + use.audio_output_tokens * self.audio_output
        )
        return (
            tokens / MILLION
            + Decimal(str(use.seconds)) / 60 * self.minute
            + Decimal(use.characters) / 1000 * self.characters
        )


def cost(use: Use) -> Decimal | None:
    """US dollars; None where the table has no price for it."""
    for price in prices(Path(settings.PRICES_FILE)):
        if price.fits(use):
            return price.of(use)
    return None


@cache
def prices(path: Path) -> Sequence[Price]:
    """Raises ``OSError`` or ``ValueError``."""
    table = tomllib.loads(path.read_text())
    return tuple(map(Price.from_toml, table.get("price", ())))
