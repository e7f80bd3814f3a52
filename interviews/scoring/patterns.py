"""Regular expressions kept as text files, one a line."""

import re
from pathlib import Path

_FOLDER = Path(__file__).parent
_DEFINITION = re.compile(r"(\w+) = (.+)")


def patterns(*names: str) -> re.Pattern[str]:
    """Whatever any line of the files matches. ``name = ...`` defines ``<name>`` for later lines;
    ``#`` begins a comment. Raises ``re.error`` for a line that is no expression."""
    found: list[str] = []
    for name in names:
        parts: dict[str, str] = {}
        for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if definition := _DEFINITION.fullmatch(line):
                parts[definition[1]] = definition[2]
                continue
            for part, expression in parts.items():
                line = line.replace(f"<{part}>", expression)
            re.compile(line)
            found.append(f"(?:{line})")
    return re.compile("|".join(found), re.IGNORECASE)
