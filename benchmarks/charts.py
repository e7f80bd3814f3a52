"""Charts as plain SVG: readable in either colour scheme, no library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 720
LEFT = 150
RIGHT = 30
ROW = 34
TOP = 46
OURS = "#2563eb"
OTHERS = "#94a3b8"
STYLE = (
    "<style>text{font:13px system-ui,sans-serif;fill:#334155}.t{font-weight:600}"
    ".s{font-size:11px;fill:#64748b}line{stroke:#cbd5e1}"
    "@media(prefers-color-scheme:dark){text{fill:#e2e8f0}.s{fill:#94a3b8}line{stroke:#475569}}"
    "</style>"
)


@dataclass(frozen=True, slots=True)
class Range:
    """Milliseconds of one row: a bar from ``low`` to ``high`` with a mark at ``middle``."""

    name: str
    low: float
    middle: float
    high: float


def ranges(title: str, note: str, rows: Sequence[Range]) -> str:
    """One bar a row on a common scale from zero."""
    most = _round_up(max(row.high for row in rows))
    scale = (WIDTH - LEFT - RIGHT) / most
    height = TOP + ROW * len(rows) + 34
    parts = [_axis(most, scale, height)]
    for number, row in enumerate(rows):
        y = TOP + number * ROW + ROW / 2
        colour = _colour(row.name)
        start, end = LEFT + row.low * scale, LEFT + row.high * scale
        middle = LEFT + row.middle * scale
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 4:.0f}" text-anchor="end">{escape(row.name)}</text>',
            f'<rect x="{start:.1f}" y="{y - 6:.0f}" width="{max(end - start, 1):.1f}" height="12"'
            f' rx="6" fill="{colour}" opacity=".45"/>',
            f'<circle cx="{middle:.1f}" cy="{y:.0f}" r="7" fill="{colour}"/>',
            f'<text class="s" x="{min(end + 8, WIDTH - 60):.1f}" y="{y + 4:.0f}">'
            f"{row.middle:.0f} – {row.high:.0f}</text>",
        ]
    return _svg(title, note, height, parts)


def points(title: str, note: str, spots: Mapping[str, tuple[float, float]]) -> str:
    """Each system as a point: milliseconds across, per cent up."""
    height, bottom = 340, 290
    most_x = _round_up(max(x for x, _ in spots.values()))
    most_y = max(10.0, *(y for _, y in spots.values())) * 1.15
    scale_x = (WIDTH - LEFT - RIGHT) / most_x
    scale_y = (bottom - TOP - 10) / most_y
    parts = [_axis(most_x, scale_x, height)]
    for step in range(0, int(most_y) + 1, max(5, int(most_y / 5) // 5 * 5)):
        y = bottom - step * scale_y
        parts.append(
            f'<text class="s" x="{LEFT - 10}" y="{y + 4:.0f}" text-anchor="end">{step} %</text>'
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
    for name, (x, y) in spots.items():
        at_x, at_y = LEFT + x * scale_x, bottom - y * scale_y
        far = at_x > WIDTH - 160
        parts.append(
            f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="8" fill="{_colour(name)}"/>'
            f'<text x="{at_x + (-13 if far else 13):.1f}" y="{at_y - 8:.1f}"'
            f' text-anchor="{"end" if far else "start"}">{escape(name)}</text>'
        )
    return _svg(title, note, height, parts)


def shares(
    title: str, note: str, groups: Sequence[str], bars: Mapping[str, Sequence[float]]
) -> str:
    """For each group a row of bars, one a system, in per cent."""
    most = max(10.0, *(value for values in bars.values() for value in values))
    scale = (WIDTH - LEFT - RIGHT - 40) / most
    bar = 13
    block = bar * len(bars) + 14
    height = TOP + block * len(groups) + 14 + 18
    parts = []
    for number, group in enumerate(groups):
        top = TOP + number * block
        parts.append(
            f'<text x="{LEFT - 10}" y="{top + block / 2:.0f}" text-anchor="end">'
            f"{escape(group)}</text>"
        )
        for place, (name, values) in enumerate(bars.items()):
            y = top + place * bar
            width = max(values[number] * scale, 1)
            parts.append(
                f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{bar - 2}"'
                f' fill="{_colour(name)}"/>'
                f'<text class="s" x="{LEFT + width + 5:.1f}" y="{y + 10}">'
                f"{escape(name)} {values[number]:.0f} %</text>"
            )
    return _svg(title, note, height, parts)


def _axis(most: float, scale: float, height: int) -> str:
    step = most / 5
    lines = []
    for number in range(6):
        x = LEFT + number * step * scale
        lines.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - 34}"/>'
            f'<text class="s" x="{x:.1f}" y="{height - 18}" text-anchor="middle">'
            f"{number * step:.0f} ms</text>"
        )
    return "".join(lines)


def _svg(title: str, note: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(title)}</title>{STYLE}"
        f'<text class="t" x="10" y="18">{escape(title)}</text>'
        f'<text class="s" x="10" y="35">{escape(note)}</text>{"".join(parts)}</svg>\n'
    )


def _colour(name: str) -> str:
    return OURS if name.startswith("ours") else OTHERS


def _round_up(value: float) -> float:
    for most in (500, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 7_500, 10_000):
        if value <= most:
            return float(most)
    return value
