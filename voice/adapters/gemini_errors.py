"""What Google's API refuses, told without its words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from google.genai.errors import APIError

from voice.adapters.refusal import refused
from voice.errors import EngineError


def refusal(engine: str, error: APIError) -> EngineError:
    """The error for an answer that is no success. A bad key comes as 400, a used-up day or an
    account without credit as 429 like any other limit: the details tell them apart.
    """
    details = list(_details(error.details))
    reasons = {detail.get("reason") for detail in details}
    if "API_KEY_INVALID" in reasons:
        return EngineError(engine, "unauthorised")
    quotas = [
        str(violation.get("quotaId"))
        for detail in details
        for violation in detail.get("violations") or ()
        if isinstance(violation, dict)
    ]
    if any("PerDay" in quota for quota in quotas):
        return EngineError(engine, "quota")
    headers = dict(getattr(error.response, "headers", None) or {})
    for detail in details:
        if match := re.fullmatch(r"(\d+)(?:\.\d+)?s", str(detail.get("retryDelay", ""))):
            headers["retry-after"] = match[1]
    status = error.code if isinstance(error.code, int) else 500
    return refused(engine, status, httpx.Headers(headers))


def _details(body: Any) -> Iterator[Mapping[str, Any]]:
    error = body.get("error") if isinstance(body, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict):
            yield detail
