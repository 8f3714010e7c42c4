"""Channel and end users: apart before any statistic; a mixed base warns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.segments import mixing_error, split_parties


def base(partners=25, times=30.0, rows=800, seed=0):
    rng = np.random.default_rng(seed)
    kind = np.array(["end user"] * rows + ["partner"] * partners)
    reseller = kind == "partner"
    return pd.DataFrame(
        {
            "kind": kind,
            "acv": rng.lognormal(9, 0.5, len(kind)) * np.where(reseller, times, 1),
            "churned": rng.uniform(size=len(kind)) < np.where(reseller, 0.02, 0.15),
            "clv": rng.normal(50, 10, len(kind)),
        }
    )


def test_pooling_moves_the_planted_means():
    """Planted: 25 partners that are 30 times as large move the mean by 25 x 29 / 825."""
    found = mixing_error(base(), "kind", ["acv", "clv", "churned"])
    rows = found.table.set_index(["metric", "party"])
    assert rows.loc[("acv", "end user"), "error"] == pytest.approx(25 * 29 / 825, rel=0.15)
    assert abs(rows.loc[("clv", "end user"), "error"]) < 0.02
    assert rows.loc[("clv", "partner"), "p_adjusted"] > 0.1
    assert (rows["low"] <= rows["mean"]).all()
    assert (rows["mean"] <= rows["high"]).all()
    assert found.mixed
    assert "end user and partner are mixed" in found.warning
    assert "acv" in found.warning
    assert "clv" not in found.warning


def test_pooled_is_the_weighted_mean_of_the_parts():
    table = mixing_error(base(), "kind", ["acv", "churned"]).table
    for _, rows in table.groupby("metric"):
        assert np.average(rows["mean"], weights=rows["n"]) == pytest.approx(rows["pooled"].iloc[0])


def test_alike_parts_seldom_give_a_warning():
    """Three metrics, two kinds, Holm at 0.1: 7 false alarms in 30 draws would be rare."""
    alarms = 0
    for seed in range(30):
        table = base(times=1.0, rows=300, partners=100, seed=seed)
        table["churned"] = np.random.default_rng(seed).uniform(size=400) < 0.2
        alarms += mixing_error(table, "kind", ["acv", "churned", "clv"]).mixed
    assert alarms <= 6


def test_the_sample_company_is_mixed_as_planted(larkspur, truth):
    planted = truth["party_type"]["realised"]
    kinds = larkspur.accounts.set_index("account_id")["party_type"]
    running = larkspur.contracts[~(larkspur.contracts["end"] <= larkspur.as_of)]
    table = running.assign(acv=12 * running["mrr"], kind=running["account_id"].map(kinds))
    found = mixing_error(table, "kind", ["acv"]).table.set_index("party")
    assert found.loc["end user", "mean"] == pytest.approx(planted["mean_acv"]["end users"])
    assert found.loc["partner", "mean"] == pytest.approx(planted["mean_acv"]["partners"])
    assert found.loc["end user", "pooled"] == pytest.approx(planted["mean_acv"]["pooled"])
    assert found.loc["end user", "error"] == pytest.approx(planted["pooling_moves_mean_acv_by"])


def test_missing_kinds_and_single_members():
    table = base(partners=1)
    table.loc[:2, "kind"] = None
    found = mixing_error(table, "kind", ["acv"])
    assert found.notes == ("3 rows have no kind and are left out",)
    assert found.table["n"].tolist() == [797, 1]
    assert np.isnan(found.table.loc[1, "low"])
    assert [len(part) for part in split_parties(table, "kind").values()] == [797, 1]


def test_a_mean_of_zero_is_no_reason_to_keep_quiet():
    table = base(partners=100)
    table["churned"] = (table["kind"] == "partner") & (table["acv"] > table["acv"].median())
    found = mixing_error(table, "kind", ["churned"])
    assert found.table.loc[0, "error"] == np.inf
    assert found.mixed


def test_one_kind_alone_cannot_be_mixed():
    found = mixing_error(base(partners=0), "kind", ["acv"])
    assert not found.mixed
    assert found.warning == ""


def test_faults():
    table = base()
    with pytest.raises(DataError, match="Did you mean 'kind'"):
        split_parties(table, "kindd")
    with pytest.raises(DataError, match="'kind' is empty"):
        split_parties(table.assign(kind=None), "kind")
    broken = table.assign(acv="x", clv=np.inf, churned=np.nan)
    with pytest.raises(DataError) as caught:
        mixing_error(broken, "kind", ["acv", "clv", "churned"])
    for part in ("'acv' holds", "'clv' holds infinite", "'churned' is empty"):
        assert part in str(caught.value)
    with pytest.raises(DataError, match="at least one metric"):
        mixing_error(table, "kind", [])
