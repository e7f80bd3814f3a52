"""A provider's HTTP answer that is no success, told without its body."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from websockets.http11 import Response

from voice.errors import EngineError

QUOTA = frozenset(("insufficient_quota", "quota_exceeded"))
"""What providers call an account without credit; waiting does not help then."""
_UNAUTHORISED = frozenset(
    ("invalid_api_key", "authentication_error", "permission_error", "permission_denied")
)
_LIMITED = frozenset(("rate_limit_exceeded", "rate_limit_error", "too_many_requests"))
_UNAVAILABLE = frozenset(("server_error", "session_expired", "internal_error"))

LONGEST = 86_400.0
"""Seconds; who is asked to wait for longer was told by a clock that is wrong."""

BAD_ANSWERS = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What a library, or who reads what it gives, raises for an answer that is not in the provider's
format. Nobody may handle it but by ``malformed``: its traceback may quote the answer."""


def refused(
    engine: str, status: int, headers: Mapping[str, str], reason: object = None
) -> EngineError:
    """The error for ``status``: ``unauthorised``, ``quota``, ``rate_limited``, ``timeout``,
    ``unavailable``, ``not_found`` (a model that was retired) or ``rejected``. ``reason`` is the
    provider's own word for it, and ``headers`` a mapping whose keys ignore case.
    """
    if status == 402 or (isinstance(reason, str) and reason in QUOTA):
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


def told(engine: str, *words: object, otherwise: str = "rejected") -> EngineError:
    """The error for what OpenAI's format says of itself in ``words``, its ``code`` and ``type``;
    ``otherwise`` is the code for words that mean nothing to us."""
    said = {word for word in words if isinstance(word, str)}
    if said & QUOTA:
        return EngineError(engine, "quota")
    if said & _UNAUTHORISED:
        return EngineError(engine, "unauthorised")
    if said & _LIMITED:
        return EngineError(engine, "rate_limited", retryable=True)
    if "model_not_found" in said:
        return EngineError(engine, "not_found")
    code = "unavailable" if said & _UNAVAILABLE else otherwise
    return EngineError(engine, code, retryable=code == "unavailable")


def word(code: object) -> str:
    """A provider's ``code`` as it may be logged: one word, or none of it."""
    return code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,60}", code) else "unknown"


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
    except BAD_ANSWERS:
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of the ``Retry-After`` header, which holds seconds or a date (RFC 9110, 10.2.3);
    ``LONGEST`` at most.
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), LONGEST)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST)
