"""How much of the sky each vertex sees, so that hair, collar and chin throw soft shadows."""

import numpy as np

from avatars.builder.base_mesh import Array
from avatars.builder.surface import Surface

GRID = 192
DIRECTIONS = 72
BIAS = 0.05  # decimetres


def sky(targets: list[tuple[Array, Array]], occluders: list[tuple[Surface, float]]) -> list[Array]:
    """0..1 for each (points, normals) pair; an occluder stops only its share of the light."""
    clouds = [(_samples(surface), share) for surface, share in occluders]
    everything = np.concatenate([cloud for cloud, _ in clouds])
    floor = everything.min(0)
    span = float(np.linalg.norm(everything.max(0) - floor))
    seen = [np.zeros(len(points)) for points, _ in targets]
    total = [np.full(len(points), 1e-9) for points, _ in targets]
    for direction in _directions():
        side = np.cross(direction, [0.31, 0.2, 0.93])
        side /= np.linalg.norm(side)
        frame = np.stack([side, np.cross(direction, side), direction], axis=1)
        maps = []
        middle = (everything.mean(0)) @ frame
        for cloud, share in clouds:
            at = cloud @ frame
            cell = np.clip((at[:, :2] - middle[:2]) / span * GRID * 1.4 + GRID / 2, 0, GRID - 1)
            depth = np.full((GRID, GRID), -1e9)
            cell = cell.astype(int)
            np.maximum.at(depth, (cell[:, 0], cell[:, 1]), at[:, 2])
            maps.append((depth, share))
        for k, (points, normals) in enumerate(targets):
            facing = np.clip(normals @ direction, 0, 1) * (0.55 + 0.45 * max(direction[1], 0))
            at = (points + normals * BIAS) @ frame
            cell = np.clip((at[:, :2] - middle[:2]) / span * GRID * 1.4 + GRID / 2, 0, GRID - 1)
            cell = cell.astype(int)
            open_ = np.ones(len(points))
            for depth, share in maps:
                hidden = depth[cell[:, 0], cell[:, 1]] > at[:, 2] + BIAS
                open_ *= 1 - share * hidden
            seen[k] += facing * open_
            total[k] += facing
    return [light / whole for light, whole in zip(seen, total, strict=True)]


def _directions() -> Array:
    """Evenly over the sphere, leaving out what comes from straight below."""
    k = np.arange(DIRECTIONS) + 0.5
    height = 1 - 2 * k / DIRECTIONS
    turn = k * np.pi * (1 + 5**0.5)
    flat = np.sqrt(1 - height**2)
    directions = np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], axis=1)
    return directions[height > -0.75]


def _samples(surface: Surface) -> Array:
    """Points all over a surface, dense enough to fill the depth maps."""
    rng = np.random.default_rng(3)
    a, b, c = (surface.points[surface.triangles()[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    chosen = rng.choice(len(area), size=int(min(area.sum() * 5000, 150_000)), p=area / area.sum())
    first, second = rng.random((2, len(chosen), 1))
    over = first + second > 1
    first, second = np.where(over, 1 - first, first), np.where(over, 1 - second, second)
    return a[chosen] + (b - a)[chosen] * first + (c - a)[chosen] * second
