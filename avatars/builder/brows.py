"""Brows: a patch of the face's own surface, so that it moves alike, with drawn hairs."""

import numpy as np

from avatars.builder.base_mesh import Array
from avatars.builder.paint import colour
from avatars.builder.person import Person
from avatars.builder.surface import Surface, vertex_normals

WIDE, HIGH = 512, 256
INNER, OUTER, BELOW, ABOVE = -0.36, 0.46, 0.02, 0.50  # of the patch, from the eye, in dm
LIFT = 0.012


def brows(person: Person, head: Surface) -> Surface:
    """Both brows; the texture is the left one, mirrored for the right."""
    eye, _ = person.eyes["Left"]
    u = (np.abs(head.points[:, 0]) - eye[0] - INNER) / (OUTER - INNER)
    v = 1 - (head.points[:, 1] - eye[1] - BELOW) / (ABOVE - BELOW)
    inside = (u > 0) & (u < 1) & (v > 0) & (v < 1) & (head.points[:, 2] > eye[2] - 0.3)
    surface = Surface(head.points, head.faces, np.stack([u, v], axis=1), head.offsets)
    surface = surface.select(inside[head.faces].all(axis=1))
    normals = vertex_normals(surface.points, surface.triangles())
    surface.points = surface.points + LIFT * normals
    surface.normals = normals
    return surface


def painted_brow(person: Person) -> Array:
    """RGBA texels of the left brow as seen from the front: the nose is on the left."""
    about, rng = person.about, np.random.default_rng(person.about.seed + 5)
    alpha, tint = np.zeros((HIGH, WIDE)), np.ones((HIGH, WIDE))
    scale = WIDE / (OUTER - INNER)
    y, x = np.mgrid[0:HIGH, 0:WIDE]
    head_at, tail_at = -0.205, 0.235
    for _ in range(int(520 * about.brow_density)):
        along = rng.beta(1.05, 1.15)
        across = np.clip(rng.normal(0, 0.42), -1, 1)
        full = np.interp(along, [0, 0.12, 0.55, 0.85, 1], [0.62, 1.0, 0.92, 0.5, 0.16])
        place_x = head_at + (tail_at - head_at) * along
        rise = np.interp(along, [0, 0.35, 0.62, 1], [0, 0.6, 1, 0.2]) * about.brow_arch
        place_y = (
            0.155 + about.brow_height + 0.03 * along + rise + across * full * about.brow_thickness
        )
        steep = np.interp(along, [0, 0.25, 0.6, 1], [1.25, 0.60, 0.12, -0.35])
        steep = steep - across * 0.35 + rng.normal(0, 0.12)
        length = rng.uniform(0.055, 0.095) * (0.75 + 0.25 * full)
        start = np.array([place_x - INNER, ABOVE - BELOW - (place_y - BELOW)]) * [
            scale,
            HIGH / (ABOVE - BELOW),
        ]
        step = np.array([np.cos(steep), -np.sin(steep)]) * length * scale
        part = ((x - start[0]) * step[0] + (y - start[1]) * step[1]) / (step @ step)
        bent = 0.12 * step[::-1] * [1, -1]
        off_x = x - start[0] - step[0] * part - bent[0] * part * (1 - part)
        off_y = y - start[1] - step[1] * part - bent[1] * part * (1 - part)
        thick = 1.75 * np.clip(1 - 0.75 * part, 0.15, 1)
        hair = np.exp(-(off_x**2 + off_y**2) / thick**2) * (part > 0) * (part < 1)
        hair *= rng.uniform(0.35, 0.8) * np.clip(along * 6 + 0.45, 0, 1)
        stronger = hair > 0.3
        tint[stronger] = 1.9 if rng.random() < about.grey else rng.uniform(0.85, 1.2)
        alpha = alpha + hair * (1 - alpha)
    rgb = np.clip(colour(about.brow_colour) * tint[..., None], 0, 1)
    return np.concatenate([rgb, np.clip(alpha * 0.80, 0, 1)[..., None]], axis=2)
