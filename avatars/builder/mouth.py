"""Teeth with gums, and the tongue."""

from collections.abc import Iterator

import numpy as np
from scipy.ndimage import gaussian_filter

from avatars.builder.base_mesh import Array
from avatars.builder.paint import jpeg
from avatars.builder.person import Person
from avatars.builder.surface import Surface, joined

SHOWN = 0.035  # decimetres that the upper teeth reach below the parting of the lips


def parts(person: Person) -> Iterator[tuple[str, Surface, dict[str, object]]]:
    """Name, surface and material of each part; all darken towards the throat."""
    seam = lip_seam(person)
    pieces = []
    for row in ("upper", "lower"):
        piece = person.surface(np.flatnonzero(person.base.groups == f"helper-{row}-teeth"))
        rim = piece.points[:, 1].min() if row == "upper" else piece.points[:, 1].max()
        front = piece.points[:, 2].max()
        wanted = seam - SHOWN if row == "upper" else seam - 0.03
        piece.points = piece.points + [0, wanted - rim, -0.015]
        piece.uv = _layout(piece, row)
        piece.shade = _depth(piece.points[:, 2], front - 0.015, 0.45)
        pieces.append(piece)
    teeth = joined(pieces)
    teeth.offsets = {
        name: np.concatenate([piece.offsets[name] for piece in pieces]) for name in person.offsets
    }
    image = jpeg(painted_teeth(person))
    yield "Teeth", teeth, {"image": image, "roughness": 0.3, "doubleSided": True}
    tongue = person.surface(np.flatnonzero(person.base.groups == "helper-tongue"))
    root = np.array([0, tongue.points[:, 1].mean(), tongue.points[:, 2].min()])
    tongue.points = root + (tongue.points - root) * [0.88, 0.72, 0.84] + [0, -0.045, 0]
    tongue.shade = _depth(tongue.points[:, 2], tongue.points[:, 2].max(), 0.7)
    yield "Tongue", tongue, {"image": None, "factor": [0.27, 0.075, 0.075, 1], "roughness": 0.6}


def lip_seam(person: Person) -> float:
    """Height at which the closed lips meet in the middle."""
    opened = person.base.face_units["jawOpen"][:, 1]
    lips = person.lip_vertices
    middle = lips[np.abs(person.points[lips, 0]) < 0.06]
    lower, upper = middle[opened[middle] < -0.10], middle[opened[middle] > -0.05]
    if not len(lower) or not len(upper):
        return float(person.mouth[1])
    return float((person.points[lower, 1].max() + person.points[upper, 1].min()) / 2)


def _layout(piece: Surface, row: str) -> Array:
    x, z = piece.points[:, 0], piece.points[:, 2]
    angle = np.arctan2(x, z - z.max() + 0.38)
    y = piece.points[:, 1]
    part = (y - y.min()) / (y.max() - y.min())
    v = (1 - part) if row == "upper" else part
    return np.stack([0.5 + angle / np.pi * 0.45, np.clip(v, 0.01, 0.99)], axis=1)


def _depth(z: Array, front: float, reach: float) -> Array:
    near = np.clip((z - front + reach) / (0.75 * reach), 0, 1)[:, None]
    return 0.10 + 0.90 * near ** np.array([1.2, 1.35, 1.4])


def painted_teeth(person: Person) -> Array:
    """Gum at the top, the biting edge at the bottom; the incisors are in the middle."""
    high, wide = 64, 512
    v, u = np.meshgrid(np.linspace(0, 1, high), np.linspace(-1, 1, wide), indexing="ij")
    edges = np.cumsum([0, 0.135, 0.115, 0.12, 0.12, 0.12, 0.15, 0.15])
    edges = np.concatenate([-edges[:0:-1], edges])
    away = np.abs(u[..., None] - edges).min(axis=2)
    yellow = 1 - 0.05 * max(person.about.age - 30, 0) / 30
    enamel = np.array([0.90, 0.88, 0.82 * yellow]) * (0.97 + 0.03 * v)[..., None]
    gap = np.exp(-((away / 0.010) ** 2)) * (0.30 + 0.35 * (v > 0.9))
    texels = enamel * (1 - gap[..., None] * [0.8, 1.0, 1.0])
    gum = gaussian_filter((v < 0.34 + 1.4 * (0.06 - np.minimum(away, 0.06))).astype(float), 2)
    return texels * (1 - gum[..., None]) + np.array([0.72, 0.40, 0.40]) * gum[..., None]
