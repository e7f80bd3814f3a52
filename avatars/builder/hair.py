"""Hair as ribbons of painted strands, grown from the scalp along a style's flow."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from avatars.builder.base_mesh import Array
from avatars.builder.hair_flow import Landmarks, Lock, Style
from avatars.builder.hair_styles import STYLES
from avatars.builder.paint import colour, linear, noise, png
from avatars.builder.person import Person
from avatars.builder.surface import Surface, joined, vertex_normals

if TYPE_CHECKING:
    from avatars.builder.head import Builder

COLUMNS = 4  # of the strand texture, from nearly solid to single hairs


@dataclass
class Hair:
    person: Person
    style: Style
    marks: Landmarks
    parts: list[Surface] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    _material: int | None = None

    def cover(self, points: Array) -> Array:
        """0..1: how much hair grows at points of the skin."""
        return self.style.cover(self.marks, points)

    def tinted(self, piece: Surface, sky: Array) -> Array:
        """Linear RGB a vertex: every ribbon's own tone, darkened by the hair around it."""
        base = linear(colour(self.person.about.hair_colour))
        tone = np.ones((len(piece.points), 1)) if piece.shade is None else piece.shade
        light = np.clip(sky[:, None], 0.05, 1) ** 0.8
        return np.clip(base * tone * light * 1.35, 0, 1)

    def material(self, builder: "Builder") -> int:
        if self._material is None:
            image = png(painted_strands(self.person, self.style.coarse), colours=64)
            self._material = builder.material(
                "Hair",
                image,
                "image/png",
                roughness=self.style.roughness,
                alphaMode="MASK",
                alphaCutoff=0.38,
                doubleSided=True,
            )
        return self._material


def style(person: Person) -> Hair:
    marks = landmarks(person)
    chosen = STYLES[person.about.hair]
    hair = Hair(person, chosen, marks)
    rng = np.random.default_rng(person.about.seed + 11)
    ribbons = [ribbon for lock in chosen.locks for ribbon in _grow(hair, lock, rng)]
    if ribbons:
        hair.parts.append(joined(ribbons))
        hair.names.append("Hair")
    return hair


def landmarks(person: Person) -> Landmarks:
    base = person.base
    eye, _ = person.eyes["Left"]
    ears = person.points[person.masked_vertices("ears")]
    ear = ears[ears[:, 0] > 0]
    skin = np.flatnonzero(base.groups == "body")
    centres = person.points[base.faces[skin]].mean(axis=1)
    skin = skin[(centres[:, 1] > eye[1] - 2.3) & (np.abs(centres[:, 0]) < 2.3)]
    plain = ~np.isin(base.faces[skin], person.masked_vertices("ears")).any(axis=1)
    scalp = person.welded(skin[plain]).subdivided()
    away = np.abs(scalp.points) - np.abs(ear.mean(axis=0))
    scalp = scalp.select((np.linalg.norm(away, axis=1) > 0.24)[scalp.faces].all(axis=1))
    normals = vertex_normals(scalp.points, scalp.triangles())
    radial = scalp.points - [0, eye[1] + 0.1, ear[:, 2].mean() + 0.1]
    radial /= np.linalg.norm(radial, axis=1, keepdims=True)
    skull = np.clip((scalp.points[:, 1] - eye[1] + 0.75) / 0.3, 0, 0.75)[:, None]
    skull = skull * np.clip((ear[:, 2].mean() + 0.75 - scalp.points[:, 2]) / 0.2, 0, 1)[:, None]
    normals = normals * (1 - skull) + radial * skull
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    top = scalp.points[:, 1].max()
    return Landmarks(
        eye=eye,
        ear=ear.mean(axis=0),
        top=float(top),
        neck=person.joint("neck"),
        mouth=person.mouth,
        scalp=scalp.points,
        normals=normals,
        tree=cKDTree(scalp.points),
    )


