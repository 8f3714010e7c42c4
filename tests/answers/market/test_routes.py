"""What it costs to win a deal, by hand."""

import pandas as pd

from segkit import CustomerBase
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
