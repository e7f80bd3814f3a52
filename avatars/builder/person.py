"""Who is to be built, and the base mesh shaped after that description."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from avatars.builder.base_mesh import Array, BaseMesh
from avatars.builder.surface import Surface

YOUNG, OLD = 25, 90  # the ages that MakeHuman's macro targets were modelled at


@dataclass(frozen=True)
class Description:
    """Colours are sRGB hex. `details` are targets under `mpfb2/targets` with their weights.

    A detail's `{side}` stands for both `l` and `r`. `rest` are face units baked into the
    resting face, so that every morph starts from a friendly one.
    """

    slug: str
    male: float
    age: int
    origins: dict[str, float]
    skin: str
    lips: str
    iris: str
    hair: str
    hair_colour: str
    clothes: str
    cloth_colour: str
    shirt_colour: str = "#f1f1f3"
    weight: float = 0.0
    details: dict[str, float] = field(default_factory=dict)
    rest: dict[str, float] = field(default_factory=dict)
    brow_colour: str = "#2a1d17"
    brow_thickness: float = 0.05
    brow_density: float = 1.0
    brow_arch: float = 0.05
    brow_height: float = 0.0
    grey: float = 0.0
    stubble: float = 0.0
    make_up: float = 0.0
    glasses: str = ""
    seed: int = 1


@dataclass(frozen=True)
class Person:
    """A shaped mesh; lengths in decimetres."""

    base: BaseMesh
    about: Description

    @cached_property
    def points(self) -> Array:
        about, base = self.about, self.base
        old = max(0.0, (about.age - YOUNG) / (OLD - YOUNG))
        heaviness = "maxweight" if about.weight > 0 else "minweight"
        shaped = base.vertices.copy()
        for sex, share in (("male", about.male), ("female", 1 - about.male)):
            for age, part in (("old", old), ("young", 1 - old)):
                if share * part == 0:
                    continue
                macro = f"macrodetails/universal-{sex}-{age}-averagemuscle-"
                extra = abs(about.weight)
                shaped += share * part * (1 - extra) * base.target(macro + "averageweight")
                if extra:
                    shaped += share * part * extra * base.target(macro + heaviness)
                for origin, amount in about.origins.items():
                    name = f"macrodetails/{origin}-{sex}-{age}"
                    shaped += share * part * amount * base.target(name)
        for name, amount in about.details.items():
            for side in "lr" if "{side}" in name else "-":
                shaped += amount * base.target(name.format(side=side))
        for name, amount in about.rest.items():
            shaped += amount * base.face_units[name]
        return self._clear_of_eyes(shaped, shaped)

    @cached_property
    def offsets(self) -> dict[str, Array]:
        """The face units as they act on this face; the lids slide over the eyeballs."""
        moved = {}
        for name, offset in self.base.face_units.items():
            resting = offset * (1 - self.about.rest.get(name, 0) * 0.5)
            if name.startswith("eye"):
                resting = self._clear_of_eyes(self.points + resting, self.points) - self.points
            moved[name] = resting
        return moved

    def joint(self, name: str) -> Array:
        return self.points[self.base.members(f"joint-{name}")].mean(axis=0)

    @cached_property
    def eyes(self) -> dict[str, tuple[Array, float]]:
        """Centre and radius by side."""
        return {side: self._eye(self.points, side[0].lower()) for side in ("Left", "Right")}

    @cached_property
    def mouth(self) -> Array:
        return self.points[self.lip_vertices].mean(axis=0)

    @cached_property
    def lip_vertices(self) -> np.ndarray:
        return self.masked_vertices("lips")

    def masked_vertices(self, name: str) -> np.ndarray:
        mask = self.base.mask(name)
        skin = self.base.groups == "body"
        at = self.base.texture_coordinates[self.base.texture_faces[skin]].reshape(-1, 2)
        high, wide = mask.shape
        row = np.clip(((1 - at[:, 1]) * high).astype(int), 0, high - 1)
        column = np.clip((at[:, 0] * wide).astype(int), 0, wide - 1)
        return np.unique(self.base.faces[skin].reshape(-1)[mask[row, column] > 0.5])

    def _eye(self, points: Array, letter: str) -> tuple[Array, float]:
        ball = points[self.base.members(f"helper-{letter}-eye")]
        floor, ceiling = ball.min(0), ball.max(0)
        radius = float((ceiling - floor)[:2].mean() / 2)
        return (floor + ceiling) / 2, radius

    def _clear_of_eyes(self, moved: Array, resting: Array) -> Array:
        """Push lids that would sink into an eyeball out to just above it."""
        result = moved.copy()
        eyelids = self.masked_vertices("eyelids")
        for letter in "lr":
            centre, radius = self._eye(resting, letter)
            away = moved[eyelids] - centre
            distance = np.linalg.norm(away, axis=1)
            near = (distance < radius * 1.06) & (away[:, 2] > 0.2 * radius)
            push = radius * 1.06 / np.maximum(distance[near], 1e-6)
            result[eyelids[near]] = centre + away[near] * push[:, None]
        return result

    def surface(self, faces: np.ndarray) -> Surface:
        """The chosen faces with MakeHuman's UV and all face units; seams split the vertices."""
        corners = np.stack(
            [self.base.faces[faces].reshape(-1), self.base.texture_faces[faces].reshape(-1)], axis=1
        )
        pairs, flat = np.unique(corners, axis=0, return_inverse=True)
        vertices = pairs[:, 0]
        uv = self.base.texture_coordinates[pairs[:, 1]] * [1, -1] + [0, 1]
        moved = {name: offset[vertices] for name, offset in self.offsets.items()}
        return Surface(self.points[vertices], flat.reshape(-1, 4), uv, moved)

    def welded(self, faces: np.ndarray) -> Surface:
        """The chosen faces without UV seams and without face units, for hair and clothes."""
        vertices, flat = np.unique(self.base.faces[faces], return_inverse=True)
        nothing = np.zeros((len(vertices), 2))
        return Surface(self.points[vertices], flat.reshape(-1, 4), nothing)
