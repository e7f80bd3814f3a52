"""Where the points of a radar chart lie; pure, drawn by a page and by a PDF alike."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = 5
FEWEST_AXES = 3
"""With fewer there is no shape."""
LABEL_AT = 1.14
LINE = 14
"""Latin letters of a label's line, a Hangul one counts double: more leaves a narrow screen."""
LINE_HEIGHT = 15.0


@dataclass(frozen=True, slots=True)
class Axis:
    """One competency. ``x``, ``y``: its level; ``tip_x``, ``tip_y``: level 5; y grows downward.
    ``anchor`` is SVG's ``text-anchor`` of the label."""

    label: str
    level: int | None
    x: float
    y: float
    tip_x: float
    tip_y: float
    label_x: float
    label_y: float
    anchor: str

    @property
    def lines(self) -> list[tuple[str, float]]:
        """The label with its level, broken between words; each line with its y."""
        lines: list[str] = []
        for word in f"{self.label}\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}{self.level or '–'}".split(
            " "
        ):
            if lines and _size(f"{lines[-1]} {word}") <= LINE:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        top = self.label_y - LINE_HEIGHT * (len(lines) - 1) / 2
        return [(line, round(top + LINE_HEIGHT * n, 1)) for n, line in enumerate(lines)]


@dataclass(frozen=True, slots=True)
class Radar:
    """``rings`` and ``shape`` are polygons, ``((x, y), …)``; the shape joins rated axes only."""

    radius: float
    axes: tuple[Axis, ...]
    rings: tuple[tuple[tuple[float, float], ...], ...]
    shape: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, levels: Sequence[tuple[str, int | None]], radius: float = 100.0) -> "Radar | None":
        """``levels``: label and level, clockwise from the top. None: no shape to draw."""
        if len(levels) < FEWEST_AXES or not any(level for _, level in levels):
            return None
        count = len(levels)
        directions = [
            (math.sin(2 * math.pi * n / count), -math.cos(2 * math.pi * n / count))
            for n in range(count)
        ]

        def at(direction: tuple[float, float], share: float) -> tuple[float, float]:
            return round(direction[0] * share * radius, 1), round(direction[1] * share * radius, 1)

        axes = []
        for (label, level), direction in zip(levels, directions, strict=True):
            side = direction[0]
            anchor = "middle" if abs(side) < 0.2 else "start" if side > 0 else "end"
            axes.append(
                Axis(
                    label,
                    level,
                    *at(direction, (level or 0) / LEVELS),
                    *at(direction, 1.0),
                    *at(direction, LABEL_AT),
                    anchor,
                )
            )
        return cls(
            radius,
            tuple(axes),
            tuple(tuple(at(d, ring / LEVELS) for d in directions) for ring in range(1, LEVELS + 1)),
            tuple((axis.x, axis.y) for axis in axes if axis.level),
        )

    @property
    def svg_view_box(self) -> str:
        """As high as the chart is: a triangle ends far above the circle's lowest point."""
        lowest = max(max(axis.tip_y, axis.lines[-1][1]) for axis in self.axes)
        return f"-190 -130 380 {round(130 + lowest + 16)}"

    @property
    def svg_rings(self) -> list[str]:
        return [_points(ring) for ring in self.rings]

    @property
    def svg_shape(self) -> str:
        return _points(self.shape)


def _points(polygon: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in polygon)


def _size(text: str) -> int:
    return sum(2 if "가" <= letter <= "힣" else 1 for letter in text)
