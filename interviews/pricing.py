"""What a use costs by the price table, ``prices.toml`` or the one that PRICES_FILE names."""

import logging
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from voice.metering import Use

log = logging.getLogger(__name__)

MILLION = Decimal(1_000_000)
DEAREST = 1_000_000
"""US dollars; a slip of the keyboard beyond it."""
_WORDS = frozenset(("engine", "model", "source", "note"))


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars: a million tokens, a minute of audio, a thousand characters. Without any amount:
    free. What is cached costs like the rest where it has no amount of its own."""

    engine: str = ""
    model: str = ""
    input: Decimal | None = None
    cached_input: Decimal | None = None
    output: Decimal | None = None
    audio_input: Decimal | None = None
    cached_audio_input: Decimal | None = None
    audio_output: Decimal | None = None
    minute: Decimal | None = None
    characters: Decimal | None = None
    source: str = ""
    note: str = ""

    @classmethod
    def from_toml(cls, entry: Any) -> "Price":
        """Raises ``ValueError`` naming what is no price."""
        if not isinstance(entry, Mapping):
            raise ValueError("a price is a table: [[price]]")
        known = {field.name for field in fields(cls)}
        if unknown := entry.keys() - known:
            raise ValueError(f"no such price: {', '.join(sorted(unknown))}")
        typed: dict[str, Any] = {
            name: _word(name, value) if name in _WORDS else _amount(name, value)
            for name, value in entry.items()
        }
        if not entry.get("engine") and not entry.get("model"):
            raise ValueError("a price names an engine or a model")
        return cls(**typed)

    def fits(self, use: Use) -> bool:
        return self.engine in ("", use.engine) and use.model.startswith(self.model)

    def of(self, use: Use) -> Decimal | None:
        """None where the use is told in units that have no amount here."""
        cached, cached_audio = self.cached_input, self.cached_audio_input
        tokens = [
            (use.input_tokens - use.cached_tokens, self.input),
            (use.cached_tokens, self.input if cached is None else cached),
            (use.output_tokens, self.output),
            (use.audio_input_tokens - use.cached_audio_tokens, self.audio_input),
            (use.cached_audio_tokens, self.audio_input if cached_audio is None else cached_audio),
            (use.audio_output_tokens, self.audio_output),
        ]
        by_token = any(amount is not None for _, amount in tokens)
        told = [(Decimal(count) / MILLION, amount) for count, amount in tokens if count]
        # The time and the letters are of the same sound: whatever has no amount is not charged.
        other = [
            (Decimal(str(use.seconds)) / 60, self.minute),
            (Decimal(use.characters) / 1000, self.characters),
        ]
        is_free = not by_token and self.minute is None and self.characters is None
        if is_free or not (told or use.seconds or use.characters):
            return Decimal(0)
        charged = (told if by_token else []) + [
            (count, amount) for count, amount in other if count and amount is not None
        ]
        if not charged:
            return None
        cost = Decimal(0)
        for count, amount in charged:
            if amount is None:
                return None
            cost += count * amount
        return cost


def cost(use: Use) -> Decimal | None:
    """US dollars; None where the table has no price for it, or cannot be read: an interview does
    not fail by its account."""
    for price in _known(Path(settings.PRICES_FILE)):
        if price.fits(use):
            return price.of(use)
    return None


@cache
def _known(path: Path) -> Sequence[Price]:
    try:
        return prices(path)
    except (OSError, ValueError) as error:
        log.error("Nothing has a price, %s cannot be used: %s", path, error)
        return ()


def prices(path: Path) -> Sequence[Price]:
    """Raises ``OSError``, or ``ValueError`` naming the entry."""
    table = tomllib.loads(path.read_text("utf-8"))
    if unknown := table.keys() - {"price", "read"}:
        raise ValueError(f"no such word in a price table: {', '.join(sorted(unknown))}")
    entries = table.get("price")
    if not isinstance(entries, list) or not entries:
        raise ValueError("a price table holds at least one [[price]]")
    found: list[Price] = []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(Price.from_toml(entry))
        except ValueError as error:
            raise ValueError(f"price {number}: {error}") from None
    return tuple(found)


def _word(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is a text, not {value!r}")
    return value


def _amount(name: str, value: Any) -> Decimal:
    # A truth value is an int in Python; neither comparison holds for what is not a number.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= DEAREST:
        raise ValueError(f"{name} is an amount of dollars, not {value!r}")
    return Decimal(str(value))
