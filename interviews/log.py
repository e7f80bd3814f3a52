"""Which interview a log line belongs to."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

current_interview: ContextVar[str] = ContextVar("current_interview", default="-")
"""Set it once where a call begins; its tasks and their log lines inherit it."""


@contextmanager
def about(interview_id: uuid.UUID) -> Iterator[None]:
    """What is logged in the block belongs to that interview."""
    before = current_interview.set(str(interview_id))
    try:
        yield
    finally:
        current_interview.reset(before)


class InterviewFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.interview = current_interview.get()
        return True
