"""Clothes: MakeHuman's body shell in layers, cut by painted alpha, with swept collars."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from avatars.builder import cloth, collars
from avatars.builder.base_mesh import Array
from avatars.builder.person import Person
from avatars.builder.surface import Surface, joined, vertex_normals

if TYPE_CHECKING:
    from avatars.builder.head import Builder

HALF_WIDTH, HEIGHT = 2.9, 3.4  # decimetres from the middle, and from the hem to above the neck


@dataclass
class Garments:
    person: Person
    parts: list[Surface] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    textures: dict[str, Array] = field(default_factory=dict)
    factors: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, piece: Surface, texture: Array) -> None:
        self.parts.append(piece)
        self.names.append(name)
        self.textures[name] = texture

    def occluders(self) -> list[tuple[Surface, float]]:
        """Shells that are cut open by alpha would darken the skin in the opening."""
        closed = ("Sweater", "Collar", "Neckband", "Lapels", "JacketCollar")
        pairs = zip(self.names, self.parts, strict=True)
        return [(piece, 0.8) for name, piece in pairs if name in closed]

    def material(self, builder: "Builder", name: str) -> int:
        return builder.cloth(name, self.textures[name])


def wear(person: Person) -> Garments:
    """`blazer+shirt`, `blazer+blouse`, or `sweater` with a crew neck."""
    garments, about = Garments(person), person.about
    kind, _, under = about.clothes.partition("+")
    body = _body(person)
    line = cloth.Neckline(person, HALF_WIDTH, HEIGHT)
    if kind == "sweater":
        knit = _below_collar(person, _layer(body, 0.07), 0.62)
        garments.add("Sweater", knit, cloth.sweater(line))
        garments.add("Neckband", collars.neckband(person), cloth.ribbed(about.cloth_colour))
        return garments
    if under == "shirt":
        garments.add("Shirt", _front(_layer(body, 0.05, fine=False)), cloth.shirt(line))
        garments.add(
            "Collar", collars.shirt_collar(person), cloth.plain(about.shirt_colour, about.seed)
        )
    else:
        garments.add("Blouse", _front(_layer(body, 0.05, fine=False)), cloth.blouse(line))
    jacket = _layer(body, 0.13)
    garments.add("Jacket", jacket, cloth.jacket(line))
    fabric = cloth.plain(about.cloth_colour, about.seed, 1.12)
    garments.add("Lapels", collars.lapels(jacket), fabric)
    garments.add("JacketCollar", collars.jacket_collar(person), fabric)
    return garments


def _front(layer: Surface) -> Surface:
    """Only what a jacket leaves open."""
    middle = layer.points[layer.faces].mean(axis=1)
    return layer.select(
        (np.abs(middle[:, 0]) < 0.95) & (layer.uv[layer.faces][:, :, 0].max(1) < 0.5)
    )


def _body(person: Person) -> Surface:
    """Torso and upper arms, arms hanging, smoothed so that no anatomy shows through cloth."""
    base, neck = person.base, person.joint("neck")
    centres = person.points[base.faces].mean(axis=1)
    keep = (base.groups == "helper-tights") & (centres[:, 1] > neck[1] - HEIGHT + 0.1)
    keep &= np.abs(centres[:, 0]) < 3.3
    surface = person.welded(np.flatnonzero(keep))
    points, shoulder = surface.points, person.joint("l-shoulder")
    bend = np.clip((np.abs(points[:, 0]) - shoulder[0] + 0.35) / 0.9, 0, 1)
    angle = 0.62 * bend * bend * (3 - 2 * bend) * np.sign(points[:, 0])
    pivot = np.stack([np.sign(points[:, 0]) * shoulder[0], np.full(len(points), shoulder[1])], 1)
    away = points[:, :2] - pivot
    points[:, 0] = pivot[:, 0] + away[:, 0] * np.cos(angle) + away[:, 1] * np.sin(angle)
    points[:, 1] = pivot[:, 1] - away[:, 0] * np.sin(angle) + away[:, 1] * np.cos(angle)
    _smooth(surface, 6)
    return surface


def _smooth(surface: Surface, times: int) -> None:
    """Laplacian smoothing that keeps the rim."""
    edges = np.concatenate([surface.faces[:, [k, (k + 1) % 4]] for k in range(4)])
    key = np.sort(edges, axis=1)
    unique, counts = np.unique(key, axis=0, return_counts=True)
    rim = np.unique(unique[counts == 1])
    for _ in range(times):
        total, near = np.zeros_like(surface.points), np.zeros((len(surface.points), 1))
        for side in (0, 1):
            np.add.at(total, unique[:, side], surface.points[unique[:, 1 - side]])
            np.add.at(near, unique[:, side], 1)
        moved = 0.5 * surface.points + 0.5 * total / np.maximum(near, 1)
        moved[rim] = surface.points[rim]
        surface.points = moved


def _layer(body: Surface, distance: float, fine: bool = True) -> Surface:
    """The body at a distance; the back, which nobody sees, stays coarse."""
    pieces = []
    top = body.points[:, 1].max()
    for surface, behind in ((body.subdivided() if fine else body, False), (body, True)):
        normals = vertex_normals(surface.points, surface.triangles())
        high = np.clip((surface.points[:, 1] - top + 0.5) / 0.5, 0, 1)
        points = surface.points + normals * (distance * (1 - 0.45 * high))[:, None]
        layer = Surface(points, surface.faces, surface.uv)
        layer.normals = vertex_normals(points, layer.triangles())
        back = layer.normals[layer.faces].mean(axis=1)[:, 2] < -0.05
        piece = layer.select(back == behind)
        piece.uv = cloth.layout(piece.points, top, HALF_WIDTH, HEIGHT) + [0.5 * behind, 0]
        pieces.append(piece)
    return joined(pieces)


def _below_collar(person: Person, layer: Surface, drop: float) -> Surface:
    """Draws what would stand up around the neck down to the collar's seam."""
    neck, points = person.joint("neck"), layer.points
    turn = np.linspace(-np.pi, np.pi, 73)
    seam = collars.neck_ring(person, turn, drop, 0.03)
    flat = points[:, [0, 2]] - [0, neck[2] - 0.02]
    around = np.arctan2(flat[:, 0], flat[:, 1])
    height = np.interp(around, turn, seam[:, 1])
    radius = np.interp(around, turn, np.hypot(seam[:, 0], seam[:, 2] - neck[2] + 0.02))
    reach = np.linalg.norm(flat, axis=1)
    standing = (reach < radius + 0.14) | ((points[:, 1] > height + 0.30) & (reach < 1.3))
    over = (points[:, 1] > height) & standing
    squeezed = points.copy()
    squeezed[over, 1] = height[over]
    inward = (radius[over] / reach[over])[:, None]
    squeezed[over[:, None] & np.array([[True, False, True]])] = (
        flat[over] * inward + [0, neck[2] - 0.02]
    ).reshape(-1)
    layer.points = squeezed
    return layer
