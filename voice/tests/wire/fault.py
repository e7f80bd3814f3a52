"""A provider's bad days."""

from enum import StrEnum, auto

SECRET = "a body that quotes the candidate"
"""Stands in every refusal's body, and must not come out of an adapter."""


class Fault(StrEnum):
    UNAUTHORISED = auto()
    FORBIDDEN = auto()
    RATE_LIMITED = auto()
    RATE_LIMITED_FOR_A_MINUTE = auto()
    OUT_OF_CREDIT = auto()
    BROKEN = auto()
    SLOW_TO_START = auto()
    STALLED = auto()
    DROPPED = auto()
    MALFORMED = auto()
    EMPTY = auto()


STATUS = {
    Fault.UNAUTHORISED: 401,
    Fault.FORBIDDEN: 403,
    Fault.RATE_LIMITED: 429,
    Fault.RATE_LIMITED_FOR_A_MINUTE: 429,
    Fault.OUT_OF_CREDIT: 429,
    Fault.BROKEN: 500,
}
CODE = {
    Fault.UNAUTHORISED: ("unauthorised", False),
    Fault.FORBIDDEN: ("unauthorised", False),
    Fault.RATE_LIMITED: ("rate_limited", True),
    Fault.RATE_LIMITED_FOR_A_MINUTE: ("rate_limited", True),
    Fault.OUT_OF_CREDIT: ("quota", False),
    Fault.BROKEN: ("unavailable", True),
    Fault.SLOW_TO_START: ("timeout", True),
    Fault.STALLED: ("timeout", True),
    Fault.DROPPED: ("unavailable", True),
    Fault.MALFORMED: ("malformed", True),
    Fault.EMPTY: ("empty", True),
}
"""What an adapter must make of each: ``EngineError.code`` and ``.retryable``."""
