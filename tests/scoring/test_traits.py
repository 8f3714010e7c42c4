"""Index of traits: its arithmetic, the cover of its interval, and silence where nothing is."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError, ParameterError
from segkit.scoring import class_profile


def test_index_is_share_in_class_over_share_in_base():
    """12 of 40 in the class and 28 of 160 in the rest: 30 % against 20 % is an index of 150."""
    rows = pd.DataFrame({"trait": [1] * 12 + [0] * 28 + [1] * 28 + [0] * 132})
    found = class_profile(rows, [1] * 40 + [0] * 160).set_index("trait")
    row = found.loc["trait"]
    assert row["share_in_class"] == pytest.approx(0.30)
    assert row["share_in_base"] == pytest.approx(0.20)
    assert row["index"] == pytest.approx(150)
    assert row["low"] < 150 < row["high"]
    # The index of a trait and of its absence, weighted by their shares of the base, make 100.
    assert found["index"] @ found["share_in_base"] == pytest.approx(100)


def test_interval_covers_the_true_index():
    rng = np.random.default_rng(0)
    member = np.arange(400) < 80
    truth = 100 * 0.45 / (0.2 * 0.45 + 0.8 * 0.15)
    covered = 0
    for _ in range(300):
        rows = pd.DataFrame({"trait": rng.random(400) < np.where(member, 0.45, 0.15)})
        row = class_profile(rows, member).set_index("trait").loc["trait"]
        covered += row["low"] <= truth <= row["high"]
    assert 0.86 <= covered / 300 <= 0.94


def test_planted_traits_come_first_and_the_rest_is_silent():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "staff": rng.lognormal(5, 1, 900).round(),
            "region": rng.choice(["north", "south", None], 900),
            "central": rng.random(900) < 0.4,
            "union": rng.random(900) < 0.5,
        }
    )
    member = (rows["staff"] > rows["staff"].quantile(0.8)) & (rng.random(900) < 0.9)
    found = class_profile(rows, member)
    assert found.loc[0, "trait"].startswith("staff > ")
    assert set(found.loc[found["evidence"] != "none", "column"]) == {"staff"}
    assert found.loc[found["evidence"] == "less often", "index"].max() < 100
    shuffled = class_profile(rows, rng.permutation(member))
    assert (shuffled["evidence"] == "none").all()


def test_polars_and_a_named_column_say_the_same():
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"x": rng.normal(size=200), "level": rng.choice(["a", "b", "c"], 200)})
    rows["best"] = rows["x"] > 1
    one = class_profile(rows, "best")
    other = class_profile(
        pl.from_pandas(rows[["best", "level", "x"]]), "best", columns=["x", "level"]
    )
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def test_faults_are_named():
    rows = pd.DataFrame({"x": [1, 2, 3]})
    with pytest.raises(DataError, match="0 of 3 rows belong"):
        class_profile(rows, [False] * 3)
    with pytest.raises(DataError, match=r"no column 'y'"):
        class_profile(rows, [True, False, False], columns=["y"])
    with pytest.raises(ParameterError, match="'bands'"):
        class_profile(rows, [True, False, False], bands=1)


def test_yes_and_no_of_a_column_are_one_test():
    """Holm's method counts tests: three columns of two traits are three."""
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "flag": rng.random(200) < 0.5,
            "level": rng.choice(["a", "b"], 200),
            "number": rng.normal(size=200),
        }
    )
    found = class_profile(rows, rng.random(200) < np.where(rows["flag"], 0.4, 0.2), bands=2)
    assert len(found) == 6
    smallest = found["p_value"].min()
    assert smallest < 0.05
    assert found["p_adjusted"].min() == pytest.approx(3 * smallest)
    for _, pair in found.groupby("column"):
        assert np.ptp(pair["p_adjusted"]) == 0
        assert pair["p_value"].to_numpy() == pytest.approx(np.full(2, pair["p_value"].iloc[0]))


def test_what_is_known_of_the_class_alone_is_no_test():
    rows = pd.DataFrame({"staff": np.arange(60), "asked": [1.0, 0] * 10 + [None] * 40})
    member = np.arange(60) < 20
    found = class_profile(rows, member, bands=2).set_index("column")
    assert found.loc["asked", ["p_value", "p_adjusted"]].isna().all(axis=None)
    assert found.loc["staff", "p_adjusted"].tolist() == found.loc["staff", "p_value"].tolist()
