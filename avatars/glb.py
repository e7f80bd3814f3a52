"""Checks an uploaded avatar: a self-contained glTF 2.0 binary that can move its lips.

Nothing here decodes geometry or pictures; it reads the headers and keeps every range in bounds, so
that a hostile file costs the server little and the browser nothing unexpected.
"""

import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from avatars.mouth_shapes import ARKIT, OCULUS
from avatars.picture_header import picture_size

MOST_BYTES = 20 * 1024 * 1024
MOST_JSON_BYTES = 2 * 1024 * 1024
MOST_JSON_DEPTH = 24
MOST_ENTRIES = 5_000  # nodes, accessors, buffer views and so on, each
MOST_TRIANGLES = 150_000
MOST_MORPHS = 200
MOST_IMAGES = 24
MOST_IMAGE_SIDE = 4096
MOST_IMAGE_BYTES = 8 * 1024 * 1024

ARKIT_NEEDED = frozenset({"jawOpen", "mouthFunnel", "mouthPucker", "mouthClose"})
ARKIT_LEAST = 30
OCULUS_LEAST = 14  # some exporters leave out the silent one

COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
TRIANGLES, STRIP, FAN = 4, 5, 6
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
UNREADABLE = frozenset(
    {"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_texture_basisu"}
)


class InvalidHead(ValueError):
    """Says in one English sentence what is wrong with the file."""


@dataclass(frozen=True)
class Head:
    """What a valid file holds. `lips` is "arkit" or "oculus"; ARKit is preferred."""

    triangles: int
    morphs: frozenset[str]
    lips: str
    size: int


def validate(data: bytes) -> Head:
    """Raises InvalidHead unless `data` is a head that the room can show and let speak."""
    document, binary = _chunks(data)
    views = _views(document, len(binary))
    counts = _accessors(document, views)
    _images(document, views, binary)
    triangles = 0
    morphs: set[str] = set()
    speaking: set[str] = set()
    for mesh in _entries(document, "meshes"):
        names = _morph_names(mesh)
        for primitive in _entries(mesh, "primitives"):
            triangles += _triangles(primitive, counts, len(names))
        morphs |= names
        speaking = max(speaking, names & (ARKIT | OCULUS), key=len)
    if triangles > MOST_TRIANGLES:
        raise InvalidHead(f"The head has {triangles} triangles; at most {MOST_TRIANGLES} may be.")
    return Head(triangles, frozenset(morphs), _lips(speaking), len(data))


