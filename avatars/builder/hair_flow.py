"""What haircuts are made of: locks with a flow, a length and a lift, and a hairline."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from avatars.builder.base_mesh import Array


@dataclass(frozen=True)
class Landmarks:
    """Places of a head in decimetres; `eye` and `ear` are the left ones."""

    eye: Array
    ear: Array
    top: float
    neck: Array
    mouth: Array
    scalp: Array
    normals: Array
    tree: cKDTree

    @property
    def spacing(self) -> Array:
        """The distance to the neighbours of every scalp point."""
        return self.tree.query(self.scalp, k=5)[0][:, 1:].mean(axis=1)

    def around(self, points: Array) -> Array:
        """Angle from the front over either side to the back, 0..pi."""
        return np.arctan2(np.abs(points[:, 0]), points[:, 2] - self.ear[2])


Where = Callable[[Landmarks, Array], Array]
Flow = Callable[[Landmarks, Array, Array, float, Array], Array]


def everywhere(marks: Landmarks, points: Array) -> Array:
    return np.ones(len(points))


@dataclass(frozen=True)
class Lock:
    """Ribbons that behave alike. `lift` is their height over the skin along their length."""

    count: int
    width: float
    flow: Flow
    length: Where
    lift: Callable[[float], float]
    where: Where = everywhere
    swell: Where = everywhere
    columns: tuple[int, ...] = (0, 1)
    segments: int = 7
    stiff: float = 0.25
    hold: float = 0.0
    uneven: float = 0.25
    taper: float = 0.6
    tilt: float = 0.12
    variety: float = 0.12


@dataclass(frozen=True)
class Style:
    locks: tuple[Lock, ...]
    hairline: tuple[float, ...] = (0.64, 0.63, 0.56, 0.34, 0.02, -0.06, 0.22, -0.12, -0.6, -0.95)
    softness: float = 0.14
    coarse: float = 1.0
    roughness: float = 0.72

    def cover(self, marks: Landmarks, points: Array) -> Array:
        turns = [0, 0.35, 0.65, 0.95, 1.2, 1.36, 1.56, 1.9, 2.4, np.pi]
        line = marks.eye[1] + np.interp(marks.around(points), turns, self.hairline)
        return np.clip((points[:, 1] - line) / self.softness + 0.5, 0, 1)


def along_skin(wish: Array, normal: Array) -> Array:
    flat = wish - normal * (wish * normal).sum(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)


def steady(length: float) -> Where:
    return lambda marks, points: np.full(len(points), length)


def parted(part: float, back: float = 0.3, curl: float = 0.0, drop: float = 0.8) -> Flow:
    """Falls to both sides of a parting at x = `part`; `curl` turns the ends in."""

    def flow(marks: Landmarks, place: Array, normal: Array, along: float, seeds: Array) -> Array:
        side = np.where(place[:, 0] > part, 1.0, -1.0)
        crown = np.clip((place[:, 1] - marks.eye[1] - 0.35) / 0.6, 0, 1)
        front = np.clip((place[:, 2] - marks.ear[2] - 0.1) / 0.5, 0, 1)
        wide = np.clip((0.80 - np.abs(place[:, 0])) / 0.25, 0, 1)
        face = np.clip((place[:, 2] - marks.ear[2] - 0.30) / 0.25, 0, 1) * wide
        wish = np.zeros_like(place)
        wish[:, 0] = side * (crown * 1.0 + 2.2 * face)
        wish[:, 1] = -drop - 0.4 * (1 - crown)
        wish[:, 2] = -back * (0.35 + front)
        below = np.clip((marks.mouth[1] + 0.25 - place[:, 1]) / 0.3, 0, 1)
        inward = np.stack([-place[:, 0], np.zeros(len(place)), marks.ear[2] - 0.1 - place[:, 2]], 1)
        inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-9)
        wish += inward * (below * curl * along)[:, None] + 0.07 * seeds
        hugging = np.clip((place[:, 1] - marks.eye[1] + 0.05) / 0.3, 0, 1)[:, None]
        tangent = along_skin(wish, normal)
        free = wish / np.linalg.norm(wish, axis=1, keepdims=True)
        return tangent * hugging + free * (1 - hugging)

    return flow


def down_to(level: float) -> Where:
    """As long as it takes to hang down to `level` below the eyes."""

    def length(marks: Landmarks, points: Array) -> Array:
        crown = np.clip((points[:, 1] - marks.eye[1] - 0.3) / 0.7, 0, 1)
        return np.maximum(points[:, 1] - (marks.eye[1] - level) + 0.75 * crown, 0.2)

    return length


def combed(side: float, up: float, back: float, down: float = 0.0) -> Flow:
    """Short hair: `side` is the way the top lies; flanks and nape lie down and back."""

    def flow(marks: Landmarks, place: Array, normal: Array, along: float, seeds: Array) -> Array:
        crown = np.clip((place[:, 1] - marks.eye[1] - 0.62) / 0.22, 0, 1)
        front = np.clip((0.95 - marks.around(place)) / 0.3, 0, 1)
        crown = np.maximum(crown, front * (place[:, 1] > marks.eye[1] + 0.45))[:, None]
        flank = np.tile([0.0, -1.0, -0.45], (len(place), 1))
        top = np.tile([side, up - down * along, -back], (len(place), 1))
        wish = top * crown + flank * (1 - crown) + 0.16 * seeds
        rising = normal * crown * up * (1 - along)
        return along_skin(wish, normal) + rising

    return flow


def on_top(marks: Landmarks, points: Array) -> Array:
    return (points[:, 1] > marks.eye[1] + 0.58).astype(float)


def on_flanks(marks: Landmarks, points: Array) -> Array:
    return (points[:, 1] < marks.eye[1] + 0.80).astype(float)


def rising(start: float, high: float, end: float) -> Callable[[float], float]:
    return lambda along: float(np.interp(along, [0, 0.35, 1], [start, high, end]))


def beside(part: float) -> Where:
    """Both sides of a parting, on top."""

    def where(marks: Landmarks, points: Array) -> Array:
        near = np.abs(points[:, 0] - part) < 0.16
        return (near & (points[:, 1] > marks.eye[1] + 0.55)).astype(float)

    return where


def parting(part: float) -> Lock:
    """Thin hairs that keep the parting a line instead of a gap."""
    return Lock(
        70,
        0.11,
        parted(part),
        steady(0.6),
        rising(0.012, 0.05, 0.06),
        beside(part),
        columns=(1,),
        segments=4,
        taper=1.0,
    )


def bristling(marks: Landmarks, place: Array, normal: Array, along: float, seeds: Array) -> Array:
    return 0.35 * normal + 0.9 * seeds


def wavy(part: float, back: float, size: float) -> Flow:
    falling = parted(part, back)

    def flow(marks: Landmarks, place: Array, normal: Array, along: float, seeds: Array) -> Array:
        ahead = falling(marks, place, normal, along, seeds)
        sway = np.sin(along * 11 + seeds[:, 1] * 0.7) * size * np.clip(along * 2 - 0.5, 0, 1)
        return ahead + np.stack([sway, np.zeros_like(sway), 0.5 * sway], axis=1)

    return flow
