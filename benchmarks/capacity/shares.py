"""Of the delay that a caller sees, what is the server's own; and what a call costs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.capacity.crowd import Turn
from benchmarks.figures import percentile
from benchmarks.providers.latencies import Latencies

LIMIT = 0.1
"""Seconds that the own share may reach at the 95th percentile."""
FIRST_CLAUSE = 5
"""Tokens of "You mentioned <word>.", with which every reply begins."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The critical path of a design: seconds from the end of speech that no server can save.

    It asks for the words after a ``pause`` and has them ``recognising`` later; a reply may not
    begin before the silence asked for. ``again`` is the silence after which a turn that was judged
    unfinished is ended.
    """

    latencies: Latencies
    pause: float
    recognising: float
    again: float | None = None

    @property
    def path(self) -> float:
        return self.pause + self.recognising + self._reply

    @property
    def _reply(self) -> float:
        clause = FIRST_CLAUSE / self.latencies.tokens_per_second
        return self.latencies.first_token + clause + self.latencies.first_sound

    def ideal(self, turn: Turn, longest_asked: float | None) -> float:
        """What ``turn`` would have taken a server of no weight. The silence asked for is the
        server's own account, but no longer than it was when the machine was idle: a turn model
        that answers late is the server's share.
        """
        if turn.asked is not None:
            asked = min(turn.asked, longest_asked if longest_asked is not None else turn.asked)
            return max(asked, self.path)
        if self.again is not None and turn.voice_to_voice >= self.again + self._reply:
            return self.again + self._reply
        return self.path


def own_shares(
    turns: Sequence[Turn], engines: Engines, asked_when_idle: dict[int, float] | None = None
) -> list[float]:
    """Seconds for each turn; ``asked_when_idle``: the longest silence asked for, by answer."""
    idle = asked_when_idle or {}
    return [turn.voice_to_voice - engines.ideal(turn, idle.get(turn.answer)) for turn in turns]


def longest_asked(turns: Sequence[Turn]) -> dict[int, float]:
    """By answer."""
    found: dict[int, float] = {}
    for turn in turns:
        if turn.asked is not None:
            found[turn.answer] = max(found.get(turn.answer, 0.0), turn.asked)
    return found


@dataclass(frozen=True, slots=True)
class Level:
    """So many callers at once, for so many seconds. Times in seconds, memory in MiB.

    ``cpu`` and ``memory`` are the server's for one call-minute, and for one call more;
    ``busy`` are shares of all cores: server, providers, load and whole machine.
    """

    callers: int
    seconds: float
    turns: int
    voice_to_voice: dict[str, float | None]
    own: dict[str, float | None]
    cut_off: int
    missed: int
    lost: int
    cpu: float
    memory: float
    late_p99: float
    busy: dict[str, float]

    @property
    def holds(self) -> bool:
        """Whether the callers were served: the own share within the limit, nobody left alone."""
        p95 = self.own["p95"]
        return (
            p95 is not None
            and p95 < LIMIT
            and not self.lost
            and self.missed <= 0.01 * max(1, self.turns)
        )


def spread(values: Sequence[float]) -> dict[str, float | None]:
    return {
        "p50": percentile(values, 50),
        "p95": percentile(values, 95),
        "p99": percentile(values, 99),
    }


def per_call_minute(cpu: float, callers: int, seconds: float) -> float:
    """``cpu`` seconds that ``callers`` cost together within ``seconds``, for one in a minute."""
    return cpu / (callers * seconds / 60)


def largest(levels: Sequence[Level]) -> int | None:
    """The most callers that were served, fewer than at any level that was not."""
    found = None
    for level in sorted(levels, key=lambda one: one.callers):
        if not level.holds:
            break
        found = level.callers
    return found


def next_level(choices: Sequence[int], levels: Sequence[Level]) -> int | None:
    """The middle one of the ``choices`` that ``levels`` leave in question; None: none is."""
    held = max((level.callers for level in levels if level.holds), default=0)
    failed = min((level.callers for level in levels if not level.holds), default=None)
    open_ones = [one for one in sorted(choices) if one > held and (failed is None or one < failed)]
    return open_ones[len(open_ones) // 2] if open_ones else None
