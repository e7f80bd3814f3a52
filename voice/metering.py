"""What engines use up, told by whoever has used it to whoever pays for it.

An adapter calls ``used``; what runs in the context of a call, or of another ``metered`` block,
is counted there, and nowhere if nobody counts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Purpose = Literal["recognizer", "model", "synthesizer", "speech"]


@dataclass(frozen=True, slots=True)
class Use:
    """One request's share of what its provider charges for.

    ``cached_tokens`` are part of ``input_tokens``, likewise for audio. ``seconds`` are of audio
    that was heard (recognizer) or made (synthesizer), ``characters`` of text that was spoken.
    ``estimated``: the provider did not tell, as of a reply that was given up.
    """

    role: Purpose
    engine: str
    model: str = ""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    audio_input_tokens: int = 0
    cached_audio_tokens: int = 0
    audio_output_tokens: int = 0
    seconds: float = 0.0
    characters: int = 0
    estimated: bool = False


Meter = Callable[[Use], None]
_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


def used(use: Use) -> None:
    """Tell of ``use``; never fails."""
    if meter := _meter.get():
        meter(use)


@contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """Count with ``meter`` what is used in the block, and in the tasks that it starts."""
    token = _meter.set(meter)
    try:
        yield
    finally:
        _meter.reset(token)


def tokens(text: str) -> int:
    """About how many tokens a text has: a quarter of its letters, of Korean two thirds."""
    korean = sum("가" <= letter <= "힣" for letter in text)
    return round((len(text) - korean) / 4 + korean * 2 / 3)
