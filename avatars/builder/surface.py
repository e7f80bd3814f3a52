"""A piece of mesh with everything that must stay aligned with its vertices."""

from dataclasses import dataclass, field, replace

import numpy as np

from avatars.builder.base_mesh import Array, Faces


@dataclass
class Surface:
    """`faces` are quads (a triangle repeats its last corner); `uv` has its origin at the top left.

    `offsets` are morph targets by name, each shaped like `points`; `shade` is a linear RGB
    factor per vertex.
    """

    points: Array
    faces: Faces
    uv: Array
    offsets: dict[str, Array] = field(default_factory=dict)
    shade: Array | None = None
    normals: Array | None = None

    def triangles(self) -> Faces:
        both = np.concatenate([self.faces[:, [0, 1, 2]], self.faces[:, [0, 2, 3]]])
        a, b, c = both.T
        return both[(a != b) & (b != c) & (a != c)]

    def select(self, keep: np.ndarray) -> "Surface":
        """Only the faces of the boolean mask, and the vertices that they use."""
        used, flat = np.unique(self.faces[keep], return_inverse=True)
        return replace(
            self,
            points=self.points[used],
            faces=flat.reshape(-1, 4),
            uv=self.uv[used],
            offsets={name: moved[used] for name, moved in self.offsets.items()},
            shade=None if self.shade is None else self.shade[used],
            normals=None if self.normals is None else self.normals[used],
        )

    def subdivided(self) -> "Surface":
        """One Catmull-Clark step; every attribute goes through the same weights."""
        width = 5 + 3 * len(self.offsets)
        values = np.concatenate([self.points, self.uv, *self.offsets.values()], axis=1)
        faces, count = self.faces, len(self.points)
        edges = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2), axis=2)
        unique, edge_of = np.unique(edges.reshape(-1, 2), axis=0, return_inverse=True)
        edge_of = edge_of.reshape(-1, 4)
        face_values = values[faces].mean(1)
        middle = values[unique].mean(1)
        touching = np.bincount(edge_of.ravel(), minlength=len(unique))
        beside = np.zeros((len(unique), width))
        np.add.at(beside, edge_of.ravel(), np.repeat(face_values, 4, axis=0))
        inner = touching == 2
        edge_values = middle.copy()
        edge_values[inner] = middle[inner] / 2 + beside[inner] / 4
        faces_at = np.bincount(faces.ravel(), minlength=count)[:, None]
        face_sum = np.zeros((count, width))
        np.add.at(face_sum, faces.ravel(), np.repeat(face_values, 4, axis=0))
        edge_sum, edges_at = np.zeros((count, width)), np.zeros((count, 1))
        border_sum, borders = np.zeros((count, width)), np.zeros((count, 1))
        for side in (0, 1):
            np.add.at(edge_sum, unique[:, side], middle)
            np.add.at(edges_at, unique[:, side], 1)
            np.add.at(border_sum, unique[~inner, side], middle[~inner])
            np.add.at(borders, unique[~inner, side], 1)
        smooth = (
            face_sum / faces_at + 2 * edge_sum / edges_at + (faces_at - 3) * values
        ) / faces_at
        with np.errstate(invalid="ignore"):
            rim = 0.5 * values + 0.5 * border_sum / borders
        corners = np.where(borders > 0, rim, smooth)
        everything = np.concatenate([corners, face_values, edge_values])
        centre = count + np.arange(len(faces))
        edge = count + len(faces) + edge_of
        quads = [
            np.stack([faces[:, k], edge[:, k], centre, edge[:, k - 1]], axis=1) for k in range(4)
        ]
        moved = {name: everything[:, 5 + 3 * k : 8 + 3 * k] for k, name in enumerate(self.offsets)}
        return Surface(everything[:, :3], np.concatenate(quads), everything[:, 3:5], moved)


def vertex_normals(points: Array, triangles: Faces, same: Faces | None = None) -> Array:
    """Unit normals, weighted by area. `same` names vertices that were split along a UV seam."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    which = triangles if same is None else same[triangles]
    total = np.zeros((which.max(initial=0) + 1 if same is not None else len(points), 3))
    for k in range(3):
        np.add.at(total, which[:, k], across)
    if same is not None:
        total = total[same]
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)


def joined(pieces: list[Surface]) -> Surface:
    """One surface of many without morph targets; all of them carry the same attributes."""
    starts = np.cumsum([0] + [len(piece.points) for piece in pieces[:-1]])
    shades = [piece.shade for piece in pieces if piece.shade is not None]
    normals = [piece.normals for piece in pieces if piece.normals is not None]
    return Surface(
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate([piece.faces + start for piece, start in zip(pieces, starts, strict=True)]),
        np.concatenate([piece.uv for piece in pieces]),
        shade=np.concatenate(shades) if shades else None,
        normals=np.concatenate(normals) if normals else None,
    )