def _chunks(data: bytes) -> tuple[dict[str, Any], bytes]:
    if len(data) > MOST_BYTES:
        raise InvalidHead(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    if len(data) < 20 or data[:4] != b"glTF":
        raise InvalidHead("This is not a GLB file (a binary glTF).")
    version, length = struct.unpack_from("<II", data, 4)
    if version != 2:
        raise InvalidHead(f"This is glTF version {version}; version 2 is needed.")
    if length != len(data):
        raise InvalidHead(f"The file says that it has {length} bytes, but it has {len(data)}.")
    chunks = []
    at = 12
    while at < len(data):
        if at + 8 > len(data):
            raise InvalidHead("The file ends within a chunk's header.")
        size, kind = struct.unpack_from("<II", data, at)
        if size > len(data) - at - 8:
            raise InvalidHead("A chunk reaches beyond the end of the file.")
        if size % 4:
            raise InvalidHead("A chunk's length is not a multiple of four.")
        chunks.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
    if chunks[0][0] != JSON_CHUNK:
        raise InvalidHead("The first chunk is not the JSON chunk.")
    if len(chunks[0][1]) > MOST_JSON_BYTES:
        raise InvalidHead("The JSON chunk is too large.")
    if len(chunks) < 2 or chunks[1][0] != BINARY_CHUNK:
        raise InvalidHead("The file holds no binary chunk: everything has to be embedded.")
    return _document(chunks[0][1]), chunks[1][1]


def _document(raw: bytes) -> dict[str, Any]:
    depth = deepest = 0
    # Outside of strings only: a bracket in a name does not nest.
    for bracket in re.findall(rb"[\[\]{}]", re.sub(rb'"(?:[^"\\]|\\.)*+"', b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    if deepest > MOST_JSON_DEPTH:
        raise InvalidHead("The JSON chunk is nested too deeply.")
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise InvalidHead("The JSON chunk cannot be read.") from error
    if not isinstance(document, dict):
        raise InvalidHead("The JSON chunk is not an object.")
    asset = document.get("asset")
    if not isinstance(asset, dict) or not str(asset.get("version", "")).startswith("2."):
        raise InvalidHead("The file does not declare glTF version 2.")
    required = document.get("extensionsRequired", [])
    if not isinstance(required, list) or UNREADABLE & {str(name) for name in required}:
        raise InvalidHead("Compressed meshes and textures (Draco, Meshopt, Basis) cannot be shown.")
    for value in _everything(document):
        if isinstance(value, dict) and "uri" in value:
            raise InvalidHead("The file refers to something outside of itself.")
    return document


def _everything(value: Any) -> Iterator[Any]:
    yield value
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, (dict, list)):
        for child in children:
            yield from _everything(child)


def _entries(parent: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = parent.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidHead(f"“{name}” is not a list of objects.")
    if len(entries) > MOST_ENTRIES:
        raise InvalidHead(f"There are too many {name}.")
    return entries


def _number(entry: dict[str, Any], name: str, default: int | None = None) -> int:
    value = entry.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise InvalidHead(f"“{name}” is not a sensible number.")
    return value


def _at(entries: list[Any], entry: dict[str, Any], name: str) -> Any:
    index = _number(entry, name)
    if index >= len(entries):
        raise InvalidHead(f"“{name}” points to something that does not exist.")
    return entries[index]


@dataclass(frozen=True)
class View:
    start: int
    length: int
    stride: int


def _views(document: dict[str, Any], available: int) -> list[View]:
    buffers = _entries(document, "buffers")
    if len(buffers) != 1 or _number(buffers[0], "byteLength") > available:
        raise InvalidHead("There has to be one buffer, and all of it within the file.")
    views = []
    for entry in _entries(document, "bufferViews"):
        _at(buffers, entry, "buffer")
        start, length = _number(entry, "byteOffset", 0), _number(entry, "byteLength")
        if start + length > available:
            raise InvalidHead("A buffer view reaches beyond the buffer.")
        views.append(View(start, length, _number(entry, "byteStride", 0)))
    return views


def _accessors(document: dict[str, Any], views: list[View]) -> list[int]:
    """The count of every accessor, after checking that its data are there."""
    counts = []
    for entry in _entries(document, "accessors"):
        count = _number(entry, "count")
        size = _element_bytes(entry)
        if "bufferView" in entry:
            _fits(_at(views, entry, "bufferView"), _number(entry, "byteOffset", 0), count, size)
        sparse = entry.get("sparse")
        if sparse is not None:
            _sparse(sparse, views, count, size)
        if count > MOST_TRIANGLES * 3:
            raise InvalidHead(f"An accessor has {count} elements, which is too many.")
        counts.append(count)
    return counts


def _element_bytes(entry: dict[str, Any]) -> int:
    component, kind = entry.get("componentType"), entry.get("type")
    if not isinstance(component, int) or not isinstance(kind, str):
        raise InvalidHead("An accessor does not say what it holds.")
    if component not in COMPONENT_BYTES or kind not in COMPONENTS:
        raise InvalidHead("An accessor holds something that glTF does not know.")
    return COMPONENT_BYTES[component] * COMPONENTS[kind]


def _fits(view: View, offset: int, count: int, size: int) -> None:
    if count and offset + (view.stride or size) * (count - 1) + size > view.length:
        raise InvalidHead("An accessor reaches beyond its buffer view.")


def _sparse(sparse: Any, views: list[View], count: int, size: int) -> None:
    if not isinstance(sparse, dict):
        raise InvalidHead("“sparse” is not an object.")
    indices, values = sparse.get("indices"), sparse.get("values")
    if not isinstance(indices, dict) or not isinstance(values, dict):
        raise InvalidHead("A sparse accessor lacks its indices or values.")
    changed = _number(sparse, "count")
    if changed > count:
        raise InvalidHead("A sparse accessor changes more elements than it has.")
    width = _element_bytes({**indices, "type": "SCALAR"})
    _fits(_at(views, indices, "bufferView"), _number(indices, "byteOffset", 0), changed, width)
    _fits(_at(views, values, "bufferView"), _number(values, "byteOffset", 0), changed, size)


def _triangles(primitive: dict[str, Any], counts: list[int], morphs: int) -> int:
    attributes = primitive.get("attributes")
    if not isinstance(attributes, dict) or "POSITION" not in attributes:
        raise InvalidHead("A mesh has no positions.")
    points = _at(counts, attributes, "POSITION")
    for target in _entries(primitive, "targets"):
        if "POSITION" in target and _at(counts, target, "POSITION") != points:
            raise InvalidHead("A morph target does not fit its mesh.")
    if len(_entries(primitive, "targets")) < morphs:
        raise InvalidHead("A mesh names more morph targets than it has.")
    corners = _at(counts, primitive, "indices") if "indices" in primitive else points
    mode = _number(primitive, "mode", TRIANGLES)
    if mode == TRIANGLES:
        return corners // 3
    return max(corners - 2, 0) if mode in (STRIP, FAN) else 0


def _morph_names(mesh: dict[str, Any]) -> set[str]:
    extras = mesh.get("extras")
    names = extras.get("targetNames", []) if isinstance(extras, dict) else []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidHead("“targetNames” is not a list of names.")
    if len(names) > MOST_MORPHS:
        raise InvalidHead(f"A mesh has more than {MOST_MORPHS} morph targets.")
    return set(names)


def _lips(morphs: set[str]) -> str:
    if len(morphs & ARKIT) >= ARKIT_LEAST and morphs >= ARKIT_NEEDED:
        return "arkit"
    if len(morphs & OCULUS) >= OCULUS_LEAST:
        return "oculus"
    raise InvalidHead(
        f"The head cannot speak: it has {len(morphs & ARKIT)} of the 52 ARKit blend shapes and "
        f"{len(morphs & OCULUS)} of the 15 Oculus visemes, named in “extras.targetNames”."
    )


def _images(document: dict[str, Any], views: list[View], binary: bytes) -> None:
    images = _entries(document, "images")
    if len(images) > MOST_IMAGES:
        raise InvalidHead(f"There are more than {MOST_IMAGES} pictures.")
    for entry in images:
        view = _at(views, entry, "bufferView")
        if view.length > MOST_IMAGE_BYTES:
            raise InvalidHead("A picture is too large.")
        raw = binary[view.start : view.start + view.length]
        size = picture_size(raw, entry.get("mimeType"))
        if size is None:
            raise InvalidHead("A picture is neither PNG, JPEG nor WebP, or not what it says.")
        wide, high = size
        if not (0 < wide <= MOST_IMAGE_SIDE and 0 < high <= MOST_IMAGE_SIDE):
            raise InvalidHead(
                f"A picture measures {wide} by {high}; {MOST_IMAGE_SIDE} is the most."
            )
