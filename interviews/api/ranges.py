"""A file of which a client may take a part, as ``<audio>`` does to seek (RFC 9110, section 14)."""

import asyncio
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response
from werkzeug.http import parse_range_header

BLOCK = 64 * 1024


class AnyAccept(BaseContentNegotiation):
    """What is no JSON is sent whatever ``Accept`` says; its refusals are JSON."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def _part(path: Path, start: int, stop: int) -> Generator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(min(BLOCK, stop - file.tell())):
            yield block


async def _part_async(path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
    blocks = _part(path, start, stop)
    try:
        while block := await asyncio.to_thread(next, blocks, b""):
            yield block
    finally:
        blocks.close()


def file_response(
    request: HttpRequest, path: Path, headers: dict[str, str]
) -> HttpResponseBase | Response:
    """All of the file (200), the range that is asked for (206), or why not (416). Of several
    ranges none is taken, which the RFC allows. ``headers`` need a ``Content-Type``."""
    stat = path.stat()
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    headers = headers | {"Accept-Ranges": "bytes", "ETag": etag}
    asked = parse_range_header(request.headers.get("Range"))
    unchanged = request.headers.get("If-Range", etag) == etag
    start, stop, status = 0, stat.st_size, 200
    if asked and asked.units == "bytes" and len(asked.ranges) == 1 and unchanged:
        part = asked.range_for_length(stat.st_size)
        if part is None:
            refusal = {"detail": _("The file ends before that."), "code": "range"}
            size = {"Content-Range": f"bytes */{stat.st_size}"}
            return Response(refusal, status=416, headers=size)
        (start, stop), status = part, 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{stat.st_size}"
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    # A server that awaits would hold all of what it cannot await in memory.
    read = _part_async if isinstance(request, ASGIRequest) else _part
    return StreamingHttpResponse(read(path, start, stop), status=status, headers=headers)
