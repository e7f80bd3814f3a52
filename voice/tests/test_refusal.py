from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from google.genai.errors import APIError
from websockets.datastructures import Headers
from websockets.http11 import Response

from voice.adapters.gemini_errors import refusal
from voice.adapters.refusal import LONGEST, refused, refused_handshake, retry_after, told, word

NESTED = b"[" * 50_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("9" * 400, LONGEST),
        ("Wed, 21 Oct 2077 07:28:00 GMT", LONGEST),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Mon, 32 Foo 2020", None),
        ("soon", None),
        ("", None),
    ],
)
def test_how_long_a_provider_asks_to_be_left_alone(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_a_date_to_wait_for() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=9), usegmt=True)
    assert retry_after({"retry-after": later}) == pytest.approx(540, abs=60)


@pytest.mark.parametrize("reason", [None, ["quota_exceeded"], {"code": 1}, 7])
def test_a_reason_of_any_kind(reason: object) -> None:
    assert refused("engine", 429, {}, reason).code == "rate_limited"


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b'{"error": {"code": ["x"]}}', NESTED])
def test_a_handshake_that_is_refused_in_any_words(body: bytes) -> None:
    answer = Response(403, "", Headers(), body)
    assert refused_handshake("engine", answer).code == "unauthorised"


@pytest.mark.parametrize(
    "details",
    [
        None,
        {"a": 1},
        [1, None],
        [{"reason": ["x"], "violations": 1, "retryDelay": {"a": 1}}],
        [{"violations": [1, {"quotaId": None}]}],
    ],
)
def test_details_of_any_kind(details: object) -> None:
    error = APIError(429, {"error": {"code": 429, "details": details}})
    assert refusal("engine", error).code == "rate_limited"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("session_expired", "invalid_request_error"), "unavailable"),
        ((None, "authentication_error"), "unauthorised"),
        (("model_not_found",), "not_found"),
        ((["insufficient_quota"], 7), "rejected"),
        ((), "rejected"),
    ],
)
def test_what_a_provider_says_of_itself(words: tuple[object, ...], code: str) -> None:
    assert told("engine", *words).code == code


def test_a_code_is_logged_only_if_it_is_one() -> None:
    assert word("item_not_found") == "item_not_found"
    assert word("You said: I wrote the cache.") == word(7) == word(None) == "unknown"
