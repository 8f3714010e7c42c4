"""Cost of a customer: published ratios, sums to the cent, and costs planted by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from segkit.errors import DataError, ParameterError
from segkit.scoring import acquisition_cost, ltv_to_cac, payback_months


def test_published_ratios():
    """showmath.com, LTV:CAC and payback: 5.0, 6.7 and 12.5 months."""
    assert ltv_to_cac(2500, 500) == 5.0
    assert round(ltv_to_cac(500, 75), 1) == 6.7
    assert payback_months(1000, 100, 0.8) == 12.5
    assert payback_months(1000, 0) == np.inf


def _books():
    months = pd.date_range("2025-01-01", periods=6, freq="MS")
    rows = [
        (m, c, a) for m in months for c, a in (("web", 100.0), ("fair", 300.0), ("shared", 90.0))
    ]
    return pd.DataFrame(rows, columns=["month", "channel", "amount"])


def _deals():
    """One win and one loss a month by web, one win by fair; each opened 61 days earlier."""
    days = pd.date_range("2025-01-20", periods=6, freq="MS") + pd.Timedelta(days=10)
    rows = [(d, w, c) for d in days for w, c in ((1, "web"), (0, "web"), (1, "fair"))]
    frame = pd.DataFrame(rows, columns=["closed", "won", "channel"])
    return frame.assign(created=frame["closed"] - pd.Timedelta(days=61))


def test_shared_spending_follows_activity():
    # Deals are decided from February to July: without a lag those of July have no spending.
    found = acquisition_cost(_books(), _deals(), lag=0).table.set_index("channel")
    assert found.loc["web", ["customers", "deals"]].tolist() == [5, 10]
    months = 6
    window = acquisition_cost(_books(), _deals(), lag=1)
    rows = window.table.set_index("channel")
    assert window.months == ("2025-01", "2025-06")
    assert rows.loc["web", "own"] == 100 * months
    assert rows.loc["web", "shared"] == pytest.approx(90 * months * 2 / 3, abs=0.01)
    assert rows.loc["fair", "loaded"] == pytest.approx(300 + 30)
    assert rows.loc["web", "paid"] == 100


def test_activity_hours_and_margin_count():
    # Of a deal that was lost no partner keeps anything, whatever its row says.
    deals = _deals().assign(hours=[1, 1, 8] * 6, kept=[0, 70, 50] * 6)
    found = acquisition_cost(
        _books(), deals, lag=1, activity="hours", added="kept", group="channel"
    )
    rows = found.table.set_index("channel")
    assert rows.loc["web", "shared"] == pytest.approx(108.0)
    assert rows.loc["fair", "added"] == 300
    assert rows.loc["fair", "loaded"] == pytest.approx((1800 + 432 + 300) / 6)
    assert found.groups.set_index("channel")["total"].to_dict() == {"fair": 2532, "web": 708}


def test_the_lag_is_the_median_cycle():
    found = acquisition_cost(_books(), _deals(), created="created")
    assert found.lag == 2
    assert found.ledger.set_index("channel").loc["web", "later"] == 100
    early = _deals()[lambda rows: rows["closed"] < "2025-05-01"]
    assert acquisition_cost(_books(), early, lag=0).ledger["later"].sum() == 490 * 2


def test_interval_is_that_of_a_count():
    """Garwood (1936): 6 customers are 2.613 to 11.842 at 90 %."""
    row = acquisition_cost(_books(), _deals(), lag=1).table.set_index("channel").loc["fair"]
    assert row["total"] / row["high"] == pytest.approx(2.6130, abs=1e-3)
    assert row["total"] / row["low"] == pytest.approx(11.8424, abs=1e-3)
    assert poisson.sf(5, row["total"] / row["high"]) == pytest.approx(0.05)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from("abs"), st.integers(0, 10**9)),
             min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 14), st.sampled_from("ab"), st.booleans(),
                       st.integers(0, 9)), min_size=1, max_size=40),
    st.integers(0, 3),
)  # fmt: skip
def test_the_ledger_balances_to_the_cent(costs, deals, lag):
    month = pd.date_range("2025-01-01", periods=15, freq="MS")
    books = pd.DataFrame(
        {
            "month": [month[m] for m, _, _ in costs],
            "channel": ["shared" if c == "s" else c for _, c, _ in costs],
            "amount": [cents / 100 for _, _, cents in costs],
        }
    )
    sold = pd.DataFrame(
        {
            "closed": [month[m] for m, _, _, _ in deals],
            "channel": [c for _, c, _, _ in deals],
            "won": [w for _, _, w, _ in deals],
            "touches": [t for _, _, _, t in deals],
            "part": [f"p{t % 3}" for _, _, _, t in deals],
        }
    )
    try:
        found = acquisition_cost(books, sold, lag=lag, activity="touches", group="part")
    except DataError as refusal:
        assert "won from" in str(refusal)  # noqa: PT017 - a draw may win nobody
        return
    cents = sum(amount for _, _, amount in costs)
    assert round(100 * found.booked) == cents
    assert (found.ledger["matched"] + found.ledger["later"]).round(2).tolist() == found.ledger[
        "booked"
    ].tolist()
    spent = found.table[found.table["channel"] != "all"][["own", "shared"]].to_numpy().sum()
    assert round(100 * spent) == round(100 * found.ledger["matched"].sum())
    by_part = found.groups.groupby("channel")["total"].sum()
    whole = found.table.set_index("channel")["total"]
    assert by_part.to_numpy() == pytest.approx(whole[by_part.index].to_numpy(), abs=0.005)


def test_return_by_channel():
    deals = _deals().assign(mrr=50.0)
    found = acquisition_cost(
        _books(), deals, lag=1, monthly_revenue="mrr", gross_margin=0.5,
        ltv={"web": 800.0, "fair": 660.0},
    )  # fmt: skip
    rows = found.table.set_index("channel")
    assert rows.loc["web", "payback_months"] == pytest.approx(160 / 25)
    assert rows.loc["web", "ltv_to_cac"] == pytest.approx(5.0)
    assert rows.loc["fair", "ltv_to_cac"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"costs": _books().assign(amount=np.nan)}, "18 of 18 rows lack"),
        ({"costs": _books().drop(columns="month")}, "no column 'month'"),
        ({"deals": _deals().assign(won=0)}, "No deal was won"),
        ({"deals": _deals().assign(closed=pd.NaT)}, "none has a day"),
    ],
)
def test_bad_input_is_explained(change, words):
    with pytest.raises(DataError, match=words):
        acquisition_cost(change.get("costs", _books()), change.get("deals", _deals()))


def test_parameters_are_checked():
    with pytest.raises(ParameterError, match="lag"):
        acquisition_cost(_books(), _deals(), lag=-1)
    with pytest.raises(ParameterError, match="gross_margin"):
        acquisition_cost(_books(), _deals(), gross_margin=0.0)


def test_a_channel_may_not_be_called_all():
    books = _books().assign(channel="all")
    with pytest.raises(DataError, match="shared='all'"):
        acquisition_cost(books, _deals())


def test_what_comes_with_each_customer_is_not_uncertain():
    """A partner who takes 100 a customer costs 100 a customer, however few there are."""
    books = pd.DataFrame({"month": ["2026-01-01"], "channel": ["web"], "amount": [400.0]})
    deals = pd.DataFrame(
        {
            "closed": "2026-01-10",
            "won": [1, 1, 1, 1, 1, 1],
            "channel": ["web"] * 4 + ["partner"] * 2,
            "kept": [0.0] * 4 + [100.0] * 2,
        }
    )
    found = acquisition_cost(books, deals, added="kept").table.set_index("channel")
    assert found.loc["partner", ["low", "loaded", "high"]].tolist() == [100, 100, 100]
    # Garwood's 90 % interval of a count of 4 is 1.366 to 9.154.
    ends = found.loc["web", ["low", "high"]].to_numpy(float)
    assert ends == pytest.approx([400 / 9.154, 400 / 1.366], rel=1e-3)


def test_deals_outside_the_months_and_without_a_group_are_told():
    books = pd.DataFrame({"month": ["2026-01-01"], "channel": ["web"], "amount": [90.0]})
    deals = pd.DataFrame(
        {
            "closed": ["2026-01-10", "2026-01-11", "2025-06-01"],
            "won": 1,
            "channel": "web",
            "part": ["big", None, "big"],
        }
    )
    found = acquisition_cost(books, deals, group="part")
    assert found.notes == ("1 deals were not decided from 2026-01 to 2026-01: left out.",)
    assert found.groups["group"].tolist() == ["big", "unknown"]
    assert found.groups["total"].sum() == 90


def test_what_is_not_known_is_not_infinite():
    assert np.isnan(payback_months(np.nan, 100))
    assert np.isnan(payback_months(100, np.nan))
    assert np.isnan(ltv_to_cac(100, np.nan))