def _grow(hair: Hair, lock: Lock, rng: np.random.Generator) -> list[Surface]:
    """March all ribbons of a lock in step; the head pushes them out, the style leads them."""
    marks, chosen = hair.marks, hair.style
    cover = chosen.cover(marks, marks.scalp) * lock.where(marks, marks.scalp)
    area = marks.spacing**2 * (cover > 0.35)
    if area.sum() == 0:
        return []
    roots = _scattered(rng, marks.scalp, area, lock.count)
    place, normal = marks.scalp[roots].copy(), marks.normals[roots].copy()
    lengths = lock.length(marks, place) * rng.uniform(1 - lock.uneven, 1, len(roots))
    seeds = rng.standard_normal((len(roots), 3))
    path, facing, ahead = [place], [normal], lock.flow(marks, place, normal, 0.0, seeds)
    start = place.copy()
    for step in range(1, lock.segments + 1):
        along = step / lock.segments
        wish = lock.flow(marks, place, normal, along, seeds)
        ahead = ahead * lock.stiff + wish * (1 - lock.stiff)
        ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
        place = place + ahead * (lengths / lock.segments)[:, None]
        distance, nearest = marks.tree.query(place, k=14)
        share = 1 / (distance + 0.06) ** 2
        share /= share.sum(axis=1, keepdims=True)
        ground = (marks.scalp[nearest] * share[..., None]).sum(axis=1)
        normal = (marks.normals[nearest] * share[..., None]).sum(axis=1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        height = ((place - ground) * normal).sum(axis=1)
        wanted = lock.lift(along) * lock.swell(marks, start) + 0.018 * seeds[:, 0] * along
        shoulders = np.clip((marks.neck[1] + 0.25 - place[:, 1]) / 0.4, 0, 1)
        wanted = np.maximum(np.maximum(wanted, 0.012), 0.21 * shoulders)
        push = np.where(height < wanted, wanted - height, 0)
        hold = lock.hold * (height > wanted) * (wanted - height)
        place = place + normal * (push + hold)[:, None]
        path.append(place)
        facing.append(normal)
    return [_ribbons(lock, np.stack(path, 1), np.stack(facing, 1), rng)]


def _scattered(rng: np.random.Generator, points: Array, weight: Array, count: int) -> np.ndarray:
    """Indices spread more evenly than chance: the best of several candidates, one by one."""
    pool = rng.choice(len(points), size=count * 6, p=weight / weight.sum())
    kept = [pool[0]]
    nearest = np.linalg.norm(points[pool] - points[pool[0]], axis=1)
    for _ in range(count - 1):
        at = int(nearest.argmax())
        kept.append(pool[at])
        nearest = np.minimum(nearest, np.linalg.norm(points[pool] - points[pool[at]], axis=1))
    return np.array(kept)


def _ribbons(lock: Lock, path: Array, facing: Array, rng: np.random.Generator) -> Surface:
    count, rows = path.shape[:2]
    ahead = np.gradient(path, axis=1)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=2, keepdims=True), 1e-9)
    side = np.cross(ahead, facing)
    side /= np.maximum(np.linalg.norm(side, axis=2, keepdims=True), 1e-9)
    along = np.linspace(0, 1, rows)
    wide = lock.width * np.interp(along, [0, 0.15, 0.7, 1], [0.7, 1, 1, lock.taper])
    wide = wide[None] * rng.uniform(0.75, 1.25, (count, 1))
    tilt = rng.normal(0, lock.tilt, (count, 1, 1))
    across = side + facing * tilt
    left = path - across * wide[..., None] / 2
    right = path + across * wide[..., None] / 2
    points = np.stack([left, right], axis=2).reshape(-1, 3)
    bulge = 0.35 * side
    normals = np.stack([facing - bulge, facing + bulge], axis=2)
    normals += rng.normal(0, 0.10, (count, 1, 1, 3))
    normals = normals.reshape(-1, 3)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    column = rng.choice(lock.columns, count)
    flip = rng.random(count) < 0.5
    u = np.stack([np.where(flip, 0.96, 0.04), np.where(flip, 0.04, 0.96)], axis=1)
    u = (column[:, None] + u) / COLUMNS
    u = np.repeat(u[:, None], rows, axis=1)
    v = np.broadcast_to(along[None, :, None] * 0.98 + 0.01, u.shape)
    uv = np.stack([u, v], axis=3).reshape(-1, 2)
    tone = rng.normal(1, lock.variety, (count, 1)) * np.interp(along, [0, 0.25, 1], [0.72, 1, 1.08])
    shade = np.repeat(np.clip(tone, 0.4, 2.5)[..., None], 2, axis=2).reshape(-1, 1)
    first = (np.arange(count)[:, None] * rows + np.arange(rows - 1)[None]).reshape(-1) * 2
    faces = np.stack([first, first + 1, first + 3, first + 2], axis=1)
    return Surface(points, faces, uv, shade=shade, normals=normals)


def painted_strands(person: Person, coarse: float) -> Array:
    """RGBA texels: four columns of strands from root (top) to tip; tones around white."""
    rng = np.random.default_rng(person.about.seed + 3)
    size, wide = 512, 512 // COLUMNS
    alpha, tone = np.zeros((size, size)), np.full((size, size), 0.55)
    v = (np.arange(size) + 0.5) / size
    x = np.arange(wide) + 0.5
    for column, (count, thick, edge) in enumerate(
        [(190, 2.8, 3), (90, 2.3, 6), (40, 2.0, 8), (14, 1.8, 12)]
    ):
        part, hue = np.zeros((size, wide)), np.full((size, wide), 0.5)
        for _ in range(count):
            root = rng.uniform(edge, wide - edge)
            sway = rng.normal(0, 5 * coarse) * v**2 + rng.normal(0, 3) * np.sin(v * 5 + root)
            middle = root + sway + (wide / 2 - root) * 0.25 * v**3
            start = rng.uniform(0, 0.10)
            end = rng.uniform(0.72, 1.0) if column else rng.uniform(0.84, 1.0)
            body = thick * np.clip((end - v) * 9, 0, 1) ** 0.6 * np.clip((v - start) * 18, 0, 1)
            strand = np.clip(body[:, None] / 2 - np.abs(x[None] - middle[:, None]) + 0.5, 0, 1)
            bright = np.clip(rng.normal(0.78, 0.17), 0.35, 1.15)
            if rng.random() < person.about.grey:
                bright = rng.uniform(1.1, 1.5)
            round_ = 1 - 0.35 * ((x[None] - middle[:, None]) / np.maximum(body[:, None], 0.5)) ** 2
            over = strand > 0.5
            hue = np.where(over, bright * np.clip(round_, 0.5, 1), hue)
            part = np.maximum(part, strand)
        alpha[:, column * wide : (column + 1) * wide] = part
        tone[:, column * wide : (column + 1) * wide] = hue
    tone = tone * (1 + 0.05 * noise(rng, size, 2))
    rgb = np.clip(tone[..., None] * [0.83, 0.83, 0.83], 0, 1).repeat(1, axis=2)
    return np.concatenate([rgb, alpha[..., None]], axis=2)
