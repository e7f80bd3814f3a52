"""Cloth textures: front on the left half, back on the right, cut open by alpha."""

from dataclasses import dataclass

import numpy as np

from avatars.builder.base_mesh import Array
from avatars.builder.paint import colour, mixed, noise
from avatars.builder.person import Person

SIZE = 512
OPENING_DEPTH, OPENING_WIDTH = 2.75, 0.72  # of a jacket, in decimetres


def layout(points: Array, top: float, half_width: float, height: float) -> Array:
    """Planar UV of one half: x by `half_width` either side, `height` downwards from `top`."""
    u = 0.25 + np.clip(points[:, 0] / half_width, -0.99, 0.99) * 0.25
    v = np.clip((top - points[:, 1]) / height, 0.005, 0.995)
    return np.stack([u, v], axis=1)


@dataclass
class Neckline:
    """Texel coordinates in decimetres: `x` from the middle, `y` below the top of the shell."""

    person: Person
    half_width: float
    height: float

    def __post_init__(self) -> None:
        row, column = (np.mgrid[0:SIZE, 0 : SIZE * 2] + 0.5) / SIZE
        self.back = column > 1
        self.x = np.abs((column % 1) - 0.5) * 2 * self.half_width
        self.left = (column % 1) > 0.5
        self.y = row * self.height

    def opening(self, depth: float, width: float) -> Array:
        """Signed distance-like value of a V in front: positive inside of it."""
        reach = width * np.clip(1 - self.y / depth, -1, 1)
        return np.where(self.back, -1.0, reach - self.x)


def woven(text: str, seed: int, contrast: float = 0.025) -> Array:
    rng = np.random.default_rng(seed)
    broad = noise(rng, SIZE, 30)
    broad = np.concatenate([broad, broad[:, ::-1]], axis=1)
    return colour(text) * (1 + contrast * broad)[..., None]


def cut(texels: Array, keep: Array) -> Array:
    """RGBA: `keep` is positive where there is cloth, in decimetres."""
    return np.concatenate([texels, np.clip(keep * 30 + 0.5, 0, 1)[..., None]], axis=2)


def plain(text: str, seed: int, light: float = 1.0) -> Array:
    rng = np.random.default_rng(seed)
    fine = 1 + 0.02 * noise(rng, 128, 0.8)
    rgb = np.clip(colour(text) * light * fine[..., None], 0, 1)
    return np.concatenate([rgb, np.ones((128, 128, 1))], axis=2)


def ribbed(text: str) -> Array:
    stripe = 1 + 0.10 * np.sin(np.arange(256) / 256 * 2 * np.pi * 32)
    rgb = np.clip(colour(text) * np.tile(stripe, (32, 1))[..., None], 0, 1)
    return np.concatenate([rgb, np.ones((32, 256, 1))], axis=2)


def shirt(line: Neckline) -> Array:
    """Buttoned down the middle, the top button open."""
    about = line.person.about
    texels = woven(about.shirt_colour, about.seed)
    front = ~line.back
    placket = np.exp(-(((line.x - 0.13) / 0.008) ** 2)) * front
    texels = mixed(texels, 0.25 * placket, colour(about.shirt_colour) * 0.7)
    for y in np.arange(0.95, line.height, 0.42):
        button = np.clip((0.035 - np.hypot(line.x, line.y - y)) * 60, 0, 1) * front
        texels = mixed(texels, button, [0.93, 0.92, 0.90])
        ring = np.exp(-(((np.hypot(line.x, line.y - y) - 0.036) / 0.008) ** 2)) * front
        texels = mixed(texels, 0.4 * ring, [0.5, 0.5, 0.52])
    return cut(texels, -line.opening(0.78, 0.42))


def blouse(line: Neckline) -> Array:
    """A soft shell with a rounded V."""
    about = line.person.about
    texels = woven(about.shirt_colour, about.seed)
    hole = line.opening(1.25, 0.62)
    hem = np.exp(-(((hole + 0.05) / 0.010) ** 2))
    texels = mixed(texels, 0.30 * hem, colour(about.shirt_colour) * 0.65)
    return cut(texels, -hole)


def jacket(line: Neckline) -> Array:
    about = line.person.about
    texels = woven(about.cloth_colour, about.seed, 0.035)
    hole = line.opening(OPENING_DEPTH, OPENING_WIDTH)
    edge = np.exp(-((hole / 0.02) ** 2))
    texels = mixed(texels, 0.5 * edge, colour(about.cloth_colour) * 0.5)
    seam = np.exp(-(((line.x - 1.62 - 0.05 * line.y) / 0.012) ** 2)) * (line.y > 0.5)
    texels = mixed(texels, 0.45 * seam, colour(about.cloth_colour) * 0.45)
    return cut(texels, -hole)


def sweater(line: Neckline) -> Array:
    about = line.person.about
    texels = woven(about.cloth_colour, about.seed, 0.03)
    knit = 1 + 0.035 * np.sin(line.x * 150) * np.sin(line.y * 110)
    texels = texels * knit[..., None]
    seam = np.exp(-(((line.x - 1.62 - 0.05 * line.y) / 0.02) ** 2)) * (line.y > 0.5)
    texels = mixed(texels, 0.3 * seam, colour(about.cloth_colour) * 0.6)
    return cut(np.clip(texels, 0, 1), np.ones_like(line.x))
