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
OVER_NECK = 0.35


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
    """`blazer` (over shirt or blouse), `sweater` (crew neck, shirt collar), `cardigan`."""
    garments, about = Garments(person), person.about
    kind, _, under = about.clothes.partition("+")
    body = _body(person)
    line = cloth.Neckline(person, HALF_WIDTH, HEIGHT, OVER_NECK)
    if kind == "sweater":
        garments.add("Sweater", _layer(body, 0.07), cloth.sweater(line))
        if under == "shirt":
            garments.add("Collar", collars.shirt_collar(person), cloth.plain(about.shirt_colour, about.seed))
        garments.add("Neckband", collars.neckband(person), cloth.ribbed(about.cloth_colour))
        return garments
    if under == "shirt":
        garments.add("Shirt", _layer(body, 0.05), cloth.shirt(line))
        garments.add("Collar", collars.shirt_collar(person), cloth.plain(about.shirt_colour, about.seed))
    else:
        garments.add("Blouse", _layer(body, 0.05), cloth.blouse(line))
    jacket = _layer(body, 0.13)
    garments.add("Jacket", jacket, cloth.jacket(line))
    fabric = cloth.plain(about.cloth_colour, about.seed, 1.12)
    garments.add("Lapels", collars.lapels(jacket), fabric)
    garments.add("JacketCollar", collars.jacket_collar(person), fabric)
    return garments


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


def _layer(body: Surface, distance: float) -> Surface:
    """The body at a distance, front and back laid out side by side."""
    fine = body.subdivided()
    normals = vertex_normals(fine.points, fine.triangles())
    top = np.clip((fine.points[:, 1] - fine.points[:, 1].max() + 0.5) / 0.5, 0, 1)
    fine.points = fine.points + normals * (distance * (1 - 0.45 * top))[:, None]
    fine.normals = vertex_normals(fine.points, fine.triangles())
    front = fine.normals[fine.faces].mean(axis=1)[:, 2] > -0.05
    pieces = []
    bottom = fine.points[:, 1].max() + 0.0
    for keep, start in ((front, 0.0), (~front, 0.5)):
        piece = fine.select(keep)
        piece.uv = cloth.layout(piece.points, bottom, HALF_WIDTH, HEIGHT) + [start, 0]
        pieces.append(piece)
    return joined(pieces)
