"""RFM scores: ties share, nothing is dropped, and the calendar of the machine plays no part."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.segments import RFM_SEGMENTS, rfm_scores

NAMES = {"recency": "days", "frequency": "orders", "monetary": "spent"}
rows = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 6), st.integers(0, 50)), min_size=1, max_size=60
)


def table(values):
    return pd.DataFrame(values, columns=["days", "orders", "spent"])


def test_fifths_without_ties():
    found = rfm_scores(table([(i, 200 - i, i) for i in range(1, 101)]), **NAMES)
    for score in "rfm":
        assert found.scores[score].value_counts().to_dict() == dict.fromkeys(range(1, 6), 20)
    assert found.scores.loc[0, ["r", "f", "m"]].tolist() == [5, 5, 1]
    assert found.notes == ()


@given(rows)
def test_equal_customers_have_equal_scores_and_better_ones_no_less(values):
    scores = rfm_scores(table(values), **NAMES).scores
    for score, measure, sign in (("r", "recency", -1), ("f", "frequency", 1), ("m", "monetary", 1)):
        ranked = scores.sort_values(measure)
        steps = sign * np.diff(ranked[score].to_numpy(int))
        assert (steps >= 0).all()
        groups = scores.groupby(measure)[score]
        assert (groups.min() == groups.max()).all()


@given(rows, st.randoms())
def test_the_order_of_rows_does_not_matter(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    here = rfm_scores(table(values), **NAMES).scores
    there = rfm_scores(table([values[i] for i in order]), **NAMES).scores
    pd.testing.assert_frame_equal(here.iloc[order].reset_index(drop=True), there)


@given(rows)
def test_the_cuts_handed_back_give_the_scores(values):
    found = rfm_scores(table(values), **NAMES)
    for measure in NAMES:
        for row in found.cuts[found.cuts["measure"] == measure].itertuples():
            inside = (found.scores[measure] > row.above) & (found.scores[measure] <= row.to)
            assert (found.scores.loc[inside, measure[0]] == row.score).all()


def test_scores_that_ties_leave_empty_are_named():
    found = rfm_scores(table([(i, 1 if i < 70 else i, i) for i in range(1, 101)]), **NAMES)
    assert set(found.scores["f"]) == {1, 4, 5}
    assert found.notes == (
        "frequency: no customer has score [2, 3], because equal values share one",
    )


def test_the_map_is_exclusive_complete_and_can_be_changed():
    assert set(RFM_SEGMENTS) == {(r, f) for r in range(1, 6) for f in range(1, 6)}
    values = table([(i, 200 - i, i) for i in range(1, 101)])
    assert rfm_scores(values, **NAMES).scores["segment"].iloc[0] == "Champions"
    own = {**RFM_SEGMENTS, (5, 5): "Best"}
    assert rfm_scores(values, **NAMES, segment_map=own).scores["segment"].iloc[0] == "Best"
    own.pop((1, 1))
    with pytest.raises(ParameterError, match=r"nothing for \[\(1, 1\)\]"):
        rfm_scores(values, **NAMES, segment_map=own)


def test_the_segments_add_up_to_all_customers():
    found = rfm_scores(table([(i % 37, i % 9, i % 13) for i in range(500)]), **NAMES)
    assert found.segments["customers"].sum() == 500
    assert found.segments["share"].sum() == pytest.approx(1)


def test_dates_are_counted_to_the_day_given():
    values = pl.DataFrame(
        {
            "last": pd.to_datetime(["2024-05-31", "2024-05-01"]),
            "orders": [2, 1],
            "spent": [5.0, 1.0],
        }
    )
    names = {**NAMES, "recency": "last"}
    found = rfm_scores(values, **names, as_of="2024-06-01")
    assert found.scores["recency"].tolist() == [1, 31]
    with pytest.raises(ParameterError, match="'as_of'"):
        rfm_scores(values, **names)
    with pytest.raises(DataError, match="1 customers bought after as_of, first in rows"):
        rfm_scores(values, **names, as_of="2024-05-15")


def test_missing_values_have_no_score():
    values = table([(1.0, 1, 1), (None, 2, 2), (3.0, 3, None)])
    found = rfm_scores(values, **NAMES)
    assert found.scores["segment"].isna().tolist() == [False, True, False]
    assert found.scores["m"].isna().tolist() == [False, False, True]
    assert any("1 customers have no segment" in note for note in found.notes)


def test_faults_are_named_at_once():
    values = pd.DataFrame({"day": [1], "orders": ["two"], "spent": [1.0]})
    with pytest.raises(DataError) as caught:
        rfm_scores(values, **NAMES)
    assert "Did you mean 'day'" in str(caught.value)
    assert "'orders' holds str where numbers are expected" in str(caught.value)
