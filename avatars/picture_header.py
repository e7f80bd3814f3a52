"""Reads how large an embedded picture is from its own header, without decoding it."""

import struct


def picture_size(raw: bytes, mime: object) -> tuple[int, int] | None:
    """Width and height; None unless `raw` is what `mime` says and its header is whole."""
    if mime == "image/png" and raw.startswith(b"\x89PNG\r\n\x1a\n") and len(raw) >= 24:
        wide, high = struct.unpack_from(">II", raw, 16)
        return wide, high
    if mime == "image/jpeg" and raw.startswith(b"\xff\xd8"):
        return _jpeg_size(raw)
    if mime == "image/webp" and raw[:4] == b"RIFF" and raw[8:12] == b"WEBP" and len(raw) >= 30:
        return _webp_size(raw)
    return None


def _jpeg_size(raw: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        marker, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            high, wide = struct.unpack_from(">HH", raw, at + 5)
            return wide, high
        at += 2 + max(length, 2)
    return None


def _webp_size(raw: bytes) -> tuple[int, int] | None:
    kind = raw[12:16]
    if kind == b"VP8X":
        return (int.from_bytes(raw[24:27], "little") + 1, int.from_bytes(raw[27:30], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        wide, high = struct.unpack_from("<HH", raw, 26)
        return wide & 0x3FFF, high & 0x3FFF
    return None
