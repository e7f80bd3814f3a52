"""A provider's HTTP answer that is no success, told without its body."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from websockets.http11 import Response

from voice.errors import EngineError

QUOTA = frozenset(("insufficient_quota", "quota_exceeded"))
"""What providers call an account without credit; waiting does not help then."""


def refused(
    engine: str, status: int, headers: Mapping[str, str], reason: str | None = None
) -> EngineError:
    """The error for ``status``: ``unauthorised``, ``quota``, ``rate_limited``, ``timeout``,
    ``unavailable``, ``not_found`` (a model that was retired) or ``rejected``. ``reason`` is the
    provider's own word for it, and ``headers`` a mapping whose keys ignore case.
    """
    if status == 402 or reason in QUOTA:
        return EngineError(engine, "quota")
    if status in (401, 403):
        return EngineError(engine, "unauthorised")
    if status == 404:
        return EngineError(engine, "not_found")
    if status == 429:
        return EngineError(engine, "rate_limited", retryable=True, retry_after=retry_after(headers))
    if status in (408, 504):
        return EngineError(engine, "timeout", retryable=True)
    if status >= 500:
        wait = retry_after(headers)
        return EngineError(engine, "unavailable", retryable=True, retry_after=wait)
    return EngineError(engine, "rejected")


def refused_handshake(engine: str, response: Response) -> EngineError:
    """The error for a WebSocket that the provider, or something before it, did not open."""
    body = body_of(response)
    reason = None
    for name in ("error", "detail"):
        told = body.get(name) if isinstance(body, dict) else None
        if isinstance(told, dict):
            reason = reason or told.get("code") or told.get("status")
    return refused(engine, response.status_code, response.headers, reason)


def body_of(response: Response) -> object:
    """The JSON that a refused handshake holds; None: it holds none."""
    try:
        return json.loads(response.body or b"")
    except ValueError:
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of the ``Retry-After`` header, which holds seconds or a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
