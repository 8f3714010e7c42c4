"""S6 against the bridge planted in the sample company, and what it says without tables."""

import pandas as pd
import pytest

import segkit
from segkit.samples import make_case


@pytest.fixture(scope="module", params=[7, 303])
def drawn(request):
    return segkit.sample(request.param), make_case(request.param).truth["goals"]["realised"]


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("S6")


def _only(**tables):
    settings = {"currency": "EUR", "as_of": pd.Timestamp("2026-06-30").date()}
    return segkit.CustomerBase.from_tables(tables, settings)


def _part(answer, about):
    (picture,) = [one for one in answer.pictures if one.about == about]
    return picture


def test_the_bridge_is_the_one_planted(drawn):
    base, truth = drawn
    found = base.ask("S6")
    lines = found.table.set_index("line")["amount"]
    for name in ("start", "new", "expansion", "contraction", "churn", "end"):
        assert lines[name] == pytest.approx(truth[name], abs=0.01)
    assert lines[["start", "new", "expansion", "contraction", "churn"]].sum() == pytest.approx(
        lines["end"], abs=0.05
    )
    goals = base["goals"].set_index("kind")["amount"]
    assert lines["gap"] == pytest.approx(goals["target"] - truth["end"], abs=0.01)
    needed = goals["target"] - truth["end"] * truth["net_revenue_retention"]
    assert found.estimate == pytest.approx(needed, rel=1e-5)
    assert found.interval[0] < needed < found.interval[1]


def test_the_partners_part_of_the_revenue_is_named(answer, larkspur):
    contracts = larkspur["contracts"].merge(larkspur["accounts"][["account_id", "party_type"]])
    runs = contracts[
        (contracts["start"] <= larkspur.as_of)
        & ~(contracts["end"] <= larkspur.as_of)
        & (contracts["party_type"] == "partner")
    ]
    paid = 12 * runs["mrr"].sum() / 1e6
    assert any(
        f"USD {paid:.1f} M comes from {runs['account_id'].nunique()} partners" in caveat
        for caveat in answer.caveats
    )


def test_the_budget_sums_to_what_was_spent(answer, larkspur):
    split = _part(answer, "budget").table
    assert set(split["category"]) == {"people", "technology", "third party"}
    assert split["share"].sum() == pytest.approx(1, abs=1e-3)
    costs = larkspur["gtm_costs"]
    spent = costs.loc[costs["month"] > "2025-06-30", "amount"].sum()
    assert split["amount"].sum() == pytest.approx(spent)
    # The rule of thumb: 10 to 30 % of 2.51 M.
    assert "USD 251 k to USD 754 k" in _part(answer, "budget").finding
    assert "The goal of USD 52.5 M takes USD 9.13 M of new business" in answer.headline


def test_capacity_is_what_the_team_did(answer, larkspur):
    table = _part(answer, "capacity").table.set_index("tier")
    acts, deals = larkspur["activities"], larkspur["opportunities"]
    own = acts[(acts["by_whom"] == "rep") & (acts["date"] > "2025-06-30")]
    assert (
        table["accounts"].sum()
        == own["opp_id"].map(deals.set_index("opp_id")["account_id"]).nunique()
    )
    for row in table.to_dict("records"):
        assert row["coverable"] == pytest.approx(len(own) / row["contacts per account"], rel=0.01)


def test_pictures_draw_and_state_their_finding(answer):
    assert [picture.about for picture in answer.pictures] == ["goal", "budget", "capacity"]
    for picture in answer.pictures:
        assert picture.finding.endswith(".")
        assert len(picture.figure().data) > 0


def test_a_table_of_salespeople_without_rows_counts_as_none(larkspur):
    names = ("activities", "opportunities", "gtm_costs")
    tables = {name: larkspur[name] for name in names} | {"reps": larkspur["reps"].iloc[:0]}
    answer = _only(**tables).ask("S6")
    assert "The team made" in _part(answer, "capacity").finding


def test_stated_goals_speak_where_nothing_else_does(larkspur):
    answer = _only(goals=larkspur["goals"]).ask("S6")
    truth = make_case().truth["goals"]["realised"]
    assert answer.status == "answered"
    assert answer.interval is None
    lines = answer.table.set_index("line")["amount"]
    assert lines["end"] == pytest.approx(truth["end"])
    assert any("stated in goals" in caveat for caveat in answer.caveats)


def test_payments_bridge_two_years():
    months = pd.date_range("2024-07-01", "2026-06-01", freq="MS")
    rows = [("stays", month, 10.0) for month in months]
    rows += [("left", month, 5.0) for month in months[:12]]
    rows += [("came", month, 2.0) for month in months[12:]]
    invoices = pd.DataFrame(rows, columns=["account_id", "month", "amount"]).assign(
        invoice_id=lambda frame: [f"I{number}" for number in frame.index]
    )
    answer = _only(invoices=invoices).ask("S6")
    lines = answer.table.set_index("line")["amount"].to_dict()
    assert lines == {
        "start": 180, "new": 24, "expansion": 0, "contraction": 0, "churn": -60, "end": 144,
    }  # fmt: skip
    assert answer.estimate == pytest.approx(120 / 180)
    assert answer.unit == "net revenue retention"


def test_spending_alone_gives_the_budget(larkspur):
    answer = _only(gtm_costs=larkspur["gtm_costs"]).ask("S6")
    assert answer.status == "answered"
    assert answer.estimate is None
    assert answer.headline.startswith("The budget of")
    assert any("gives no bridge" in caveat for caveat in answer.caveats)


def test_one_year_is_not_enough():
    months = pd.date_range("2026-01-01", "2026-06-01", freq="MS")
    orders = pd.DataFrame({"account_id": "a", "date": months, "amount": 5.0})
    answer = _only(orders=orders.assign(order_id=range(6))).ask("S6")
    assert answer.status == "not enough data"


def test_a_goal_already_met_is_said(larkspur):
    goals = larkspur["goals"].copy()
    goals.loc[goals["kind"] == "target", "amount"] = 4e7
    answer = _only(goals=goals).ask("S6")
    assert answer.headline.endswith("The goal of EUR 40.0 M is met without new business.")


def test_a_year_without_spending_is_no_budget(larkspur):
    costs = larkspur["gtm_costs"]
    answer = _only(gtm_costs=costs[costs["month"] < "2025-01-01"]).ask("S6")
    assert answer.status == "not enough data"
    assert "nothing was spent" in answer.headline


def test_a_goal_alone_is_not_enough():
    goals = pd.DataFrame({"goal_id": ["g"], "kind": ["target"], "amount": [5e6]})
    assert _only(goals=goals).ask("S6").status == "not enough data"


def test_tiers_begin_where_the_value_held_reaches_80_and_95_percent(larkspur):
    """By hand: deals of 90, 6 and 4 begin at 0, 90 and 96 % of all value."""
    deals = pd.DataFrame(
        {"opp_id": list("abc"), "account_id": list("XYZ"), "outcome": "open", "value": [90, 6, 4]}
    )
    acts = pd.DataFrame({"activity_id": [1, 2, 3], "opp_id": list("abc"), "date": "2026-05-01"})
    base = _only(opportunities=deals, activities=acts, gtm_costs=larkspur["gtm_costs"])
    table = _part(base.ask("S6"), "capacity").table
    assert dict(zip(table["tier"], table["accounts"], strict=True)) == {"A": 1, "B": 1, "C": 1}
