"""A5 against the churn planted in the sample company, and against simulated buyers."""

import numpy as np
import pandas as pd
import pytest

import segkit


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("A5")


def _churn(answer):
    return answer.pictures[0].table.set_index("group")


@pytest.mark.parametrize("seed", [7, 11])
def test_planted_churn_is_found(seed):
    from segkit.samples import make_case

    planted = make_case(seed).truth["A5"]["parameter"]["annual_churn"]
    found = _churn(segkit.sample(seed).ask("A5"))
    for segment, churn in planted.items():
        row = found.loc[segment]
        # The 90 % interval, widened by half: eight intervals are looked at here.
        assert row["churn_low"] - 0.5 * (row["churn"] - row["churn_low"]) < churn
        assert churn < row["churn_high"] + 0.5 * (row["churn_high"] - row["churn"])


def test_value_of_a_customer_is_the_closed_form(answer):
    # Margin m a month in advance, churn c and discount d a year: m / (1 - ((1-c)/(1+d))^(1/12)).
    churn = _churn(answer)["churn"]
    row = answer.table[answer.table["segment"] == "private universities"].iloc[0]
    stay = ((1 - churn["private universities"]) / 1.10) ** (1 / 12)
    assert row["value"] == pytest.approx(row["monthly_margin"] / (1 - stay), rel=1e-3)


def test_margin_is_the_planted_one(answer, truth):
    assert f"{truth['A5']['parameter']['margin']:.0%}".replace("%", " %") in answer.caveats[0]


def test_table_adds_up_and_counts_running_customers_only(answer, larkspur):
    assert answer.table["value"].sum() == pytest.approx(answer.estimate, rel=1e-4)
    running = larkspur.contracts[larkspur.contracts["end"].isna()]["account_id"].nunique()
    assert len(answer.table) == running
    assert answer.interval[0] < answer.estimate < answer.interval[1]


def test_partners_stand_apart(answer, larkspur):
    partners = larkspur.accounts.query("party_type == 'partner'")["account_id"]
    groups = answer.table.set_index("account_id")["segment"]
    assert set(groups.reindex(partners).dropna()) == {"partners"}


def _orders(rng, customers=1_500, weeks=104.0):
    """Draw BG/NBD buyers (Fader, Hardie & Lee 2005) with gamma-gamma spend."""
    rate = rng.gamma(0.8, 1 / 8.0, customers)
    quits = rng.beta(0.9, 4.0, customers)
    scale = rng.gamma(4.0, 1 / 15.0, customers)
    rows = []
    for number in range(customers):
        week, left = rng.uniform(0, 26), False
        while week < 2 * weeks and not left:
            bought_before = bool(rows) and rows[-1][0] == f"C{number}"
            rows.append((f"C{number}", week, rng.gamma(6.0, 1 / scale[number])))
            week += rng.exponential(1 / rate[number])
            left = bought_before and rng.random() < quits[number]
    return pd.DataFrame(rows, columns=["customer", "week", "amount"])


def test_orders_forecast_what_simulated_buyers_do():
    drawn = _orders(np.random.default_rng(3))
    drawn["date"] = pd.Timestamp("2022-01-03") + pd.to_timedelta(
        drawn["week"] * 7, unit="D"
    ).dt.floor("D")
    seen = drawn[drawn["week"] < 104]
    answer = segkit.CustomerBase.from_tables(
        {"orders": seen[["customer", "date", "amount"]]},
        {"as_of": pd.Timestamp("2023-12-31").date()},
    ).ask("A5")
    assert answer.status == "answered"
    assert "BG/NBD" in answer.method
    check = next(p for p in answer.pictures if p.title.startswith("Forecast against")).table
    forecast = (check["expected"] * check["customers"]).sum()
    happened = (check["actual"] * check["customers"]).sum()
    assert forecast == pytest.approx(happened, rel=0.12)


def test_orders_of_people_who_never_leave_say_so():
    rng = np.random.default_rng(5)
    rows = [
        (f"C{number}", pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(day)), 10 + rng.random())
        for number in range(200)
        for day in np.cumsum(rng.exponential(20 + number % 17, 60))
        if day < 700
    ]
    orders = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    answer = segkit.CustomerBase.from_tables({"orders": orders}).ask("A5")
    assert answer.status == "answered"
    assert "not seen to leave" in answer.method
    assert "months" in answer.headline or "2 years" in answer.headline
    assert (answer.table["probability_alive"] == 1).all()
    # As long ahead as the orders look back they spend as much again: 1.9 years, whose mean
    # discount is (1 - 1.1^-1.9) / (1.9 log 1.1) = .915.
    assert answer.estimate == pytest.approx(0.915 * orders["amount"].sum(), rel=0.05)


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ([("A", "2026-01-05", 10.0)], "1"),
        ([("A", "2026-01-05", 10.0), ("B", "2026-01-06", 5.0)], "repeat"),
    ],
)
def test_too_few_orders_are_not_enough(orders, words):
    frame = pd.DataFrame(orders, columns=["customer", "date", "amount"])
    answer = segkit.CustomerBase.from_tables({"orders": frame}).ask("A5")
    assert answer.status == "not enough data"
    assert answer.estimate is None
    assert answer.figure() is None


def test_a_contract_that_ends_later_still_runs_and_margin_is_of_sums():
    contracts = pd.DataFrame(
        {
            "contract_id": range(60),
            "account_id": [f"C{number:02d}" for number in range(60)],
            "start": ["2023-01-01", "2023-07-01"] * 30,
            # Twenty have left; C20 has given notice, and stays until after the day of the question.
            "end": ["2024-03-01"] * 20 + ["2025-06-30"] + [None] * 39,
            "mrr": 100.0,
        }
    )
    invoices = pd.DataFrame(
        {
            "invoice_id": [1, 2],
            "account_id": "C30",
            "month": ["2024-01", "2024-02"],
            "amount": [100, 300],
            "cost": [10, 150],
        }
    )
    tables = {"contracts": contracts, "invoices": invoices}
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": "2024-12-31"}).ask("A5")
    assert set(answer.table["account_id"]) == {f"C{number:02d}" for number in range(20, 60)}
    # 400 charged and 160 of cost, not the mean of the margins of two months.
    assert answer.caveats[0].startswith("Gross margin of 60 %")


def test_an_account_pays_what_its_running_contracts_charge():
    """By hand: C00 pays 30 now; the 70 of a contract that ended are no revenue any more."""
    contracts = pd.DataFrame(
        {
            "contract_id": range(61),
            "account_id": ["C00", *(f"C{number:02d}" for number in range(60))],
            "start": "2022-01-01",
            "end": ["2024-03-01", None, *["2024-03-01"] * 20, *[None] * 39],
            "mrr": [70.0, *[30.0] * 60],
        }
    )
    base = segkit.CustomerBase.from_tables({"contracts": contracts}, {"as_of": "2024-12-31"})
    assert (base.ask("A5").table["monthly_margin"] == 30).all()
