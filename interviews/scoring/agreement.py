"""How far two raters agree on an ordinal scale; pure.

Quadratic weighted kappa: J. Cohen, Weighted kappa, Psychological Bulletin 70 (1968), 213-220.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

LEVELS = (1, 2, 3, 4, 5)
ENOUGH = 30
"""Pairs below which a figure says little."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The same competency of the same interview, judged by a model and by a person."""

    model: int
    human: int


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """1 is full agreement, 0 what chance gives; None where it is not defined: no pairs, or all of
    them one and the same level."""
    if not pairs:
        return None
    n = len(pairs)
    model = [sum(pair.model == level for pair in pairs) for level in LEVELS]
    human = [sum(pair.human == level for pair in pairs) for level in LEVELS]
    observed = sum((pair.model - pair.human) ** 2 for pair in pairs)
    expected = sum(
        (i - j) ** 2 * model[i] * human[j] / n
        for i in range(len(LEVELS))
        for j in range(len(LEVELS))
    )
    return 1 - observed / expected if expected else None


def mean_absolute_error(pairs: Sequence[Pair]) -> float | None:
    return fmean(abs(pair.model - pair.human) for pair in pairs) if pairs else None


def mean_gap(pairs: Sequence[Pair]) -> float | None:
    """Positive: the model gives more than people do."""
    return fmean(pair.model - pair.human for pair in pairs) if pairs else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """All figures of some pairs, for a row of a table."""

    n: int
    kappa: float | None
    error: float | None
    gap: float | None

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> "Agreement":
        found = list(pairs)
        return cls(len(found), weighted_kappa(found), mean_absolute_error(found), mean_gap(found))

    @property
    def is_small(self) -> bool:
        return self.n < ENOUGH
