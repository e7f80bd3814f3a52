"""Which interview a log line belongs to."""

import logging
from contextvars import ContextVar

current_interview: ContextVar[str] = ContextVar("current_interview", default="-")
"""Set it once where a call begins; its tasks and their log lines inherit it."""


class InterviewFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.interview = current_interview.get()
        return True
