"""Spectacles: two rims, a bridge and temples of bent wire; no lenses, they would only cost."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from avatars.builder.base_mesh import Array
from avatars.builder.person import Person
from avatars.builder.surface import Surface, joined, vertex_normals

if TYPE_CHECKING:
    from avatars.builder.head import Builder

THICK = 0.020  # decimetres
SHAPES = {"round": (0.235, 0.215, 2.3), "rectangular": (0.255, 0.170, 4.0)}
COLOURS = {"round": [0.012, 0.011, 0.012, 1], "rectangular": [0.10, 0.055, 0.03, 1]}


def wear(person: Person, builder: "Builder") -> Iterator[tuple[str, Surface, int]]:
    """`Description.glasses` names a shape of SHAPES."""
    wide, high, power = SHAPES[person.about.glasses]
    eye, radius = person.eyes["Left"]
    ears = person.points[person.masked_vertices("ears")]
    ear = ears[ears[:, 0] > 0]
    skin = np.unique(person.base.faces[person.base.groups == "body"])
    nose = person.points[skin]
    nose = nose[(np.abs(nose[:, 0]) < 0.09) & (np.abs(nose[:, 1] - eye[1]) < 0.06)]
    front = max(eye[2] + radius * 1.75, float(nose[:, 2].max()) - 0.02)
    centre = np.array([max(eye[0], wide + 0.07), eye[1] - 0.035, front])
    turn = np.linspace(0, 2 * np.pi, 33)
    c, s = np.cos(turn), np.sin(turn)
    x, y = (np.sign(v) * np.abs(v) ** (2 / power) for v in (c, s))
    sag = -0.10 * (np.abs(x * wide + centre[0]) / 0.6) ** 2
    rim = np.stack([x * wide, y * high - 0.02 * (y < 0) * np.abs(y), sag + 0.06], axis=1) + centre
    hinge = rim[0] + [0.02, 0.09, -0.005]
    over_ear = np.array([ear[:, 0].mean() - 0.02, ear[:, 1].max() - 0.10, ear[:, 2].mean()])
    swing = np.array([max(hinge[0], over_ear[0] - 0.02), hinge[1], hinge[2] - 0.35])
    behind = over_ear + [-0.03, -0.22, -0.20]
    temple = np.stack([hinge - [0.06, 0, 0], hinge, swing, over_ear, behind])
    inner = rim[16] + [0.0, 0.06, 0]
    bridge = np.stack(
        [
            inner,
            inner * [0.4, 1, 1] + [0, 0.035, 0.02],
            inner * [-0.4, 1, 1] + [0, 0.035, 0.02],
            inner * [-1, 1, 1],
        ]
    )
    pieces = [_wire(bridge)]
    for side in (1, -1):
        pieces += [_wire(rim * [side, 1, 1]), _wire(temple * [side, 1, 1])]
    material = builder.material(
        "Glasses", None, "", factor=COLOURS[person.about.glasses], roughness=0.35
    )
    yield "Glasses", joined(pieces), material


def _wire(path: Array) -> Surface:
    """A square tube with rounded shading along a path."""
    ahead = np.gradient(path, axis=0)
    if np.allclose(path[0], path[-1]):
        ahead[0] = ahead[-1] = path[1] - path[-2]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    hint = np.where(np.abs(ahead[:, 1:2]) > 0.9, [[0.0, 0, 1]], [[0.0, 1, 0]])
    side = np.cross(ahead, hint)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(side, ahead)
    corners = [side + up, up - side, -side - up, side - up]
    points = np.concatenate([path + THICK / 2 * corner for corner in corners])
    count = len(path)
    at = np.arange(count - 1)
    quads = [
        np.stack(
            [
                k * count + at,
                ((k + 1) % 4) * count + at,
                ((k + 1) % 4) * count + at + 1,
                k * count + at + 1,
            ],
            axis=1,
        )
        for k in range(4)
    ]
    surface = Surface(points, np.concatenate(quads), np.zeros((len(points), 2)))
    normals = np.concatenate(
        [corner / np.linalg.norm(corner, axis=1, keepdims=True) for corner in corners]
    )
    facing = vertex_normals(points, surface.triangles())
    if (facing * normals).sum() < 0:
        surface.faces = surface.faces[:, ::-1]
    surface.normals = normals
    return surface
