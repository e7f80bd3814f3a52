"""The head's skin: its UV layout, and the painting of it in 3D through that layout."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

from avatars.builder.base_mesh import Array, Faces
from avatars.builder.paint import colour, mixed, noise
from avatars.builder.person import Person
from avatars.builder.surface import Surface

SIZE = 1024
FACE_CENTRE = np.array([0.852, 0.516])  # of MakeHuman's UV, between the eyes and the mouth
FACE_SPREAD = 0.06


def head_surface(person: Person) -> tuple[Surface, Array]:
    """Head, neck and upper chest, laid out so that the face gets most of the texture.

    The second value is MakeHuman's own UV of the vertices, which its masks are painted in.
    """
    base, neck = person.base, person.joint("neck")
    centres = person.points[base.faces].mean(axis=1)
    keep = base.groups == "body"
    keep &= (centres[:, 1] > neck[1] - 1.25) & (np.abs(centres[:, 0]) < 1.25)
    surface = person.surface(np.flatnonzero(keep))
    original = surface.uv
    surface.uv = _laid_out(surface)
    return surface, original


def _laid_out(surface: Surface) -> Array:
    """Magnify the face by a smooth radial warp; park the small islands in the corners."""
    uv, island = surface.uv, _islands(surface.faces, len(surface.points))
    result = np.zeros_like(uv)
    largest = np.bincount(island).argmax()
    corners = iter(
        [
            (0.005, 0.005),
            (0.005, 0.88),
            (0.88, 0.88),
            (0.88, 0.005),
            (0.005, 0.75),
            (0.88, 0.75),
            (0.005, 0.13),
            (0.88, 0.13),
        ]
    )
    for label in np.unique(island):
        inside = island == label
        if label == largest:
            away = uv[inside] - FACE_CENTRE
            radius = np.linalg.norm(away, axis=1, keepdims=True)
            result[inside] = away * np.arcsinh(radius / FACE_SPREAD) / np.maximum(radius, 1e-9)
            floor, ceiling = result[inside].min(0), result[inside].max(0)
            result[inside] = 0.02 + 0.96 * (result[inside] - floor) / (ceiling - floor)
        else:
            floor, ceiling = uv[inside].min(0), uv[inside].max(0)
            size = 0.115 / (ceiling - floor).max()
            result[inside] = np.array(next(corners)) + (uv[inside] - floor) * size
    return result


def _islands(faces: Faces, count: int) -> np.ndarray:
    label = np.arange(count)
    while True:
        lowest = label.copy()
        np.minimum.at(lowest, faces, label[faces].min(axis=1, keepdims=True))
        lowest = lowest[lowest]
        if (lowest == label).all():
            return label
        label = lowest


@dataclass
class Atlas:
    """What lies under every texel: interpolated vertex values, nearest ones outside the mesh."""

    weights: Array
    corners: Faces
    covered: np.ndarray

    @classmethod
    def of(cls, surface: Surface, size: int = SIZE) -> "Atlas":
        weights = np.zeros((size, size, 3))
        corners = np.zeros((size, size, 3), int)
        covered = np.zeros((size, size), bool)
        for triangle in surface.triangles():
            at = surface.uv[triangle] * size - 0.5
            (x0, y0), (x1, y1) = np.floor(at.min(0)).astype(int), np.ceil(at.max(0)).astype(int) + 1
            x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, size), min(y1, size)
            span = np.array([at[1] - at[0], at[2] - at[0]]).T
            if x0 >= x1 or y0 >= y1 or abs(np.linalg.det(span)) < 1e-9:
                continue
            y, x = np.mgrid[y0:y1, x0:x1]
            second, third = np.einsum(
                "ij,jyx->iyx", np.linalg.inv(span), np.stack([x - at[0, 0], y - at[0, 1]])
            )
            share = np.stack([1 - second - third, second, third], axis=2)
            inside = share.min(axis=2) > -0.08
            weights[y0:y1, x0:x1][inside] = share[inside]
            corners[y0:y1, x0:x1][inside] = triangle
            covered[y0:y1, x0:x1] |= inside
        _, (row, column) = distance_transform_edt(~covered, return_indices=True)
        return cls(weights[row, column], corners[row, column], covered)

    def spread(self, values: Array) -> Array:
        """Vertex values (n, ...) to texels (size, size, ...)."""
        return np.einsum("yxk,yxk...->yx...", self.weights, values[self.corners])


def painted(
    person: Person, surface: Surface, original: Array, atlas: Atlas, scalp: Array, shade: Array
) -> Array:
    """sRGB texels 0..1. `scalp` is hair cover 0..1 and `shade` occlusion 0..1, both a vertex."""
    about, rng = person.about, np.random.default_rng(person.about.seed)
    place, source = atlas.spread(surface.points), atlas.spread(original)
    eye, _ = person.eyes["Left"]
    neck, mouth = person.joint("neck"), person.mouth
    across, up, front = np.abs(place[..., 0]), place[..., 1], place[..., 2] > eye[2] - 0.35

    def spot(x: float, y: float, wide: float, high: float) -> Array:
        return np.exp(-(((across - x) / wide) ** 2) - ((up - y) / high) ** 2) * front

    base = colour(about.skin)
    flush = base * [1.0, 0.74, 0.68]
    shadow = base * [0.82, 0.66, 0.60]
    texels = np.ones((SIZE, SIZE, 3)) * base
    mottle = (
        0.014 * noise(rng, SIZE, 2) + 0.010 * noise(rng, SIZE, 9) + 0.008 * noise(rng, SIZE, 40)
    )
    texels *= 1 + mottle[..., None] * [0.8, 1.0, 1.1]
    texels = mixed(texels, 0.30 * spot(eye[0] + 0.14, eye[1] - 0.55, 0.26, 0.24), flush)
    texels = mixed(texels, 0.24 * spot(0, mouth[1] + 0.50, 0.13, 0.14), flush)
    texels = mixed(texels, 0.16 * spot(0, mouth[1] - 0.48, 0.20, 0.14), flush)
    texels = mixed(texels, 0.10 * spot(eye[0], eye[1] + 0.02, 0.24, 0.13), shadow)
    texels = mixed(texels, 0.16 * spot(eye[0] - 0.03, eye[1] - 0.17, 0.17, 0.06), shadow)
    texels = mixed(texels, 0.20 * spot(0, eye[1] + 0.6, 0.5, 0.3), base * [1.04, 1.03, 1.0])
    ears = masked(person, source, "ears", 4)
    texels = mixed(texels, 0.25 * ears, flush)
    if about.stubble:
        jaw = np.clip((mouth[1] + 0.30 - up) * 3.5, 0, 1) * np.clip(
            (place[..., 2] - 0.35) * 3, 0, 1
        )
        jaw *= np.clip((up - neck[1] - 0.25) * 3, 0, 1)
        jaw *= 1 - 0.75 * spot(0.28, mouth[1] + 0.12, 0.16, 0.16)
        grain = 1 + 0.30 * noise(rng, SIZE, 0.8)
        beard = mixed(base, np.array(0.72), colour(about.hair_colour) * 0.9 + 0.03)
        texels = mixed(texels, np.clip(about.stubble * jaw * grain, 0, 0.9), beard)
    lips = masked(person, source, "lips", 2.2)
    creases = 1 + 0.05 * noise(rng, SIZE, 1.2)
    texels = mixed(texels, 0.88 * lips, colour(about.lips) * creases[..., None])
    texels = mixed(texels, masked(person, source, "inside-mouth", 2), [0.38, 0.13, 0.13])
    lids = masked(person, source, "eyelids", 1.5)
    if about.make_up:
        shadowed = lids * (up > eye[1]) * front
        texels = mixed(texels, 0.4 * about.make_up * gaussian_filter(shadowed, 4), shadow * 0.8)
    rim = np.zeros((SIZE, SIZE))
    for centre, radius in person.eyes.values():
        away = np.linalg.norm(place - centre, axis=2) / radius
        rim += np.exp(-(((away - 1.05) / 0.10) ** 4)) * (place[..., 2] > centre[2] + 0.15 * radius)
    upper = np.clip((up - eye[1] + 0.02) * 14, 0.25, 1)
    line = np.array([0.13, 0.08, 0.07]) if about.make_up else shadow * 0.55
    texels = mixed(texels, np.clip(rim * upper * (0.16 + 0.20 * about.make_up), 0, 0.5), line)
    roots = np.clip(atlas.spread(scalp) * 1.35 - 0.2 + 0.05 * noise(rng, SIZE, 1.5), 0, 1)
    texels = mixed(texels, 0.93 * gaussian_filter(roots, 3), colour(about.hair_colour) * 0.85)
    light = atlas.spread(shade)[..., None]
    warm = np.array([0.75, 1.0, 1.08])  # light that reaches a skin crease has come through skin
    return np.clip(texels * np.clip(light, 0.02, 1) ** (0.55 * warm), 0, 1)


def masked(person: Person, original: Array, name: str, softness: float) -> Array:
    """One of MPFB's masks, looked up through MakeHuman's UV of every texel."""
    mask = person.base.mask(name)
    high, wide = mask.shape
    at = np.stack([original[..., 1] * high - 0.5, original[..., 0] * wide - 0.5])
    return gaussian_filter(map_coordinates(mask, at, order=1, mode="nearest"), softness)
