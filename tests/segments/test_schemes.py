"""Any column is a scheme; needs segments come from row-centred answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.segments import (
    Segmenter,
    adjusted_rand,
    conventional_schemes,
    league_table,
    rfm_scores,
    row_centred,
)
from segkit.segments.schemes import band_names


def base(rows=1000, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"C{i}" for i in range(rows)],
            "staff": rng.lognormal(3, 1, rows),
            "seats": rng.integers(0, 4, rows).astype(float),
            "trade": rng.choice(
                ["steel", "wood", *(f"rare {i}" for i in range(50))],
                rows,
                p=[0.5, 0.4, *[0.002] * 50],
            ),
            "since": pd.to_datetime("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 900, rows), "D"),
            "active": rng.uniform(size=rows) < 0.5,
            "same": "x",
        }
    )


def test_every_column_becomes_a_scheme():
    table = base()
    table.loc[:99, ["staff", "trade"]] = None
    found = conventional_schemes(table)
    assert list(found) == ["staff", "seats", "trade", "since", "active"]
    assert len(found) == len(table)
    assert not found.isna().any().any()
    bands = found["staff"].value_counts()
    assert bands["Unknown"] == 100
    assert bands.drop("Unknown").between(175, 185).all()
    assert set(found["trade"]) == {"steel", "wood", "Other", "Unknown"}
    assert set(found["seats"]) == {"0", "1", "2", "3"}
    assert set(found["since"]) == {"2020", "2021", "2022"}
    assert set(found["active"]) == {"True", "False"}


def test_equal_values_share_a_band_and_bands_keep_their_order():
    table = pd.DataFrame({"n": np.r_[np.zeros(500), np.arange(1.0, 101.0)]})
    found = conventional_schemes(table)["n"]
    assert found.groupby(table["n"]).nunique().max() == 1
    assert found[0] == "up to 0"
    assert band_names([1.0000001, 1.0000002]) == (
        "up to 1.0000001",
        "above 1.0000001 to 1.0000002",
        "above 1.0000002",
    )


def test_schemes_of_every_kind_stand_in_one_league():
    rng = np.random.default_rng(0)
    table = base().drop(columns="same").assign(orders=rng.poisson(3, 1000))
    table["revenue"] = rng.normal(np.where(table["trade"] == "steel", 30, 10))
    rfm = rfm_scores(table, recency="staff", frequency="orders", monetary="revenue")
    model = Segmenter(["seats", "staff"], k=3, pairs=2).fit(table)
    schemes = dict(conventional_schemes(table, ["trade", "staff", "since"]))
    schemes |= {"rfm": rfm.scores["segment"], "model": model.labels_, "raw": "staff", "who": "id"}
    found = league_table(table, schemes, value="revenue").set_index("scheme")
    assert found.index[0] == "trade"
    assert found.loc["raw", "value_r2"] == found.loc["staff", "value_r2"]
    assert found.loc["who", "segments"] == 1
    assert found.loc["who", "value_r2"] == pytest.approx(0, abs=0.01)


def test_who_rates_everything_high_is_not_a_segment():
    """Planted: two needs, and people who differ far more in how high they rate."""
    rng = np.random.default_rng(2)
    need = rng.integers(2, size=400)
    wish = np.where(need[:, None] == 1, [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]) * 1.5
    high = rng.normal(0, 3, (400, 1))
    answers = pd.DataFrame(wish + high + rng.normal(0, 0.5, (400, 6))).add_prefix("q")
    raw = Segmenter(k=2, pairs=2).fit(answers)
    assert adjusted_rand(raw.labels_, need) < 0.2
    centred = row_centred(answers)
    assert centred.mean(axis=1).abs().max() < 1e-12
    model = Segmenter().fit(centred)
    assert model.k_ == 2
    assert adjusted_rand(model.labels_, need) > 0.95


def test_missing_answers_stay_missing():
    found = row_centred(pd.DataFrame({"a": [1, None], "b": [3.0, 5.0]}))
    assert found.to_numpy().tolist()[0] == [-1, 1]
    assert np.isnan(found.loc[1, "a"])
    assert found.loc[1, "b"] == 0


def test_faults():
    table = base()
    with pytest.raises(DataError, match="Did you mean 'trade'"):
        conventional_schemes(table, ["trad"])
    with pytest.raises(DataError, match=r"\['same'\] put all customers into one segment"):
        conventional_schemes(table, ["same", "trade"])
    with pytest.raises(DataError, match="needs a frame"):
        conventional_schemes([1, 2])
    with pytest.raises(ParameterError, match="bands"):
        conventional_schemes(table, bands=1)
    with pytest.raises(ParameterError, match="least_share"):
        conventional_schemes(table, least_share=0.5)
    with pytest.raises(DataError, match="two columns"):
        row_centred(table[["staff"]])
    with pytest.raises(DataError, match=r"\['trade'\] hold no numbers"):
        row_centred(table[["staff", "trade"]])
