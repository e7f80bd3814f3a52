"""A transcript as text, SubRip or WebVTT."""

from collections.abc import Callable, Iterator
from html import escape
from itertools import pairwise

from interviews.models import Alert, Interview, Utterance

SHORTEST_CUE_MS = 500
Cue = tuple[int, int, str, str, Alert | None]
"""Start and end in milliseconds, the speaker's name, the words, and what the guard found."""


def cues(interview: Interview) -> list[Cue]:
    """What was heard; one that has no end yet lasts until the next begins."""
    spoken = interview.utterances.select_related("alert")
    rows = [row for row in spoken if row.text_heard.strip()]
    names = {
        Utterance.Speaker.CANDIDATE: str(interview.candidate),
        Utterance.Speaker.INTERVIEWER: _interviewer(interview),
    }
    following: list[int | None] = [after.start_ms for _row, after in pairwise(rows)]
    found = []
    for row, next_start in zip(rows, [*following, None], strict=False):
        end = row.end_ms or next_start or 0
        words = " ".join(row.text_heard.split())
        speaker = names[Utterance.Speaker(row.speaker)]
        end = max(end, row.start_ms + SHORTEST_CUE_MS)
        found.append((row.start_ms, end, speaker, words, getattr(row, "alert", None)))
    return found


def _interviewer(interview: Interview) -> str:
    names = interview.snapshot["persona"]["name"]
    return names.get(interview.language) or names["en"]


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def _text(interview: Interview, alerts: bool) -> Iterator[str]:
    for start, _end, speaker, words, alert in cues(interview):
        found = f" [! {alert}, {alert.percent} %]" if alert and alerts else ""
        yield f"[{_clock(start, '.')[:-4]}] {speaker}: {words}{found}\n"


def _subrip(interview: Interview, alerts: bool) -> Iterator[str]:
    for number, (start, end, speaker, words, _alert) in enumerate(cues(interview), 1):
        span = f"{_clock(start, ',')} --> {_clock(end, ',')}"
        yield f"{number}\n{span}\n{speaker}: {words.replace('-->', '→')}\n\n"


def _webvtt(interview: Interview, alerts: bool) -> Iterator[str]:
    yield "WEBVTT\n\n"
    for start, end, speaker, words, _alert in cues(interview):
        span = f"{_clock(start, '.')} --> {_clock(end, '.')}"
        name = escape(speaker.replace("\n", " "), quote=False)
        yield f"{span}\n<v {name}>{escape(words, quote=False)}\n\n"


FORMATS: dict[str, tuple[str, Callable[[Interview, bool], Iterator[str]]]] = {
    "txt": ("text/plain; charset=utf-8", _text),
    "srt": ("application/x-subrip; charset=utf-8", _subrip),
    "vtt": ("text/vtt; charset=utf-8", _webvtt),
}
"""Each writes an interview; the text for people also with the guard's alerts, where asked to."""
