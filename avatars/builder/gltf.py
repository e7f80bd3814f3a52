"""Writes glTF 2.0 binaries: sparse morph targets, embedded images, core features only."""

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from avatars.builder.base_mesh import Array, Faces

FLOAT, BYTE, SHORT, INT = 5126, 5121, 5123, 5125
VERTICES, INDICES = 34962, 34963
LEAST_OFFSET = 2e-5  # metres: smaller movements of a morph target cannot be seen


@dataclass
class Binary:
    """A glTF document under construction; lengths in metres."""

    copyright: str
    extras: dict[str, Any]
    data: bytearray = field(default_factory=bytearray)
    document: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, kind: str, **entry: Any) -> int:
        """Append to `meshes`, `nodes` and so on; returns the index."""
        entries = self.document.setdefault(kind, [])
        entries.append({name: value for name, value in entry.items() if value is not None})
        return len(entries) - 1

    def view(self, raw: bytes, target: int | None = None) -> int:
        self.data.extend(b"\0" * (-len(self.data) % 4))
        start = len(self.data)
        self.data.extend(raw)
        return self.add(
            "bufferViews", buffer=0, byteOffset=start, byteLength=len(raw), target=target
        )

    def accessor(
        self, values: np.ndarray, component: int, target: int | None = None, **more: Any
    ) -> int:
        kind = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}[
            1 if values.ndim == 1 else values.shape[1]
        ]
        dtype = {FLOAT: "<f4", BYTE: "u1", SHORT: "<u2", INT: "<u4"}[component]
        return self.add(
            "accessors",
            bufferView=self.view(np.ascontiguousarray(values, dtype).tobytes(), target),
            componentType=component,
            count=len(values),
            type=kind,
            **more,
        )

    def morph(self, offsets: Array) -> int:
        """A sparse accessor that names only the vertices that move."""
        moving = np.flatnonzero(np.abs(offsets).max(axis=1) > LEAST_OFFSET)
        if not len(moving):
            moving = np.array([0])
        values = offsets[moving].astype("<f4")
        floor, ceiling = np.minimum(values.min(0), 0), np.maximum(values.max(0), 0)
        return self.add(
            "accessors",
            componentType=FLOAT,
            count=len(offsets),
            type="VEC3",
            min=floor.tolist(),
            max=ceiling.tolist(),
            sparse={
                "count": len(moving),
                "indices": {
                    "bufferView": self.view(moving.astype("<u2").tobytes()),
                    "componentType": SHORT,
                },
                "values": {"bufferView": self.view(values.tobytes())},
            },
        )

    def texture(self, image: bytes, mime: str) -> int:
        if "samplers" not in self.document:
            self.add("samplers", wrapS=10497, wrapT=10497, magFilter=9729, minFilter=9987)
        source = self.add("images", bufferView=self.view(image), mimeType=mime)
        return self.add("textures", source=source, sampler=0)

    def mesh(
        self,
        name: str,
        points: Array,
        normals: Array,
        uv: Array,
        triangles: Faces,
        material: int,
        offsets: dict[str, Array] | None = None,
        shade: Array | None = None,
        joints: tuple[Array, Array] | None = None,
    ) -> int:
        """`shade` is linear RGB 0..1; `joints` are four indices and four weights a vertex."""
        at = {
            "POSITION": self.accessor(
                points,
                FLOAT,
                VERTICES,
                min=points.astype("f4").min(0).tolist(),
                max=points.astype("f4").max(0).tolist(),
            ),
            "NORMAL": self.accessor(normals, FLOAT, VERTICES),
            "TEXCOORD_0": self.accessor(uv, FLOAT, VERTICES),
        }
        if shade is not None:
            opaque = np.concatenate([np.clip(shade, 0, 1), np.ones((len(shade), 1))], axis=1)
            at["COLOR_0"] = self.accessor(np.round(opaque * 255), BYTE, VERTICES, normalized=True)
        if joints is not None:
            at["JOINTS_0"] = self.accessor(joints[0], BYTE, VERTICES)
            weights = np.round(joints[1] * 255)
            weights[:, 0] += 255 - weights.sum(axis=1)
            at["WEIGHTS_0"] = self.accessor(weights, BYTE, VERTICES, normalized=True)
        primitive: dict[str, Any] = {
            "attributes": at,
            "indices": self.accessor(triangles.reshape(-1), SHORT, INDICES),
            "material": material,
        }
        if not offsets:
            return self.add("meshes", name=name, primitives=[primitive])
        primitive["targets"] = [{"POSITION": self.morph(moved)} for moved in offsets.values()]
        return self.add(
            "meshes",
            name=name,
            primitives=[primitive],
            weights=[0] * len(offsets),
            extras={"targetNames": list(offsets)},
        )

    def write(self, path: Path, root: int) -> None:
        self.data.extend(b"\0" * (-len(self.data) % 4))
        document = {
            "asset": {
                "version": "2.0",
                "generator": "avatars.builder",
                "copyright": self.copyright,
                "extras": self.extras,
            },
            "scene": 0,
            "scenes": [{"nodes": [root]}],
            **self.document,
            "buffers": [{"byteLength": len(self.data)}],
        }
        text = json.dumps(document, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        with open(path, "wb") as file:
            file.write(struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(self.data)))
            file.write(struct.pack("<II", len(text), 0x4E4F534A) + text)
            file.write(struct.pack("<II", len(self.data), 0x004E4942) + bytes(self.data))
