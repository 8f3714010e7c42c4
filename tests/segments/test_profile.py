"""Profiles: means with intervals against all rows, markers and names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from segkit.segments import Column
from segkit.segments.preparation import prepare
from segkit.segments.profile import profile, suggested_names

RNG = np.random.default_rng(0)
LABELS = np.repeat([0, 1, -1], [100, 300, 50])
TABLE = pd.DataFrame(
    {
        "spend": np.r_[RNG.lognormal(4, 0.3, 100), RNG.lognormal(2, 0.3, 350)],
        "plan": np.r_[RNG.choice(["pro", "free"], 100, p=[0.9, 0.1]), ["free"] * 350],
        "balance": RNG.normal(size=450),
    }
)
ROWS = profile(TABLE, LABELS, prepare(TABLE, {name: Column() for name in TABLE})).set_index(
    ["segment", "column", "level"]
)


def test_a_mean_has_students_interval_and_an_index():
    values, row = TABLE["spend"][:100], ROWS.loc[(0, "spend", "")]
    low, high = t.interval(0.9, 99, values.mean(), values.sem())
    assert [row["mean"], row["low"], row["high"]] == pytest.approx([values.mean(), low, high])
    overall = TABLE["spend"][:400].mean()  # rows without a segment take no part
    assert row["overall"] == pytest.approx(overall)
    assert row["index"] == pytest.approx(100 * values.mean() / overall)
    assert row["index_low"] == pytest.approx(100 * low / overall)
    assert row["marker"]


def test_a_share_has_wilsons_interval():
    row = ROWS.loc[(0, "plan", "pro")]
    share = (TABLE["plan"][:100] == "pro").mean()
    assert row["mean"] == pytest.approx(share)
    assert 0 < row["low"] < share < row["high"] < 1
    assert ROWS.loc[(1, "plan", "pro"), ["mean", "low"]].tolist() == pytest.approx([0, 0])


def test_a_column_that_crosses_zero_has_no_index():
    rows = ROWS.xs("balance", level="column")
    assert rows["index"].isna().all()
    assert not rows["marker"].any()


def test_names_come_from_the_strongest_markers_and_differ():
    assert suggested_names(ROWS.reset_index()) == [
        "plan pro, high spend",
        "not plan pro, low spend",
    ]
    twins = pd.DataFrame(
        {"segment": [0, 1], "column": "a", "level": "", "effect": 1.0, "marker": True}
    )
    assert suggested_names(twins) == ["high a", "high a (2)"]
