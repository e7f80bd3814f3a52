"""Puts one person together and writes it as a GLB."""

from pathlib import Path
from typing import Any

import numpy as np

from avatars.builder import brows, clothes, eyes, glasses, hair, mouth, occlusion, paint, skin
from avatars.builder.base_mesh import Array, BaseMesh
from avatars.builder.gltf import Binary
from avatars.builder.person import Description, Person
from avatars.builder.surface import Surface, vertex_normals

METRE = 0.1  # a decimetre of MakeHuman's in glTF's metres
NOTICE = "CC0-1.0. MakeHuman and MPFB base mesh and targets; ARKit face units by Mika Suominen"


class Builder:
    """`Avatar` > `NeckJoint` > `HeadJoint` > everything that turns with the head."""

    def __init__(self, base: BaseMesh, about: Description) -> None:
        self.person = Person(base, about)
        self.binary = Binary(NOTICE, {"licence": "CC0-1.0", "slug": about.slug})
        self.neck = self.person.joint("neck") + [0, 0.05, 0.05]
        self.pivot = self.person.joint("head") + [0, -0.25, 0]
        self.with_head: list[int] = []
        self.with_body: list[int] = []

    def write(self, path: Path) -> None:
        person, about = self.person, self.person.about
        surface, original = skin.head_surface(person)
        same = np.unique(np.round(surface.points, 5), axis=0, return_inverse=True)[1].reshape(-1)
        surface.normals = vertex_normals(surface.points, surface.triangles(), same)
        for centre, radius in person.eyes.values():  # a lid's fold must not stay dark when it shuts
            away = surface.points - centre
            distance = np.linalg.norm(away, axis=1, keepdims=True)
            share = 0.75 * np.exp(-((distance / radius / 1.75) ** 6)) * (away[:, 1:2] > -0.02)
            surface.normals = surface.normals * (1 - share) + away / distance * share
        surface.normals /= np.linalg.norm(surface.normals, axis=1, keepdims=True)
        locks = hair.style(person)
        garments = clothes.wear(person)
        targets = [(surface.points, surface.normals)]
        targets += [(piece.points, piece.normals) for piece in [*locks.parts, *garments.parts]]
        occluders = [(surface, 1.0)]
        occluders += [(piece, 0.5) for piece in locks.parts]
        occluders += [(piece, share) for piece, share in garments.occluders()]
        light, *rest = occlusion.sky(targets, occluders)
        for centre, radius in person.eyes.values():  # lids leave the brow's shadow when they close
            near = np.linalg.norm(surface.points - centre, axis=1) / radius
            light = np.maximum(light, 0.85 * np.exp(-((near / 2.2) ** 6)))
        texels = skin.painted(
            person, surface, original, skin.Atlas.of(surface), locks.cover(surface.points), light
        )
        material = self.material("Skin", paint.jpeg(texels, 90), "image/jpeg", roughness=0.56)
        head = self.add("Head", surface, material, self.with_body, joints=self.weights(surface))
        pearl = self.material(
            "Eye", paint.png(eyes.painted_iris(person)), "image/png", roughness=0.18
        )
        for side, (centre, radius) in person.eyes.items():
            self.add(f"Eye{side}", eyes.ball(radius * 0.995), pearl, self.with_head, place=centre)
        for name, piece, part in mouth.parts(person):
            self.add(name, piece, self.plain(name, part), self.with_head)
        image = paint.png(brows.painted_brow(person))
        self.add(
            "Brows", brows.brows(person, surface), self.blended("Brows", image), self.with_head
        )
        image = paint.png(eyes.painted_lashes(person))
        self.add("Lashes", eyes.lashes(person), self.blended("Lashes", image), self.with_head)
        for name, piece, sky in zip(locks.names, locks.parts, rest, strict=False):
            piece.shade = locks.tinted(piece, sky)
            self.add(name, piece, locks.material(self), self.with_head)
        for name, piece, sky in zip(
            garments.names, garments.parts, rest[len(locks.parts) :], strict=True
        ):
            piece.shade = np.repeat(np.clip(sky, 0, 1)[:, None] ** 0.8, 3, axis=1)
            self.add(name, piece, garments.material(self, name), self.with_body)
        if about.glasses:
            for name, piece, material in glasses.wear(person, self):
                self.add(name, piece, material, self.with_head)
        self.finish(head, path)

    def weights(self, surface: Surface) -> tuple[Array, Array]:
        """Chest, neck and head joint of every vertex: the head turns, the collar stays."""
        low, high = self.neck[1] - 0.35, self.pivot[1] + 0.10
        part = (surface.points[:, 1] - low - 0.45 * (0.4 - surface.points[:, 2])) / (high - low)
        rise = np.clip(part, 0, 1)
        head = np.clip(rise * 1.7 - 0.7, 0, 1)
        head = head * head * (3 - 2 * head)
        neck = np.clip(rise * 1.7, 0, 1) * (1 - head)
        joints = np.tile([0, 1, 2, 0], (len(rise), 1))
        return joints, np.stack([1 - neck - head, neck, head, np.zeros_like(rise)], axis=1)

    def add(
        self,
        name: str,
        piece: Surface,
        material: int,
        under: list[int],
        place: Array | None = None,
        joints: tuple[Array, Array] | None = None,
    ) -> int:
        """A mesh and its node; points are in MakeHuman's space unless `place` is their origin."""
        triangles = piece.triangles()
        normals = piece.normals
        if normals is None:
            normals = vertex_normals(piece.points, triangles)
        origin = self.pivot if under is self.with_head else self.neck
        points = piece.points if place is not None else piece.points - origin
        offsets = {
            key: moved * METRE for key, moved in piece.offsets.items() if np.abs(moved).max() > 2e-4
        }
        if name == "Head":
            offsets = {key: moved * METRE for key, moved in piece.offsets.items()}
        mesh = self.binary.mesh(
            name,
            points * METRE,
            normals,
            piece.uv,
            triangles,
            material,
            offsets,
            piece.shade,
            joints,
        )
        translation = None if place is None else ((place - origin) * METRE).tolist()
        node = self.binary.add(
            "nodes", name=name, mesh=mesh, translation=translation, skin=0 if joints else None
        )
        under.append(node)
        return node

    def material(self, name: str, image: bytes | None, mime: str, **more: object) -> int:
        """A dielectric; `roughness`, `factor` and glTF's own material properties in `more`."""
        surface: dict[str, object] = {
            "metallicFactor": 0,
            "roughnessFactor": more.pop("roughness", 0.8),
            "baseColorFactor": more.pop("factor", [1, 1, 1, 1]),
        }
        if image is not None:
            surface["baseColorTexture"] = {"index": self.binary.texture(image, mime)}
        return self.binary.add("materials", name=name, pbrMetallicRoughness=surface, **more)

    def plain(self, name: str, part: dict[str, Any]) -> int:
        return self.material(name, part.pop("image"), "image/jpeg", **part)

    def blended(self, name: str, image: bytes) -> int:
        return self.material(
            name, image, "image/png", roughness=0.9, alphaMode="BLEND", doubleSided=True
        )

    def cloth(self, name: str, texels: Array) -> int:
        """Opaque cloth as JPEG; cloth with holes as PNG with a cut-off."""
        if texels[..., 3].min() >= 1:
            return self.material(
                name, paint.jpeg(texels[..., :3]), "image/jpeg", roughness=0.9, doubleSided=True
            )
        image = paint.png(texels)
        cut = {"alphaMode": "MASK", "alphaCutoff": 0.5, "doubleSided": True}
        return self.material(name, image, "image/png", roughness=0.9, **cut)

    def finish(self, head: int, path: Path) -> None:
        binary = self.binary
        step = ((self.pivot - self.neck) * METRE).tolist()
        head_joint = binary.add(
            "nodes", name="HeadJoint", translation=step, children=self.with_head
        )
        neck_joint = binary.add("nodes", name="NeckJoint", children=[head_joint])
        chest = binary.add("nodes", name="ChestJoint")
        moved = np.tile(np.eye(4).reshape(-1), (3, 1))
        moved[2, 12:15] = -np.array(step)
        binary.add(
            "skins",
            name="Neck",
            joints=[chest, neck_joint, head_joint],
            inverseBindMatrices=binary.accessor(moved, 5126),
        )
        children = [chest, neck_joint, *self.with_body]
        extras = {"licence": NOTICE}
        root = binary.add("nodes", name="Avatar", children=children, extras=extras)
        binary.write(path, root)
