"""Eyeballs with a painted iris, and lashes that grow from the lids."""

import numpy as np

from avatars.builder.base_mesh import Array
from avatars.builder.paint import colour, mixed, noise
from avatars.builder.person import Person
from avatars.builder.surface import Surface

SIZE = 256
IRIS, PUPIL = 0.47, 0.19  # as shares of the texture's radius, which spans PATCH of the ball
PATCH = 1.15  # radians from the pupil to the texture's rim
LASH_ROWS, LASH_COLUMNS = 3, 18


def ball(radius: float) -> Surface:
    """The visible front of an eyeball around the origin, looking along +z, with its cornea."""
    rings, spokes = 14, 24
    polar = np.linspace(0, 1, rings) ** 1.15 * 1.75
    turn = np.linspace(0, 2 * np.pi, spokes, endpoint=False)
    angle, around = np.meshgrid(polar, turn, indexing="ij")
    direction = np.stack(
        [np.sin(angle) * np.cos(around), np.sin(angle) * np.sin(around), np.cos(angle)], axis=2
    )
    cornea = 1 + 0.035 * np.exp(-((angle / 0.42) ** 4))
    points = (direction * cornea[..., None] * radius).reshape(-1, 3)
    reach = np.minimum(angle / PATCH, 1) * 0.5
    uv = np.stack([0.5 + reach * np.cos(around), 0.5 - reach * np.sin(around)], axis=2)
    ring, spoke = np.meshgrid(np.arange(rings - 1), np.arange(spokes), indexing="ij")
    here, there = ring * spokes + spoke, ring * spokes + (spoke + 1) % spokes
    faces = np.stack([here, here + spokes, there + spokes, there], axis=2).reshape(-1, 4)
    return Surface(points, faces, uv.reshape(-1, 2), normals=points / radius)


def painted_iris(person: Person) -> Array:
    """sRGB texels of the ball: veined white, limbal ring, fibres, pupil, a soft window in it."""
    rng = np.random.default_rng(person.about.seed)
    y, x = (np.mgrid[0:SIZE, 0:SIZE] + 0.5) / SIZE * 2 - 1
    radius, turn = np.hypot(x, y), np.arctan2(y, x)
    white = np.array([0.86, 0.84, 0.82]) * (1 - 0.22 * np.clip(radius - 0.5, 0, 1)[..., None])
    veins = np.clip(noise(rng, SIZE, 2) - 1.4, 0, 1) * np.clip(radius - 0.62, 0, 1)
    texels = mixed(white, 0.30 * veins, [0.75, 0.42, 0.38])
    fibres = np.zeros_like(radius)
    for count in (37, 61, 97):
        fibres += np.sin(turn * count + rng.uniform(0, 6) + 2 * np.sin(radius * 14 + turn * 3)) / 3
    depth = np.clip(radius / IRIS, 0, 1)
    hue = colour(person.about.iris)
    iris = hue * (0.80 + 0.22 * fibres + 0.55 * depth * (1 - depth))[..., None]
    iris = mixed(iris, 0.45 * np.exp(-(((depth - 0.50) / 0.14) ** 2)), hue * [1.5, 1.3, 1.0])
    iris = mixed(iris, 0.75 * np.clip((depth - 0.78) / 0.22, 0, 1), hue * 0.28)
    iris = iris * (0.72 + 0.38 * np.clip(y / IRIS + 0.35, 0, 1))[..., None]  # the upper lid's shade
    texels = mixed(texels, np.clip((IRIS - radius) * 28 + 0.5, 0, 1), iris)
    texels = mixed(texels, np.clip((PUPIL - radius) * 45 + 0.5, 0, 1), [0.015, 0.012, 0.012])
    window = np.exp(-(((x + 0.14) / 0.075) ** 4) - ((y + 0.11) / 0.085) ** 4)
    texels = mixed(texels, 0.92 * window, [1.0, 1.0, 1.0])
    glow = np.exp(-(((x - 0.13) / 0.10) ** 2) - ((y - 0.22) / 0.07) ** 2)
    return np.clip(mixed(texels, 0.16 * glow, [1.0, 0.98, 0.95]), 0, 1)


def lashes(person: Person) -> Surface:
    """Ribbons along all four lids; the texture's upper half is for upper lids."""
    pieces, offsets = [], []
    for side in ("Left", "Right"):
        for lid in ("upper", "lower"):
            piece, moved = _ribbon(person, side, lid)
            pieces.append(piece)
            offsets.append(moved)
    starts = np.cumsum([0] + [len(piece.points) for piece in pieces[:-1]])
    return Surface(
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate([piece.faces + start for piece, start in zip(pieces, starts, strict=True)]),
        np.concatenate([piece.uv for piece in pieces]),
        {name: np.concatenate([moved[name] for moved in offsets]) for name in person.offsets},
        normals=np.concatenate([np.asarray(piece.normals) for piece in pieces]),
    )


