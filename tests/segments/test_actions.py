"""The portfolio: planted slopes come back, each customer has one action, and sums hold."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError, ParameterError
from segkit.segments import PORTFOLIO_ACTIONS, PortfolioThresholds, portfolio
from segkit.segments.actions import SUMMED

MONTHS = pd.date_range("2023-07-01", periods=36, freq="MS")
NAMES = {"customer": "who", "period": "month", "revenue": "paid", "service": "served"}


def ledger(paid, served=0.0, noise=0.0, seed=0):
    """One row a customer and month; `paid` holds one series or one level a customer."""
    rng = np.random.default_rng(seed)
    series = np.array([np.broadcast_to(one, 36) for one in paid], dtype=float)
    series *= 1 + noise * rng.normal(size=series.shape)
    return pd.DataFrame(
        {
            "who": np.repeat([f"C{i:03d}" for i in range(len(series))], 36),
            "month": np.tile(MONTHS, len(series)),
            "paid": series.ravel(),
            "served": np.repeat(np.broadcast_to(served, len(series)), 36),
        }
    )


def planted():
    """Of 400 customers, 50 large and falling, 50 large and flat, 100 small and rising."""
    steps = np.arange(36) - 17.5
    paid = [1000 - 10 * steps] * 50 + [1000 + 0 * steps] * 50
    paid += [50 + 1.0 * steps] * 100 + [50 + 0 * steps] * 200
    return ledger(paid, served=5.0, noise=0.05)


def test_planted_slopes_come_back():
    limits = PortfolioThresholds(level=5000)
    found = portfolio(planted(), **NAMES, thresholds=limits).customers
    found = found.sort_values("customer", ignore_index=True)
    kinds = np.repeat(["falling", "cash", "rising", "small"], [50, 50, 100, 200])
    slopes = np.repeat([-10.0, 0.0, 1.0, 0.0], [50, 50, 100, 200])
    assert (found["quadrant"] == kinds)[:50].all()
    assert (found["quadrant"] == kinds)[100:200].mean() > 0.97
    # At most a tenth of the trends named may be chance.
    named = found["trend"].isin(["up", "down"])
    assert (slopes[named] == 0).mean() <= 0.1
    inside = found["slope_low"].le(slopes) & found["slope_high"].ge(slopes)
    assert inside.mean() == pytest.approx(0.9, abs=0.04)


def test_money_adds_up_to_the_base_and_the_ledger():
    rng = np.random.default_rng(3)
    table = planted().assign(paid=lambda t: t["paid"].round(2), cost=rng.uniform(0, 9, 400 * 36))
    owed = pd.Series(rng.uniform(0, 100, 400).round(2), index=table["who"].unique())
    found = portfolio(
        table,
        **NAMES,
        cost="cost",
        referrals=owed[::7],
        segments={who: "abc"[i % 3] for i, who in enumerate(owed.index)},
    )
    recent = table[table["month"] >= MONTHS[-12]]
    assert found.base["revenue"] == pytest.approx(recent["paid"].sum(), rel=1e-12)
    profit = (recent["paid"] - recent["cost"] - recent["served"]).sum()
    assert found.base["contribution"] == pytest.approx(profit, rel=1e-12)
    assert found.base["referral"] == pytest.approx(owed[::7].sum(), rel=1e-12)
    for part in (found.actions, found.quadrants, found.segments):
        assert part["customers"].sum() == found.base["customers"] == 400
        for name in SUMMED:
            assert part[name].sum() == pytest.approx(found.base[name], rel=1e-12)
    assert found.actions["share_of_revenue"].sum() == pytest.approx(1)
    assert found.whale.total == pytest.approx(found.base["contribution"], rel=1e-12)


def test_action_follows_quadrant_and_return():
    up = np.arange(36) / 2 + 1
    paid = [1000, 1000, 20, 20, 20, up]
    found = portfolio(ledger(paid, [10, 900, 1, 15, 30, 1]), **NAMES)
    told = found.customers.set_index("customer")[["quadrant", "returns", "action"]]
    assert told.loc[["C000", "C001", "C005", "C002", "C003", "C004"]].to_numpy().tolist() == [
        ["cash", "pays", "protect"],
        ["cash", "costly", "fix"],
        ["rising", "pays", "grow"],
        ["small", "pays", "protect"],
        ["small", "costly", "fix"],
        ["small", "loses", "migrate"],
    ]


def test_an_advocate_is_protected_unless_it_loses_money_all_the_same():
    table = ledger([1000, 20, 20, 20], [10, 30, 30, 15])
    found = portfolio(table, **NAMES, referrals={"C001": 500.0, "C002": 1.0}, promoters={"C003"})
    told = found.customers.set_index("customer")
    assert told["advocate"].to_dict() == {"C000": False, "C001": True, "C002": True, "C003": True}
    assert told.loc[["C001", "C002", "C003"], "action"].tolist() == [
        "protect",
        "migrate",
        "protect",
    ]
    assert told.loc["C001", "worth"] == pytest.approx(12 * -10 + 500)


def test_a_loss_must_be_certain_before_a_customer_is_let_go():
    """Eleven months of small profit and one of great cost: the mean is below 0, not surely so."""
    table = ledger([1000, 20], [0, 0])
    table.loc[table["who"].eq("C001") & table["month"].eq(MONTHS[-1]), "served"] = 300.0
    told = portfolio(table, **NAMES).customers.set_index("customer").loc["C001"]
    assert told["contribution"] < 0 < told["contribution_high"]
    assert told["action"] == "fix"


def test_thresholds_are_parameters_and_shown():
    table = planted()
    high = PortfolioThresholds(level=500.0, change=0.5, service=0.01)
    found = portfolio(table, **NAMES, thresholds=high)
    assert found.high_level == 500.0
    assert found.thresholds is high
    assert set(found.customers["trend"]) == {"flat"}
    assert (found.customers.query("quadrant == 'small'")["action"] == "fix").all()
    edited = {**PORTFOLIO_ACTIONS, ("small", "pays"): "grow"}
    assert "protect" not in set(
        portfolio(table, **NAMES, actions=edited).customers.query("quadrant == 'small'")["action"]
    )


def test_a_segment_is_judged_as_a_whole():
    segments = {f"C{i:03d}": "abcd"[min(i // 50, 3)] for i in range(400)}
    found = portfolio(planted(), **NAMES, segments=segments).segments.set_index("segment")
    assert found["customers"].to_dict() == {"a": 50, "b": 50, "c": 50, "d": 250}
    assert found.loc["a", "quadrant"] == "falling"
    assert found.loc["b", "trend"] == "flat"
    assert found.loc["c", ["quadrant", "action"]].tolist() == ["rising", "grow"]
    assert found.loc["a", "slope"] == pytest.approx(50 * -10, rel=0.03)


def test_who_left_who_is_new_and_what_lies_later_is_told():
    table = ledger([100, 100, 100])
    left = table["who"].eq("C001") & (table["month"] >= MONTHS[20])
    new = table["who"].eq("C002") & (table["month"] < MONTHS[30])
    table = table[~left & ~new]
    found = portfolio(table, **NAMES, referrals={"C001": 9.0}, segments={"C000": "x"})
    assert found.customers["customer"].tolist() == ["C000", "C002"]
    assert found.customers.set_index("customer").loc["C002", "trend"] == "unknown"
    assert found.notes == (
        "1 customers without money in the last 12 periods are left out",
        "1 customers have fewer than 8 periods: too few to tell a trend",
        "1 customers have no segment",
        "referral value of 9 belongs to nobody in this base",
    )
    earlier = portfolio(table, **NAMES, as_of=MONTHS[17])
    assert set(earlier.customers["customer"]) == {"C000", "C001"}
    assert "rows of the ledger after as_of" in earlier.notes[0]


def test_a_stray_old_row_costs_nothing_and_changes_nothing():
    table = planted()
    old = table.iloc[:1].assign(month=pd.Timestamp("1900-01-01"))
    plain, stray = portfolio(table, **NAMES), portfolio(pd.concat([table, old]), **NAMES)
    assert plain.customers.equals(stray.customers)


def test_order_of_rows_and_kind_of_frame_change_nothing():
    table = planted()
    plain = portfolio(table, **NAMES)
    mixed = portfolio(pl.from_pandas(table.sample(frac=1, random_state=0)), **NAMES)
    columns = ["customer", "quadrant", "action"]
    assert plain.customers[columns].equals(mixed.customers[columns])
    assert plain.actions["revenue"].to_numpy() == pytest.approx(mixed.actions["revenue"].to_numpy())


def test_json_holds_everything():
    text = json.loads(portfolio(planted(), **NAMES).to_json())
    assert len(text["customers"]) == 400
    assert text["thresholds"]["core"] == 0.8
    assert text["whale"]["customers"] == 400


def test_faults_are_named_at_once():
    table = planted()
    with pytest.raises(DataError, match=r"no column 'pad'\. Did you mean 'paid'"):
        portfolio(table, **{**NAMES, "revenue": "pad"})
    broken = table.assign(paid="x", month=table["month"].where(table.index > 3))
    with pytest.raises(DataError) as caught:
        portfolio(broken, **NAMES)
    for part in ("'month' of the ledger is empty in 4 rows", "'paid' of the ledger holds"):
        assert part in str(caught.value)
    with pytest.raises(DataError, match="dates or whole"):
        portfolio(table.assign(month="May"), **NAMES)
    with pytest.raises(DataError, match="infinite"):
        portfolio(table.assign(paid=np.inf), **NAMES)
    with pytest.raises(DataError, match="no rows"):
        portfolio(table.iloc[:0], **NAMES)
    with pytest.raises(DataError, match="up to as_of"):
        portfolio(table, **NAMES, as_of=pd.Timestamp("2020-01-01"))
    with pytest.raises(DataError, match="money in its last 12 periods"):
        portfolio(table.assign(paid=0.0, served=0.0), **NAMES)
    with pytest.raises(DataError, match="years and months such as 202301"):
        portfolio(table.assign(month=np.tile(np.r_[202301:202313, 202401:202413], 600)), **NAMES)
    with pytest.raises(DataError, match=r"finite numbers\. It is not for \['C001'\]"):
        portfolio(table, **NAMES, referrals={"C001": np.nan})
    with pytest.raises(DataError, match=r"such as 'C000', has a segment.*such as 7"):
        portfolio(table, **NAMES, segments={7: "a"})
    for wrong in ({"core": 0}, {"recent": 0}, {"change": -1}, {"history": 0}):
        with pytest.raises(ParameterError, match=next(iter(wrong))):
            portfolio(table, **NAMES, thresholds=PortfolioThresholds(**wrong))
    with pytest.raises(ParameterError, match=r"unknown actions \['sell'\]"):
        portfolio(table, **NAMES, actions={**PORTFOLIO_ACTIONS, ("cash", "pays"): "sell"})
