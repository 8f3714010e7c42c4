"""What it costs to win a deal, by hand."""

import pandas as pd
import pytest

from segkit import CustomerBase
from segkit.answers.market.positions import product_positions
from segkit.answers.market.routes import _cost_to_win

COSTS = pd.DataFrame(
    {
        "month": ["2024-01", "2024-02", "2024-02"],
        "channel": ["inbound", "outbound", "shared"],
        "category": "people",
        "amount": [100.0, 300.0, 40.0],
    }
)


def test_spending_is_spread_over_the_deals_of_its_months():
    """Shared cost follows direct spending: 440 / 400 of 100 over two deals, of 300 over one."""
    won = pd.DataFrame(
        {
            "lead_source": ["inbound", "inbound", "outbound", "outbound"],
            # The last deal was won when the spending is not known any more.
            "closed": pd.to_datetime(["2024-01-09", "2024-02-28", "2024-02-03", "2024-05-01"]),
        }
    )
    company = CustomerBase.from_tables({"gtm_costs": COSTS})
    cost, notes = _cost_to_win(company, won)
    assert cost.round(6).tolist() == [55.0, 55.0, 330.0, 330.0]
    assert not notes


def test_who_closes_sooner_is_stronger_and_who_grows_is_more_attractive():
    """By hand: deals alike but that cloud closes in 10 days and was opened later, paper in 40."""
    first, last = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-01")
    opened = {"cloud": [first] * 10 + [last] * 30, "paper": [first] * 30 + [last] * 10}
    parts = [
        pd.DataFrame({"product": product, "created": opened[product], "took": took})
        for product, took in (("cloud", 10), ("paper", 40))
    ]
    deals = pd.concat(parts, ignore_index=True).assign(value=100.0, delivery_cost=20.0)
    deals["outcome"] = ["won", "refused"] * 40
    deals["closed"] = deals["created"] + pd.to_timedelta(deals["took"], unit="D")
    (picture,), _ = product_positions(deals)
    table = picture.table.set_index("product")
    assert table["growth of deals"].to_dict() == pytest.approx(
        {"cloud": 3, "paper": 1 / 3}, abs=1e-3
    )
    assert table.loc["cloud", "strength"] > 3 > table.loc["paper", "strength"]
    assert table.loc["cloud", "attractiveness"] > 3 > table.loc["paper", "attractiveness"]
