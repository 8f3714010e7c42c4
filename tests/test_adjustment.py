"""Holm's adjustment: by hand, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.adjustment import holm


def test_holm_example():
    # Holm 1979 by hand: 0.005 x 4, 0.011 x 3, 0.02 x 2, 0.04 x 1, none below the one before.
    assert holm([0.02, 0.005, 0.04, 0.011]) == pytest.approx([0.04, 0.02, 0.04, 0.033])
    assert holm([]).shape == (0,)


def test_a_test_that_could_not_be_made_counts_for_none():
    adjusted = holm([0.02, np.nan, 0.005, 0.04, 0.011])
    assert adjusted[[0, 2, 3, 4]] == pytest.approx([0.04, 0.02, 0.04, 0.033])
    assert np.isnan(adjusted[1])
    assert np.isnan(holm([np.nan, np.nan])).all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_order_and_lies_between_raw_and_bonferroni(p_values):
    raw, adjusted = np.array(p_values), holm(p_values)
    assert (adjusted >= raw).all()
    assert (adjusted <= np.minimum(raw * len(raw), 1) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(raw, kind="stable")]) >= 0).all()
