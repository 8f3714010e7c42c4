"""Referral value is attributed once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError
from segkit.segments import referral_value

NAMES = {"referrer": "by", "referred": "who", "value": "worth"}
pairs = st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("WXYZ")), min_size=1)


@given(pairs)
def test_attribution_adds_up_to_the_customers_referred(rows):
    table = pd.DataFrame(rows, columns=["by", "who"])
    table["worth"] = table["who"].map({"W": 1.0, "X": 20.0, "Y": 300.0, "Z": 4000.0})
    found = referral_value(table, **NAMES)
    came = table.drop_duplicates("who")
    assert found["value"].sum() == pytest.approx(came["worth"].sum())
    assert found["referrals"].sum() == pytest.approx(len(came))
    assert found["value"].is_monotonic_decreasing


def test_only_the_direct_recommendation_counts():
    table = pd.DataFrame({"by": ["A", "B"], "who": ["B", "C"], "worth": [5, 7]})
    assert referral_value(table, **NAMES)["value"].tolist() == [7.0, 5.0]


def test_faults_are_named_at_once():
    table = pd.DataFrame({"by": ["A", None, "C"], "who": ["X", "Y", "C"], "worth": [1, np.nan, 2]})
    with pytest.raises(DataError) as caught:
        referral_value(table, **NAMES)
    for part in ("1 referrals have no 'by'", "'worth' holds missing", "1 customers refer them"):
        assert part in str(caught.value)
    with pytest.raises(DataError, match="where numbers are expected"):
        referral_value(table.assign(worth="x"), **NAMES)
    with pytest.raises(DataError, match="Did you mean 'worth'"):
        referral_value(table, **{**NAMES, "value": "wort"})
