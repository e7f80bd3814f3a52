"""Uploaded heads: the shipped ones pass, anything broken or hostile is refused by name."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatars import glb
from avatars.mouth_shapes import ARKIT, OCULUS

HEADS = sorted((Path(__file__).parent.parent / "heads").glob("*.glb"))
DATA = HEADS[0].read_bytes()
JSON_END = 20 + struct.unpack_from("<I", DATA, 12)[0]

Change = Callable[[dict[str, Any]], object]


def packed(document: dict[str, Any], binary: bytes | None = None) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = DATA[JSON_END:] if binary is None else binary
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
    return head + struct.pack("<II", len(text), glb.JSON_CHUNK) + text + rest


def changed(change: Change) -> bytes:
    document = json.loads(DATA[20:JSON_END])
    change(document)
    return packed(document)


def head_mesh(document: dict[str, Any]) -> dict[str, Any]:
    return next(mesh for mesh in document["meshes"] if mesh["name"] == "Head")


@pytest.mark.parametrize("path", HEADS, ids=lambda path: path.stem)
def test_shipped_head_is_valid_and_light(path: Path) -> None:
    head = glb.validate(path.read_bytes())
    assert head.lips == "arkit"
    assert head.morphs == ARKIT
    assert head.triangles <= 27_000
    assert head.size <= 2_600_000


@pytest.mark.parametrize("path", HEADS, ids=lambda path: path.stem)
def test_shipped_head_has_the_nodes_that_the_room_moves(path: Path) -> None:
    data = path.read_bytes()
    document = json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])
    names = {node["name"] for node in document["nodes"]}
    assert {"Avatar", "Head", "HeadJoint", "NeckJoint", "EyeLeft", "EyeRight"} <= names
    assert {"Teeth", "Tongue", "Brows", "Lashes"} <= names
    assert path.with_suffix(".webp").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["images"][0].update(uri="https://example.org/a.png"), "outside"),
        (lambda d: d["buffers"][0].update(uri="data:,"), "outside"),
        (lambda d: [mesh.pop("extras", None) for mesh in d["meshes"]], "cannot speak"),
        (lambda d: head_mesh(d)["primitives"][0]["targets"].pop(), "more morph targets"),
        (lambda d: d["accessors"][0].update(count=2**40), "sensible number"),
        (lambda d: d["accessors"][0].update(count=10**6), "beyond its buffer view"),
        (
            lambda d: d["accessors"].append(
                {"count": 10**8, "componentType": 5126, "type": "VEC3"}
            ),
            "too many",
        ),
        (lambda d: d["bufferViews"][0].update(byteOffset=10**8), "beyond the buffer"),
        (lambda d: d["bufferViews"][0].update(byteOffset=-4), "sensible number"),
        (lambda d: d.update(buffers=[]), "one buffer"),
        (lambda d: d["images"][0].update(mimeType="image/svg+xml"), "neither PNG"),
        (lambda d: d["images"][0].update(mimeType="image/webp"), "neither PNG"),
        (lambda d: d["images"][0].update(bufferView=10**6), "does not exist"),
        (lambda d: d["asset"].update(version="1.0"), "version 2"),
        (lambda d: d.update(extensionsRequired=["KHR_draco_mesh_compression"]), "Draco"),
        (lambda d: d.update(nodes={}, meshes="none"), "not a list"),
        (lambda d: d.update(meshes=d["meshes"] * 40), "triangles"),
        (lambda d: d.update(meshes=[{}] * 6000), "too many"),
        (lambda d: d.update(images=d["images"] * 30), "pictures"),
    ],
)
def test_broken_document_is_refused(change: Change, message: str) -> None:
    with pytest.raises(glb.InvalidHead, match=message):
        glb.validate(changed(change))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a GLB"),
        (b"PK\x03\x04" + DATA[4:], "not a GLB"),
        (DATA[:4] + struct.pack("<I", 1) + DATA[8:], "version 1"),
        (DATA[:-1], "but it has"),
        (DATA[:8] + struct.pack("<I", 20) + DATA[12:20], "beyond the end"),
        (DATA[:8] + struct.pack("<I", JSON_END) + DATA[12:JSON_END], "no binary chunk"),
        (DATA + b"\0" * glb.MOST_BYTES, "larger than"),
        (packed({"asset": {"version": "2.0"}, "x": [[[[]]]] * 3}, b""), "no binary chunk"),
    ],
)
def test_broken_container_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(glb.InvalidHead, match=message):
        glb.validate(data)


def test_nesting_is_measured_before_parsing() -> None:
    deep = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    deep += b" " * (-len(deep) % 4)
    data = struct.pack("<II", len(deep), glb.JSON_CHUNK) + deep + DATA[JSON_END:]
    with pytest.raises(glb.InvalidHead, match="deeply"):
        glb.validate(struct.pack("<4sII", b"glTF", 2, 12 + len(data)) + data)


def test_oversized_picture_is_refused_by_its_own_header() -> None:
    document = json.loads(DATA[20:JSON_END])
    image = next(image for image in document["images"] if image["mimeType"] == "image/png")
    at = JSON_END + 8 + document["bufferViews"][image["bufferView"]]["byteOffset"] + 16
    with pytest.raises(glb.InvalidHead, match="measures 60000 by"):
        glb.validate(DATA[:at] + struct.pack(">I", 60_000) + DATA[at + 4 :])


def test_oculus_visemes_will_do() -> None:
    def rename(document: dict[str, Any]) -> None:
        for mesh in document["meshes"]:
            mesh.pop("extras", None)
        head_mesh(document)["extras"] = {"targetNames": sorted(OCULUS)}

    assert glb.validate(changed(rename)).lips == "oculus"


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_noise_is_refused_and_never_crashes(noise: bytes) -> None:
    for data in (noise, b"glTF" + noise, packed({"asset": {"version": "2.0"}}, noise)):
        with pytest.raises(glb.InvalidHead):
            glb.validate(data)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_any_value_anywhere_is_judged_not_crashed_on(data: st.DataObject) -> None:
    document = json.loads(DATA[20:JSON_END])
    place: Any = document
    for _ in range(data.draw(st.integers(1, 5))):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], (dict, list)) or not place[key]:
            break
        parent, place = place, place[key]
    else:
        place = parent
    place[key] = data.draw(JSON_VALUES)
    try:
        assert glb.validate(packed(document)).lips in ("arkit", "oculus")
    except glb.InvalidHead as refusal:
        assert str(refusal)
