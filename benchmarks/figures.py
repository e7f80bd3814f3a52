"""Medians, percentiles, and how sure a ratio of two medians is; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Ratio:
    """The ratio of two medians with its 95 % bootstrap interval, and the median of the pairs'."""

    of_medians: float
    low: float
    high: float
    median_of_pairs: float


def percentile(values: Sequence[float], percent: float) -> float | None:
    """By linear interpolation; None of no values."""
    return float(np.percentile(values, percent)) if values else None


def median(values: Sequence[float]) -> float | None:
    return percentile(values, 50)


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``, with the 95 % interval of the share (Wilson)."""

    count: int
    of: int
    low: float
    high: float


def share(count: int, of: int) -> Share:
    """Of nothing, nothing is known: 0 to 1."""
    if not of:
        return Share(0, 0, 0.0, 1.0)
    z, p = 1.96, count / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * (p * (1 - p) / of + z * z / (4 * of * of)) ** 0.5
    return Share(count, of, max(0.0, middle - half), min(1.0, middle + half))


def ratio(first: Sequence[float], second: Sequence[float]) -> Ratio:
    """``first`` over ``second``, measured in pairs, which are resampled together."""
    a, b = np.array(first), np.array(second)
    draws = np.random.default_rng(0).integers(0, len(a), (RESAMPLES, len(a)))
    resampled = np.median(a[draws], axis=1) / np.median(b[draws], axis=1)
    low, high = np.percentile(resampled, (2.5, 97.5))
    return Ratio(
        of_medians=float(np.median(a) / np.median(b)),
        low=float(low),
        high=float(high),
        median_of_pairs=float(np.median(a / b)),
    )
