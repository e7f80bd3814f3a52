"""Figures worked out by hand."""

import pytest

from interviews.scoring.agreement import Agreement, Pair, weighted_kappa


def pairs(*levels: tuple[int, int]) -> list[Pair]:
    return [Pair(model, human) for model, human in levels]


def test_kappa_by_hand() -> None:
    # Squared differences: 0 + 0 + 1 + 1 = 2. Model has 1, 2, 3, 4 once each; people 1, 2, 4, 3.
    # Expected: all sixteen combinations' squares / 4 = (0+1+4+9 + 1+0+1+4 + 4+1+0+1 + 9+4+1+0) / 4
    # = 40 / 4 = 10. Kappa = 1 - 2 / 10.
    assert weighted_kappa(pairs((1, 1), (2, 2), (3, 4), (4, 3))) == pytest.approx(0.8)


def test_kappa_of_uneven_margins_by_hand() -> None:
    # Model 5, 3, 3; people 4, 3, 1. Observed 1 + 0 + 4 = 5.
    # Expected: model 5 against 4, 3, 1: 1 + 4 + 16 = 21; model 3, twice: 1 + 0 + 4 = 5 each.
    # (21 + 5 + 5) / 3 = 31 / 3. Kappa = 1 - 15 / 31.
    assert weighted_kappa(pairs((5, 4), (3, 3), (3, 1))) == pytest.approx(16 / 31)


def test_opposite_ratings_are_worse_than_chance() -> None:
    assert weighted_kappa(pairs((1, 5), (5, 1))) == pytest.approx(-1.0)


@pytest.mark.parametrize("levels", [[], [(3, 3), (3, 3)]])
def test_where_nothing_varies_kappa_is_not_defined(levels: list[tuple[int, int]]) -> None:
    assert weighted_kappa(pairs(*levels)) is None


def test_error_and_gap_keep_size_and_direction() -> None:
    found = Agreement.of(pairs((5, 4), (3, 3), (3, 1), (2, 3)))
    assert found.n == 4
    assert found.error == pytest.approx((1 + 0 + 2 + 1) / 4)
    assert found.gap == pytest.approx((1 + 0 + 2 - 1) / 4)
    assert found.is_small