def _ribbon(person: Person, side: str, lid: str) -> tuple[Surface, dict[str, Array]]:
    centre, radius = person.eyes[side]
    helpers = [person.base.members(f"helper-{side[0].lower()}-eyelashes-{k}") for k in (1, 2)]
    helpers.sort(key=lambda members: person.points[members][:, 1].mean())
    members = helpers[lid == "upper"]
    hull = person.points[members]
    distance = np.linalg.norm(hull - centre, axis=1)
    order = np.linspace(hull[:, 0].min(), hull[:, 0].max(), LASH_COLUMNS)
    reach = (order[1] - order[0]) * 1.2
    root_vertices = []
    for x in order:
        cost = distance / radius + (np.abs(hull[:, 0] - x) / reach) ** 2
        weight = np.exp(-12 * (cost - cost.min()))
        root_vertices.append(weight / weight.sum())
    share = np.array(root_vertices)
    roots = share @ hull
    up = 1.0 if lid == "upper" else -1.0
    outward = (roots - centre) / np.linalg.norm(roots - centre, axis=1, keepdims=True)
    sign = 1.0 if side == "Left" else -1.0
    along = np.linspace(0, 1, LASH_COLUMNS) if side == "Left" else np.linspace(1, 0, LASH_COLUMNS)
    longest = (0.085 if lid == "upper" else 0.038) * (0.85 + 0.3 * person.about.make_up)
    length = longest * (0.55 + 0.45 * along) * np.minimum(1, 12 * (1.03 - along))
    fan = np.stack(
        [sign * (along - 0.35) * 0.7, np.zeros_like(along), np.zeros_like(along)], axis=1
    )
    rows = []
    for number in range(LASH_ROWS):
        part = number / (LASH_ROWS - 1)
        lift = up * np.array([0, 0.05 + 0.65 * part, 0])
        step = outward + lift + fan
        step /= np.linalg.norm(step, axis=1, keepdims=True)
        rows.append(roots + step * length[:, None] * part + outward * 0.022)
    points = np.concatenate(rows)
    band = 0.0 if lid == "upper" else 0.5
    uv = np.stack(
        [
            np.tile(along, LASH_ROWS),
            np.repeat(np.linspace(0.49, 0.01, LASH_ROWS), LASH_COLUMNS) + band,
        ],
        axis=1,
    )
    row, column = np.meshgrid(np.arange(LASH_ROWS - 1), np.arange(LASH_COLUMNS - 1), indexing="ij")
    here = (row * LASH_COLUMNS + column).reshape(-1)
    faces = np.stack([here, here + 1, here + LASH_COLUMNS + 1, here + LASH_COLUMNS], axis=1)
    moved = {}
    for name, offset in person.offsets.items():
        shift = np.tile(share @ offset[members], (LASH_ROWS, 1))
        if name == f"eyeBlink{side}" and lid == "upper":
            rise = np.repeat(np.linspace(0, 1, LASH_ROWS), LASH_COLUMNS)
            shift[:, 1] -= 1.5 * rise * np.tile(length, LASH_ROWS)
        moved[name] = shift
    return Surface(points, faces, uv, normals=np.tile(outward, (LASH_ROWS, 1))), moved


def painted_lashes(person: Person) -> Array:
    """RGBA texels: tapering hairs, upper lid's in the upper half, sparser below."""
    rng = np.random.default_rng(person.about.seed)
    wide, high = 512, 128
    x, y = np.arange(wide) + 0.5, (np.arange(high // 2) + 0.5) / (high // 2)
    alpha = np.zeros((high, wide))
    for top, count, width in ((0, 95, 1.9), (high // 2, 55, 1.4)):
        up = (1 - y)[:, None]
        for _ in range(count):
            root, lean = rng.uniform(4, wide - 4), rng.normal(0, 9)
            tall, strength = rng.uniform(0.6, 1.0), rng.uniform(0.7, 1.0)
            middle = root + lean * up**1.5
            thick = width * np.clip(1 - up / tall, 0, 1) ** 0.7 + 0.05
            hair = np.exp(-(((x[None] - middle) / thick) ** 2)) * (up < tall) * strength
            part = alpha[top : top + high // 2]
            np.maximum(part, hair, out=part)
        line = np.exp(-((up / 0.10) ** 2)) * (0.85 if top == 0 else 0.25)
        part = alpha[top : top + high // 2]
        np.maximum(part, line * np.clip(np.minimum(x, wide - x) / 40, 0, 1)[None], out=part)
    if not person.about.make_up:
        alpha *= 0.72
    rgb = np.ones((high, wide, 3)) * [0.055, 0.04, 0.035]
    return np.concatenate([rgb, alpha[..., None]], axis=2)
