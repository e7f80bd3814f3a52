"""What one turn of an interview shows to the client that had it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.answers import SpokenAnswer

STAGES = ("endpoint", "stt", "llm_first_token", "tts_first_audio", "total")


@dataclass(frozen=True, slots=True)
class MeasuredTurn:
    """Seconds; ``voice_to_voice`` is the client's, ``stages`` are the server's own account."""

    answer: SpokenAnswer
    voice_to_voice: float
    stages: dict[str, float | None]
    understood: str
    reply: str
    first_subtitle: float | None
    """From the begin of the answer to its first partial subtitle."""
    subtitle_gaps: list[float]
    """Between each partial subtitle that came while the answer lasted and the next subtitle."""
    cut_off: bool
    """A reply was begun before the answer was over."""
    early_final: bool
    """The transcript was called final before the answer was over."""

    @property
    def phrased(self) -> bool:
        """The language model was asked for the reply."""
        return self.stages["llm_first_token"] is not None


def measured(
    answer: SpokenAnswer,
    messages: Sequence[tuple[float, dict[str, Any]]],
    began: float,
    ended: float,
    first_sound: float,
) -> MeasuredTurn:
    """Read one turn out of what arrived, each with its time."""

    def times(type_: str, **fields: Any) -> list[float]:
        return [
            at
            for at, message in messages
            if at > began and message["type"] == type_ and fields.items() <= message.items()
        ]

    completed = [m for at, m in messages if m["type"] == "turn_complete" and at > first_sound]
    subtitles = times("user_transcript")
    partial = [at for at in times("user_transcript", is_final=False) if at < ended]
    following = [min((a for a in subtitles if a > at), default=None) for at in partial]
    latency = completed[-1]["latency"]
    return MeasuredTurn(
        answer=answer,
        voice_to_voice=first_sound - ended,
        stages={
            stage: None if latency[f"{stage}_ms"] is None else latency[f"{stage}_ms"] / 1000
            for stage in STAGES
        },
        understood=completed[-1]["user_text"],
        reply=completed[-1]["ai_text"],
        first_subtitle=partial[0] - began if partial else None,
        subtitle_gaps=[
            later - at for at, later in zip(partial, following, strict=True) if later is not None
        ],
        cut_off=any(at < ended for at in times("ai_audio_start")),
        early_final=any(at < ended for at in times("user_transcript", is_final=True)),
    )
