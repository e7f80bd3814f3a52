"""The site behind a port: one process on daphne or uvicorn, or several of them."""

from collections.abc import Callable
from importlib import import_module

from interview_site.serving.process import Serving


def serve_on(server: str) -> Callable[[Serving], None]:
    """What serves on ``daphne`` or ``uvicorn``; only that one is loaded."""
    found: Callable[[Serving], None] = import_module(f"interview_site.serving.{server}").serve
    return found
