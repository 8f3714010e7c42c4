"""A4 by hand: what a customer pays back, and is worth, beside what it cost."""

import pandas as pd
import pytest

import segkit


def _company(cost=50.0, **settings):
    """Two schools won for 1,800, two colleges lost; of 100 charged `cost` is spent on delivery."""
    accounts = [f"A{n}" for n in range(60)]
    contracts = pd.DataFrame(
        {
            "contract_id": range(60),
            "account_id": accounts,
            "start": "2022-01-01",
            # Of 30 schools 6 left after two years, of 30 colleges 15.
            "end": [None if n % 10 and n % 4 != 1 else "2024-01-01" for n in range(60)],
            "mrr": 100.0,
        }
    )
    deals = pd.DataFrame(
        {
            "opp_id": list("abcd"),
            "account_id": ["A2", "A4", "A3", "A7"],
            "lead_source": "inbound",
            "outcome": ["won", "won", "refused", "refused"],
            "value": [1200.0, 2400.0, 9e5, 9e5],
            "created": "2024-05-15",
            "closed": "2024-05-20",
        }
    )
    tables = {
        "accounts": pd.DataFrame({"account_id": accounts, "segment": ["school", "college"] * 30}),
        "contracts": contracts,
        "invoices": pd.DataFrame(
            {"invoice_id": 1, "account_id": "A2", "month": ["2024-05"], "amount": 100, "cost": cost}
        ),
        "opportunities": deals,
        "gtm_costs": pd.DataFrame(
            {"month": ["2024-05"], "channel": "inbound", "category": "people", "amount": 1800.0}
        ),
    }
    tables["invoices"] = tables["invoices"].dropna(axis="columns", how="all")
    return segkit.CustomerBase.from_tables(tables, {"as_of": "2024-12-31"} | settings)


def test_payback_counts_months_of_margin():
    """900 a customer / (1,800 a year / 12 x 50 %) = 12 months."""
    row = _company().ask("A4").table.iloc[0]
    assert row["loaded"] == 900
    assert row["payback_months"] == 12


def test_ltv_is_that_of_a_new_customer_of_the_segments_won():
    """50 a month / (1 - ((1 - churn) / 1.1)^(1/12)), with the churn of schools: no college won."""
    base = _company()
    churn = base.ask("A5").pictures[0].table.set_index("group")["churn"]
    assert churn["college"] > 2 * churn["school"]
    worth = 50 / (1 - ((1 - churn["school"]) / 1.1) ** (1 / 12))
    row = base.ask("A4").table.iloc[0]
    assert row["ltv_to_cac"] == pytest.approx(worth / 900, abs=0.01)


def test_payback_on_revenue_says_so():
    """Without costs of delivery all revenue pays back: 900 / 150 = 6 months."""
    answer = _company(cost=None).ask("A4")
    assert answer.table["payback_months"].iloc[0] == 6
    assert any(caveat.startswith("Gross margin is not known") for caveat in answer.caveats)


@pytest.mark.parametrize("cost", [100.0, 150.0])
def test_customers_who_leave_no_margin_pay_nothing_back(cost):
    base = _company(cost)
    answer = base.ask("A4")
    assert answer.estimate == 900
    assert not {"payback_months", "ltv_to_cac"} & set(answer.table)
    assert f"The invoices charge 100 and cost {cost:.0f}" in " ".join(answer.caveats)
    refused = base.ask("A5")
    assert refused.status == "not enough data"
    assert "set gross_margin" in refused.headline
    assert _company(cost, gross_margin=0.5).ask("A4").table["payback_months"].iloc[0] == 12
