"""Where scores and estimates of a panel differ: by hand-computed medians and factors."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.consensus import value_disagreement
from segkit.errors import DataError


def test_values_disagree_as_their_median_and_deviation_say():
    scores = {"Ann": {"a": 1, "b": 5}, "Bob": {"a": 4, "b": 5}, "Cy": {"a": 5, "b": 5}}
    found = value_disagreement(scores)
    first = found.table.iloc[0]
    assert (first["item"], first["middle"], first["lowest_by"], first["highest_by"]) == (
        "a",
        4,
        "Ann",
        "Cy",
    )
    assert first["spread"] == pytest.approx(np.std([1, 4, 5], ddof=1))
    assert found.panelists.iloc[0].tolist()[:2] == ["Ann", pytest.approx(3.5 / 2)]
    assert found.grid.set_index("panelist")["a"].to_dict() == {"Ann": -3, "Bob": 0, "Cy": 1}


def test_amounts_disagree_by_factors():
    amounts = {"Ann": {"price": 10.0}, "Bob": {"price": 40.0}}
    found = value_disagreement(amounts, factors=True)
    first = found.table.iloc[0]
    assert first["middle"] == pytest.approx(20)
    assert first["spread"] == pytest.approx(np.exp(np.std(np.log([10, 40]), ddof=1)))
    assert found.grid["price"].tolist() == pytest.approx([0.5, 2])
    rows = pd.DataFrame({"panelist": ["Ann", "Bob"], "item": "price", "value": [1000.0, 4000.0]})
    scaled = value_disagreement(rows, factors=True)
    assert scaled.grid["price"].tolist() == pytest.approx([0.5, 2])
    assert value_disagreement(pl.from_pandas(rows), factors=True).to_json() == scaled.to_json()


def test_faults_of_values_are_named_at_once():
    rows = pd.DataFrame(
        {
            "panelist": ["Ann", "Ann", "Bob", "Bob"],
            "item": ["a", "a", "a", "b"],
            "value": ["1", "2", "much", "-3"],
        }
    )
    with pytest.raises(DataError) as refusal:
        value_disagreement(rows, factors=True)
    for words in ("Bob gives a 'much'", "Bob gives b '-3'", "Ann gives a more than once"):
        assert words in str(refusal.value)
    with pytest.raises(DataError, match="at least two panelists"):
        value_disagreement({"Ann": {"a": 1}})
    with pytest.raises(DataError, match="something that two panelists judged"):
        value_disagreement({"Ann": {"a": 1}, "Bob": {"b": 1}})
