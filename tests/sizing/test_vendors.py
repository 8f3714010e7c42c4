"""Shares, channel mix and win rates against identities, published intervals and planted rates."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import chi2

from segkit.errors import DataError, ParameterError
from segkit.intervals import wilson_interval
from segkit.sizing import channel_mix, market_shares, win_rates

MARKET = pd.DataFrame(
    {
        "who": ["A", "A", "B", "C"],
        "paid": [30.0, 30.0, 25.0, 15.0],
        "customers": [20, 10, 40, 30],
    }
)


def shares(frame=MARKET, **more):
    return market_shares(frame, vendor="who", revenue="paid", customers="customers", **more)


def test_share_is_share_of_customers_times_usage():
    """Parfitt & Collins 1968: brand share = penetration share x buying rate index."""
    table = shares(accounts=400).set_index("vendor")
    assert table["share"].to_dict() == pytest.approx({"A": 0.6, "B": 0.25, "C": 0.15})
    assert table["penetration"].to_dict() == pytest.approx({"A": 0.075, "B": 0.1, "C": 0.075})
    assert (table["customer_share"] * table["usage"]).tolist() == pytest.approx(
        table["share"].tolist()
    )
    assert table.loc["A", "usage"] == pytest.approx(2.0)


def test_kinds_of_frame_and_order_of_rows_do_not_matter():
    expected = shares().to_csv()
    assert shares(pl.from_pandas(MARKET)).to_csv() == expected
    assert shares(MARKET.sample(frac=1, random_state=1)).to_csv() == expected


def test_bad_vendors_are_named():
    with pytest.raises(DataError, match=r"customers must be .* at least 0. Got -10 in row 1"):
        shares(MARKET.assign(customers=[20, -10, 40, 30]))
    with pytest.raises(DataError, match=r"more customers than the 35 accounts: B \(40\)"):
        shares(accounts=35)
    with pytest.raises(DataError, match="nobody has revenue"):
        shares(MARKET.assign(paid=0))
    with pytest.raises(ParameterError, match="accounts"):
        shares(accounts=0)


MIX = pd.DataFrame(
    {
        "who": ["A", "A", "B"],
        "direct": [1.0, 0.5, None],
        "partner": [0.0, 0.5, 0.2],
        "sold": [3.0, 1.0, 0.0],
    }
)


def mix(frame=MIX, **more):
    found = channel_mix(frame, vendor="who", routes=["direct", "partner"], **more)
    return found.set_index("vendor")


def test_routes_are_weighted_by_sales():
    assert mix().loc["A"].tolist() == pytest.approx([0.75, 0.25])
    assert mix(weight="sold").loc["A"].tolist() == pytest.approx([0.875, 0.125])


def test_a_vendor_without_sales_keeps_its_routes_and_gaps():
    row = mix(weight="sold").loc["B"]
    assert row["partner"] == pytest.approx(0.2)
    assert np.isnan(row["direct"])


def test_rows_beyond_the_whole_are_named():
    with pytest.raises(DataError, match=r"sum to more than 1: 1.3 of A in row 0"):
        mix(MIX.assign(partner=[0.3, 0.5, 0.2]))
    with pytest.raises(
        DataError, match=r"direct must be a number within 0 and 1. Got 1.2 in row 0"
    ):
        mix(MIX.assign(direct=[1.2, 0.5, 0.1]))
    twice = pd.concat([MIX, MIX.assign(partner=0.9)])
    with pytest.raises(DataError, match=r"1.9 of A in row 0, 1.4 of A in row 1"):
        mix(twice)


def deals(rates, each=200, seed=0):
    rng = np.random.default_rng(seed)
    parts = [
        pd.DataFrame({"rival": name, "won": rng.random(each) < rate})
        for name, rate in rates.items()
    ]
    return pd.concat(parts, ignore_index=True)


def rates(frame, **more):
    return win_rates(frame, rival="rival", won="won", **more)


def test_rates_and_intervals_by_hand():
    frame = pd.DataFrame({"rival": ["A"] * 29 + ["B"] * 7 + [None], "won": [1] * 5 + [0] * 32})
    found = rates(frame)
    table = found.table.set_index("vendor")
    assert table.loc["A", ["deals", "won"]].tolist() == [29, 5]
    assert table.loc["A", ["low", "high"]].tolist() == pytest.approx(wilson_interval(5, 29))
    assert table.loc["B", ["win_rate", "low", "high"]].isna().all()
    assert (found.rate, found.differ) == (pytest.approx(5 / 29), False)


def test_planted_differences_are_found_and_equal_rivals_are_not():
    planted = {"A": 0.15, "B": 0.3, "C": 0.45}
    found = [rates(deals(planted, seed=seed)) for seed in range(20)]
    assert all(one.differ for one in found)
    held = sum(
        row["low"] <= planted[row["vendor"]] <= row["high"]
        for one in found
        for row in one.table.to_dict("records")
    )
    assert held >= 46  # of 60 at 90 %: four standard errors below 54 is 45
    alarms = sum(rates(deals(dict.fromkeys("ABCD", 0.3), seed=s)).differ for s in range(60))
    assert alarms <= 9  # 3 expected


def test_thin_or_broken_deals_are_refused():
    with pytest.raises(DataError, match="no rival is named in 8 closed deals"):
        rates(deals({"A": 0.5}, each=5))
    with pytest.raises(DataError, match=r"true or false. Got 0.5 in row 0"):
        rates(pd.DataFrame({"rival": ["A"], "won": [0.5]}))
    with pytest.raises(DataError, match=r"Got 'yes' in row 0"):
        rates(pd.DataFrame({"rival": ["A"], "won": ["yes"]}))


@pytest.mark.parametrize("column", ["paid", "customers"])
def test_an_empty_cell_is_refused_not_counted_as_nothing(column):
    frame = MARKET.astype({column: float})
    frame.loc[2, column] = None
    with pytest.raises(DataError, match="is empty in row 2"):
        shares(frame)


def test_two_rivals_are_tested_as_more_are():
    """Pearson's chi-squared by hand, without Yates' correction."""
    won = [1] * 13 + [0] * 7 + [1] * 6 + [0] * 14
    frame = pd.DataFrame({"rival": ["A"] * 20 + ["B"] * 20, "won": won})
    statistic = 40 * (13 * 14 - 7 * 6) ** 2 / (20 * 20 * 19 * 21)
    p = float(chi2.sf(statistic, 1))
    assert rates(frame, alpha=1.01 * p).differ
    assert not rates(frame, alpha=0.99 * p).differ
