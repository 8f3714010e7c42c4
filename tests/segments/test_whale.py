"""The whale curve: the published shape, and sums that equal the profit and loss account."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError
from segkit.segments import whale_curve

amounts = st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=60)


def test_the_curve_of_kanthal():
    """Kaplan, "Kanthal" (Harvard Business School 9-190-002).

    20 % of the customers made 225 % of the profit, 70 % broke even and 10 % lost 125 %.
    """
    found = whale_curve([225 / 20] * 20 + [0] * 70 + [-125 / 10] * 10)
    assert (found.peak, found.total, found.lost) == pytest.approx((225, 100, 125))
    assert found.peak_customers == 20
    at = found.table.set_index("customers")["share_of_total"]
    assert at[[20, 90, 100]].tolist() == pytest.approx([2.25, 2.25, 1.0])


@given(amounts)
def test_sums_hold_and_the_curve_rises_to_its_peak_and_falls(values):
    found = whale_curve(values)
    curve = found.table["contribution"].to_numpy()
    assert found.total == curve[-1] == sum(values)
    assert found.peak == curve.max() == curve[found.peak_customers]
    assert found.peak - found.lost == found.total
    steps = np.diff(curve)
    assert (steps[: found.peak_customers] > 0).all()
    assert (steps[found.peak_customers :] <= 0).all()
    assert (np.diff(steps) <= 0).all()


def test_without_profit_there_are_no_shares():
    assert whale_curve([-5, 2]).table["share_of_total"].isna().all()


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [np.inf]])
def test_what_is_no_number_is_named(values):
    with pytest.raises(DataError, match="finite number"):
        whale_curve(values)
