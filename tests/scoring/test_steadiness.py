"""XYZ: variation by hand, and every form of demand."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError, ParameterError
from segkit.scoring import xyz


def test_variation_is_deviation_over_mean():
    found = xyz([[8, 12], [0, 10], [0, 0]], ddof=0)
    assert found.table["variation"].tolist()[:2] == pytest.approx([0.2, 1.0])
    assert found.table["class"].tolist() == ["X", "Y", "Z"]
    assert "without demand" in found.notes[0]
    assert xyz([[8, 12]]).table["variation"][0] == pytest.approx(np.sqrt(8) / 10)


def test_rows_and_columns_say_the_same():
    wide = pd.DataFrame({"m1": [3.0, 9.0], "m2": [0.0, 8.0], "m3": [6.0, 10.0]}, index=["p", "q"])
    rows = wide.reset_index().melt("index", value_name="sold").query("sold > 0")
    one = xyz(wide).table
    other = xyz(rows, key="index", period="variable", amount="sold").table
    assert one["variation"].tolist() == pytest.approx(other["variation"].tolist())


def test_one_period_has_no_variation():
    with pytest.raises(DataError, match="two periods"):
        xyz([[1.0], [2.0]])
    with pytest.raises(ParameterError, match="all three"):
        xyz(pd.DataFrame({"a": [1]}), period="a")


def test_items_named_in_a_column():
    wide = {"sku": ["p", "q"], "jan": [3.0, 9.0], "feb": [0.0, 8.0], "mar": [6.0, 10.0]}
    for frame in (pd.DataFrame(wide), pl.DataFrame(wide)):
        found = xyz(frame, key="sku").table
        assert found["item"].tolist() == ["p", "q"]
        assert found["variation"].tolist() == pytest.approx([1.0, 1 / 9])
        with pytest.raises(DataError, match=r"\['sku'\] hold no numbers"):
            xyz(frame)
    with pytest.raises(DataError, match="Did you mean 'sku'"):
        xyz(pd.DataFrame(wide), key="skus")


def test_a_missing_amount_is_no_demand_of_0():
    rows = pd.DataFrame({"item": ["a", "a", "b"], "month": [1, 2, 1], "units": [5.0, None, 3.0]})
    with pytest.raises(DataError, match=r"1 rows lack item, month or units, first \[1\]"):
        xyz(rows, key="item", period="month", amount="units")
