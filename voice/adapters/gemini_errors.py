"""What Google's API refuses, told without its words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from google.genai.errors import APIError

from voice.adapters.refusal import refused
from voice.errors import EngineError


def refusal(engine: str, error: APIError) -> EngineError:
    """The error for an answer that is no success. A bad key comes as 400, a used-up day or an
    account without credit as 429 like any other limit: the details tell them apart.
    """
    details = list(_details(error.details))
    reasons = [detail.get("reason") for detail in details]
    if "API_KEY_INVALID" in reasons:
        return EngineError(engine, "unauthorised")
    quotas = [
        str(violation.get("quotaId"))
        for detail in details
        for violation in _dicts(detail.get("violations"))
    ]
    if any("PerDay" in quota for quota in quotas):
        return EngineError(engine, "quota")
    given = getattr(error.response, "headers", None) or {}
    headers = {name.lower(): value for name, value in given.items()}
    for detail in details:
        if match := re.fullmatch(r"(\d+)(?:\.\d+)?s", str(detail.get("retryDelay", ""))):
            headers["retry-after"] = match[1]
    status = error.code if isinstance(error.code, int) else 500
    return refused(engine, status, headers)


def _details(body: Any) -> Iterator[Mapping[str, Any]]:
    error = body.get("error") if isinstance(body, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    yield from _dicts(details)


def _dicts(values: object) -> Iterator[Mapping[str, Any]]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict):
            yield value
