"""Collars, neckbands and lapels: profiles swept around the neck or along an edge."""

import numpy as np
from scipy.spatial import cKDTree

from avatars.builder.base_mesh import Array
from avatars.builder.cloth import OPENING_DEPTH, OPENING_WIDTH
from avatars.builder.person import Person
from avatars.builder.surface import Surface, joined, vertex_normals


def shirt_collar(person: Person) -> Surface:
    """A stand that folds over, longer towards the open points in front."""
    turn = np.linspace(0.16, 2 * np.pi - 0.16, 41)
    front = np.abs(np.cos(turn / 2)) ** 6
    base = neck_ring(person, turn, drop_front=0.50, out=0.02, snug=True)
    outward = _outward(turn)
    up = np.array([0, 1.0, 0])
    stand = 0.26 - 0.05 * front
    fall = 0.10 + 0.38 * front
    rows = [
        base - up * 0.10,
        base + up * stand[:, None] * 0.6 + outward * 0.01,
        base + up * stand[:, None] + outward * 0.025,
        base + up * (stand - 0.015)[:, None] + outward * 0.07,
        base + up * (stand - 0.5 * fall)[:, None] + outward * (0.055 + 0.06 * front)[:, None],
        base + up * (stand - fall)[:, None] + outward * (0.05 + 0.14 * front)[:, None],
    ]
    spread = np.sign(np.sin(turn)) * front * 0.10
    rows[-1][:, 0] += spread * 1.6
    rows[-2][:, 0] += spread * 0.8
    return _lofted(rows)


def neckband(person: Person) -> Surface:
    """The ribbed roll of a crew neck."""
    turn = np.linspace(0, 2 * np.pi, 49)
    base = neck_ring(person, turn, drop_front=0.62, out=0.05)
    outward, up = _outward(turn), np.array([0, 1.0, 0])
    rows = [
        base + up * high + outward * wide
        for high, wide in (
            (-0.14, -0.02),
            (0.10, -0.01),
            (0.14, 0.03),
            (0.10, 0.075),
            (-0.08, 0.13),
            (-0.16, 0.10),
        )
    ]
    return _lofted(rows)


def lapels(jacket: Surface) -> Surface:
    """Notched strips that follow the jacket's opening."""
    front = jacket.points[(np.asarray(jacket.normals)[:, 2] > 0.1)]
    top = jacket.points[:, 1].max()
    tree = cKDTree(front[:, :2])
    depth = np.linspace(0.40, 2.62, 34)
    edge = OPENING_WIDTH * (1 - depth / OPENING_DEPTH) - 0.012
    knots = [0.40, 0.92, 0.95, 1.02, 1.06, 1.7, 2.62]
    width = np.interp(depth, knots, [0.06, 0.36, 0.24, 0.24, 0.44, 0.36, 0.05])
    pieces = []
    for side in (1.0, -1.0):
        rows = []
        for across, lift in ((0, 0.0), (0.03, 0.045), (0.5, 0.07), (0.96, 0.05), (1, 0.0)):
            at = np.stack([side * (edge + width * across), top - depth], axis=1)
            distance, near = tree.query(at, k=8)
            share = 1 / (distance + 0.02) ** 2
            z = (front[near, 2] * share).sum(axis=1) / share.sum(axis=1)
            rows.append(np.concatenate([at, (z + lift)[:, None]], axis=1))
        strip = _lofted(rows if side > 0 else rows[::-1])
        if np.asarray(strip.normals)[:, 2].mean() < 0:
            strip = _lofted(rows[::-1] if side > 0 else rows)
        pieces.append(strip)
    return joined(pieces)


def jacket_collar(person: Person) -> Surface:
    """Lies around the back of the neck and ends where the lapels begin."""
    turn = np.linspace(0.95, 2 * np.pi - 0.95, 33)
    base = neck_ring(person, turn, drop_front=0.5, out=0.14)
    outward, up = _outward(turn), np.array([0, 1.0, 0])
    profile = (
        (-0.10, -0.02),
        (0.08, 0.0),
        (0.11, 0.03),
        (0.08, 0.07),
        (-0.10, 0.20),
        (-0.26, 0.30),
    )
    return _lofted([base + up * high + outward * wide for high, wide in profile])


def _outward(turn: Array) -> Array:
    return np.stack([np.sin(turn), np.zeros_like(turn), np.cos(turn)], axis=1)


def ring_height(person: Person, turn: Array, drop_front: float) -> Array:
    """Height of a collar's base; lowest in front."""
    fall = (0.5 + 0.5 * np.cos(turn)) ** 1.3
    return person.joint("neck")[1] + 0.02 - drop_front * fall


def neck_ring(
    person: Person, turn: Array, drop_front: float, out: float, snug: bool = False
) -> Array:
    """A ring on the neck's skin; `turn` 0 is in front. It drops by `drop_front` there.

    A `snug` one stays close to the neck where the shoulders begin.
    """
    neck = person.joint("neck")
    near = np.abs(person.points[:, 1] - neck[1]) < 1.0
    near &= np.abs(person.points[:, 0]) < 1.4
    skin = np.unique(person.base.faces[person.base.groups == "body"])
    points = person.points[np.intersect1d(np.flatnonzero(near), skin)]
    height = ring_height(person, turn, drop_front)
    ring = []
    for angle, y in zip(turn, height, strict=True):
        direction = np.array([np.sin(angle), np.cos(angle)])
        centre_z = neck[2] - 0.02
        flat = points[:, [0, 2]] - [0, centre_z]
        reach = flat @ direction
        off = np.abs(flat @ [direction[1], -direction[0]])
        beside = np.exp(-((off / 0.10) ** 2)) * (reach > 0.15)
        weight = beside * np.exp(-(((points[:, 1] - y) / 0.10) ** 2))
        radius = (reach * weight).sum() / weight.sum() + out
        if snug:
            weight = beside * np.exp(-(((points[:, 1] - neck[1] - 0.30) / 0.10) ** 2))
            slim = (reach * weight).sum() / weight.sum() + out
            radius = min(radius, slim + 0.05 + 0.4 * max(np.cos(angle), 0) ** 2)
        ring.append([direction[0] * radius, y, centre_z + direction[1] * radius])
    smooth = np.array(ring)
    for _ in range(3):
        smooth[1:-1] = 0.5 * smooth[1:-1] + 0.25 * (smooth[:-2] + smooth[2:])
    if np.isclose(np.sin(turn[0] - turn[-1]), 0, atol=1e-6):  # closed
        smooth[0] = smooth[-1] = (smooth[1] + smooth[-2]) / 2
    return smooth


def _lofted(rows: list[Array]) -> Surface:
    high, wide = len(rows), len(rows[0])
    row, column = np.meshgrid(np.arange(high - 1), np.arange(wide - 1), indexing="ij")
    here = (row * wide + column).reshape(-1)
    faces = np.stack([here, here + wide, here + wide + 1, here + 1], axis=1)
    v, u = np.meshgrid(np.linspace(0, 1, high), np.linspace(0, 1, wide), indexing="ij")
    points = np.concatenate(rows)
    surface = Surface(points, faces, np.stack([u.reshape(-1), v.reshape(-1)], axis=1))
    surface.normals = vertex_normals(points, surface.triangles())
    return surface
