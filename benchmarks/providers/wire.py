"""What the endpoints share: the pieces of their wire formats."""

import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from voice.tests.wire.server import Request


def event(data: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def form(request: Request) -> dict[str, bytes]:
    """The fields of a multipart form; of several with one name the last."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    boundary = BytesParser(policy=HTTP).parsebytes(head).get_boundary()
    found: dict[str, bytes] = {}
    for part in request.body.split(f"--{boundary}".encode())[1:-1]:
        header, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        disposition = BytesParser(policy=HTTP).parsebytes(header + b"\r\n\r\n")
        name = disposition.get_param("name", header="content-disposition")
        found[str(name)] = body.removesuffix(b"\r\n")
    return found
