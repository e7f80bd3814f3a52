"""What comes next in an interview: code decides, from the clock, the questions and the answers.

Pure: no ORM, no I/O. It reads the plain-JSON snapshot that an interview was created with, so a
guide that is edited later does not change an interview under way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from interviews.conversation.moves import Intent, Move, MoveKind, Progress
from interviews.conversation.questions import Question

FAREWELL_SECONDS = 25.0
"""What the goodbye needs; nothing is asked with less than this left."""
REMINDER_SECONDS = 120.0
PROBE_SECONDS = 40.0
"""What a probe and its answer are expected to take."""
SHARE_NEEDED = 0.5
"""A question is only begun with at least this share of its time left."""


class Guide:
    """The questions of one interview and the rule that leads through them."""

    def __init__(self, questions: Sequence[Question]) -> None:
        if not questions:
            raise ValueError("a guide needs at least one question")
        self.questions = {question.slug: question for question in questions}
        self._closing = [question for question in questions if question.kind == "closing"]
        self._ordered = [question for question in questions if question.kind != "closing"]

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any]) -> "Guide":
        return cls([Question.from_snapshot(data) for data in snapshot["guide"]["questions"]])

    def opening(self) -> Move:
        first = (self._ordered or self._closing)[0]
        return Move(MoveKind.GREET, first.slug)

    def next(
        self,
        progress: Progress,
        *,
        intent: Intent,
        missing: Sequence[str],
        now: float,
        remaining: float,
    ) -> Move:
        """The move after an answer that left ``missing`` open: keys of expected points, and parts
        of a story as ``star:result``."""
        reminds = remaining <= REMINDER_SECONDS and not progress.reminded
        if remaining <= FAREWELL_SECONDS or progress.farewell:
            return Move(MoveKind.FAREWELL, reason="time_up", intent=intent)
        if progress.current is None:
            first = self.opening()
            return Move(MoveKind.ASK, first.question) if progress.greeted else first
        current = self.questions[progress.current]
        if intent is Intent.REPEAT:
            return Move(MoveKind.REPEAT, current.slug, self._last_probe(progress), intent)
        if intent is Intent.TIME:
            return Move(MoveKind.WAIT, current.slug, intent=intent)
        if intent is Intent.ANSWER:
            probe = self._probe(progress, current, missing, now, remaining)
            if probe is not None:
                return Move(MoveKind.PROBE, current.slug, probe, reminds=reminds)
        following = self._following(progress, remaining)
        if following is None:
            return Move(MoveKind.FAREWELL, reason="finished", intent=intent)
        return Move(MoveKind.ASK, following.slug, intent=intent, reminds=reminds)

    def possible(self, progress: Progress, *, now: float, remaining: float) -> list[Move]:
        """The moves that the next answer may lead to, likeliest first."""
        if progress.current is None or progress.farewell:
            return []
        current = self.questions[progress.current]
        missing = [aim for probe in current.probes for aim in probe.aims]
        following = self._following(progress, remaining)
        moves = [
            Move(MoveKind.ASK, following.slug)
            if following
            else Move(MoveKind.FAREWELL, reason="finished")
        ]
        used = progress.probes.get(current.slug, [])
        if self._probe(progress, current, missing, now, remaining) is not None:
            moves += [
                Move(MoveKind.PROBE, current.slug, index)
                for index in range(len(current.probes))
                if index not in used
            ]
        return moves

    def _probe(
        self,
        progress: Progress,
        current: Question,
        missing: Sequence[str],
        now: float,
        remaining: float,
    ) -> int | None:
        used = progress.probes.get(current.slug, [])
        if len(used) >= current.max_probes:
            return None
        if now - progress.asked_at > 1.5 * current.seconds:
            return None
        if remaining - PROBE_SECONDS < self._reserved(progress):
            return None
        for index, probe in enumerate(current.probes):
            if index not in used and (probe.aims & set(missing) if probe.aims else not used):
                return index
        return None

    def _reserved(self, progress: Progress) -> float:
        """Seconds that the questions still to come need at least."""
        ahead = [q for q in (*self._ordered, *self._closing) if q.slug not in progress.asked]
        return FAREWELL_SECONDS + sum(SHARE_NEEDED * question.seconds for question in ahead)

    def _following(self, progress: Progress, remaining: float) -> Question | None:
        left = remaining - FAREWELL_SECONDS
        closing = next((q for q in self._closing if q.slug not in progress.asked), None)
        reserve = SHARE_NEEDED * closing.seconds if closing else 0.0
        for question in self._ordered:
            if question.slug not in progress.asked:
                if left - reserve >= SHARE_NEEDED * question.seconds:
                    return question
                break
        if closing and left >= SHARE_NEEDED * closing.seconds:
            return closing
        return None

    @staticmethod
    def _last_probe(progress: Progress) -> int | None:
        used = progress.probes.get(progress.current or "", [])
        return used[-1] if used else None
