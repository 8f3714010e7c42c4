"""M2 to M7 against what was planted in the sample company, for a draw never used in development."""

import pandas as pd
import pytest

import segkit
from segkit.samples import make_case

TABLES = (
    "market_facts",
    "market_history",
    "trend_signals",
    "needs_waves",
    "competitors",
    "attribute_ratings",
    "external_factors",
    "opportunities",
    "gtm_costs",
)


@pytest.fixture(scope="module", params=[303])
def drawn(request):
    case = make_case(request.param)
    tables = {name: case.tables[name] for name in TABLES}
    settings = {"company": "Larkspur HR", "currency": "USD", "as_of": "2026-06-30"}
    return segkit.CustomerBase.from_tables(tables, settings), case.truth


def parameter(truth, question):
    return truth[question]["parameter"]


def test_trends_are_those_planted(drawn):
    base, truth = drawn
    answer = base.ask("M2")
    assert answer.status == "answered"
    found = dict(zip(answer.table["topic"], answer.table["verdict"], strict=True))
    planted = parameter(truth, "M2")
    assert found == planted["direction"]
    strongest = max(planted["slope_per_year"].values())
    assert answer.interval[0] - 0.5 < strongest < answer.interval[1] + 0.5


def test_needs_change_as_planted(drawn):
    base, truth = drawn
    answer = base.ask("M3")
    found = dict(zip(answer.table["need"], answer.table["verdict"], strict=True))
    assert found == parameter(truth, "M3")["direction"]
    change = answer.table.set_index("need")["change"]
    assert change.to_dict() == pytest.approx(parameter(truth, "M3")["change"], abs=0.05)


def test_the_best_route_leads_for_each_product(drawn):
    base, truth = drawn
    answer = base.ask("M4")
    table = answer.table.dropna(subset="low")
    best = table.loc[table.groupby("product")["contribution"].idxmax()].set_index("product")
    for product, route in parameter(truth, "M4")["best_route"].items():
        assert best.loc[product, "route"] == route
        assert best.loc[product, "verdict"] in {"recommended", "too close to call"}
    realised = truth["M4"]["realised"]["contribution_per_won_deal"]
    for row in answer.table.to_dict("records"):
        assert row["contribution"] == pytest.approx(realised[row["product"]][row["route"]], abs=1)


def test_spending_is_spread_over_deals_won_without_loss(drawn):
    base, _ = drawn
    from segkit.answers.market.routes import _cost_to_win

    deals, spent = base["opportunities"], base["gtm_costs"]
    won = deals[deals["outcome"] == "won"]
    costs, _ = _cost_to_win(base, won)
    months = spent["month"].dt.to_period("M")
    counted = won["closed"].dt.to_period("M").between(months.min(), months.max())
    assert costs[counted].sum() == pytest.approx(spent["amount"].sum())


def test_rivals_sell_as_planted(drawn):
    base, truth = drawn
    answer = base.ask("M5")
    mix = answer.table.set_index("vendor")
    for vendor, routes in parameter(truth, "M5")["channel_mix"].items():
        assert mix.loc[vendor, list(routes)].to_dict() == pytest.approx(routes, abs=0.005)
    markets = answer.pictures[-1].table.set_index("segment")["hhi"]
    assert markets.to_dict() == pytest.approx(parameter(truth, "M5")["hhi"], abs=5)


def test_shares_are_those_of_the_last_year(drawn):
    base, _ = drawn
    history = base["market_history"]
    last = history[history["year"] == history["year"].max()].groupby("vendor")
    revenue, customers = last["revenue"].sum(), last["customers"].sum()
    table = base.ask("M5").table.set_index("vendor")
    assert table["share of revenue"].to_dict() == pytest.approx(
        (revenue / revenue.sum()).to_dict(), abs=1e-4
    )
    # 16,591 accounts: school systems, colleges, public and private universities.
    assert table["penetration"].to_dict() == pytest.approx((customers / 16_591).to_dict(), abs=1e-4)


def test_products_are_placed_by_what_their_deals_show(drawn):
    base, _ = drawn
    deals = base["opportunities"]
    cells, segments = (
        picture for picture in base.ask("M4").pictures if picture.about == "position"
    )
    placed = cells.table.set_index("product")
    assert set(placed.index) == set(deals["product"])
    closed = deals[deals["outcome"].isin(["won", "refused", "stuck"])]
    rates = closed["outcome"].eq("won").groupby(closed["product"]).mean()
    assert placed["win rate"].to_dict() == pytest.approx(rates.to_dict(), abs=1e-3)
    assert placed["attractiveness"].between(1, 5).all()
    assert (placed["keeps_cell"] <= placed["keeps_advice"]).all()
    # The private universities are the one segment in which the sample company sells most.
    leading = segments.table.query("relative_share >= 1")["item"].tolist()
    assert leading == ["private universities"]


def test_strengths_are_those_planted(drawn):
    base, truth = drawn
    answer = base.ask("M6")
    verdicts = answer.table.set_index("attribute")["verdict"]
    planted = parameter(truth, "M6")
    assert set(verdicts.index[verdicts == "strength"]) == set(planted["strengths"])
    assert set(verdicts.index[verdicts == "weakness"]) == set(planted["weaknesses"])
    gaps = answer.table.set_index("attribute")["gap"].to_dict()
    assert gaps == pytest.approx(planted["gap"], abs=0.4)


def test_opportunity_threat_and_score_are_those_planted(drawn):
    base, truth = drawn
    answer = base.ask("M7")
    planted = parameter(truth, "M7")
    assert answer.estimate == pytest.approx(planted["efe"])
    assert planted["opportunity"] in answer.headline
    assert planted["threat"] in answer.headline
    seen = answer.table.set_index("factor")["seen in the tables"]
    assert seen[planted["opportunity"]] == "trend rises"
    assert seen[planted["threat"]] == "price falls"
    assert seen["tenders of public universities"] == "not tested"


def test_strengths_weaknesses_opportunities_and_threats_stand_together(drawn):
    base, truth = drawn
    pictures = {picture.title: picture.table for picture in base.ask("M7").pictures}
    table = pictures["Strengths, weaknesses, opportunities, threats"]
    internal = table[table["kind"].isin(["strength", "weakness"])]
    planted = parameter(truth, "M6")
    assert {name[3:] for name in internal["what"]} == {
        *planted["strengths"],
        *planted["weaknesses"],
    }
    assert table["weight"].sum() == pytest.approx(2, abs=1e-3)
    assert internal["evidence"].str.contains("300 buyers").all()


def test_reasons_of_deals_stand_beside_each_attribute(drawn):
    base, _ = drawn
    table = base.ask("M6").table.set_index("attribute")
    deals = base["opportunities"]
    for outcome, column in (("won", "won for it"), ("refused", "refused for it")):
        expected = deals.loc[deals["outcome"] == outcome, "reason"].value_counts()
        assert table[column].to_dict() == expected.reindex(table.index, fill_value=0).to_dict()


def test_every_picture_states_its_finding_and_draws(larkspur):
    for question in ("M2", "M3", "M4", "M5", "M6", "M7"):
        answer = larkspur.ask(question)
        assert answer.pictures
        for picture in answer.pictures:
            assert picture.finding.endswith(".")
            assert len(picture.figure().data) > 0


def _only(**tables):
    return segkit.CustomerBase.from_tables(tables, {"currency": "EUR"})


def test_three_months_tell_no_trend():
    months = pd.date_range("2026-01-01", periods=3, freq="MS")
    base = _only(
        trend_signals=pd.DataFrame({"month": months, "topic": "cloud", "index": [1.0, 2.0, 3.0]})
    )
    assert base.ask("M2").status == "not enough data"


def test_one_wave_tells_no_change(larkspur):
    waves = larkspur["needs_waves"]
    assert _only(needs_waves=waves[waves["wave"] == 1]).ask("M3").status == "not enough data"


def test_two_waves_tell_no_trend(larkspur):
    waves = larkspur["needs_waves"]
    answer = _only(needs_waves=waves[waves["wave"] <= 2]).ask("M3")
    assert answer.status == "not enough data"
    assert "two waves" in answer.headline


def test_three_years_place_no_segment(larkspur):
    history = larkspur["market_history"]
    tables = {
        "opportunities": larkspur["opportunities"],
        "market_history": history[history["year"] > history["year"].max() - 3],
    }
    settings = {"currency": "USD", "company": larkspur.settings.company}
    answer = segkit.CustomerBase.from_tables(tables, settings).ask("M4")
    assert not any("segment" in picture.title for picture in answer.pictures)


def test_five_deals_settle_no_route(larkspur):
    deals = larkspur["opportunities"]
    won = deals[deals["outcome"] == "won"]
    for few in (won.head(5), won[(won["product"] == "Payroll")].groupby("channel").head(5)):
        answer = _only(opportunities=few).ask("M4")
        assert answer.status == "not enough data"
        assert not answer.pictures
        assert "Products are not placed" in " ".join(answer.caveats)
    none_won = deals[deals["outcome"] == "refused"]
    assert _only(opportunities=none_won).ask("M4").status in {"not enough data", "missing data"}


def test_rivals_without_deals_are_still_described(larkspur):
    answer = _only(competitors=larkspur["competitors"]).ask("M5")
    assert answer.status == "answered"
    assert answer.estimate is None
    assert "no deal names a rival" in answer.caveats[0]


def test_five_deals_give_no_win_rate(larkspur):
    deals = larkspur["opportunities"].dropna(subset="competitor")
    few = deals[deals["outcome"] == "won"].head(5)
    answer = _only(competitors=larkspur["competitors"], opportunities=few).ask("M5")
    assert answer.estimate is None
    assert "no rival is named in 8 closed deals" in answer.caveats[0]


def test_routes_that_sum_to_more_than_all_are_named(larkspur):
    rivals = larkspur["competitors"].copy()
    rivals.loc[4, ["direct", "partner"]] = 0.9
    answer = _only(competitors=rivals).ask("M5")
    assert answer.status == "not enough data"
    assert "Vendor D in row 4" in answer.headline


def test_shares_above_one_are_left_empty_and_told(larkspur):
    rivals = larkspur["competitors"].copy()
    rivals.loc[4, "tender"] = 1.4
    base = _only(competitors=rivals)
    assert base.ask("M5").status == "answered"
    (fault,) = base.faults
    assert (fault.column, fault.examples) == ("tender", (("row 5", "1.4"),))


def test_a_handful_of_buyers_tells_no_strength(larkspur):
    ratings = larkspur["attribute_ratings"]
    few = ratings[ratings["respondent"].isin(ratings["respondent"].unique()[:4])]
    answer = _only(attribute_ratings=few).ask("M6")
    assert answer.status == "not enough data"
    assert "Too few buyers" in answer.headline


def test_short_tables_tell_nothing_of_what_comes(larkspur):
    waves, history = larkspur["needs_waves"], larkspur["market_history"]
    short = {
        "trend_signals": larkspur["trend_signals"].groupby("topic").head(5),
        "needs_waves": waves[waves["wave"] <= 2],
        "market_history": history[history["year"] > history["year"].max() - 3],
    }
    assert _only(**short).ask("M7").status == "not enough data"
    judged = _only(**short, external_factors=larkspur["external_factors"]).ask("M7")
    seen = judged.table.set_index("factor")["seen in the tables"]
    assert seen["cloud mandate"] == "trend has not enough data"


def test_customers_beyond_all_accounts_leave_shares_unknown(larkspur):
    facts = larkspur["market_facts"].head(1).assign(low=3.0, mode=3.0, high=3.0)
    tables = {name: larkspur[name] for name in ("competitors", "market_history")}
    answer = _only(**tables, market_facts=facts).ask("M5")
    assert answer.status == "answered"
    assert "more customers than the 3 accounts: Larkspur HR" in answer.caveats[0]


def test_weights_that_do_not_sum_to_one_are_told(larkspur):
    tables = {name: larkspur[name] for name in ("trend_signals", "needs_waves", "market_history")}
    factors = larkspur["external_factors"].assign(weight=0.5)
    answer = _only(**tables, external_factors=factors).ask("M7")
    assert answer.status == "not enough data"
    assert "They sum to 3.5" in answer.headline


def test_hostile_names_are_escaped(larkspur):
    rivals = larkspur["competitors"].replace({"vendor": {"Vendor A": "<img src=x onerror=a()>"}})
    history = larkspur["market_history"].replace(
        {"vendor": {"Vendor A": "<img src=x onerror=a()>"}}
    )
    answer = _only(competitors=rivals, market_history=history).ask("M5")
    for picture in answer.pictures:
        drawn = picture.figure().update_layout(meta=None).to_json()
        assert "<img" not in drawn
        assert "\\u003cimg" not in drawn


def test_no_difference_is_no_evidence(larkspur):
    ratings = larkspur["attribute_ratings"].assign(best_rival=larkspur["attribute_ratings"]["us"])
    answer = _only(attribute_ratings=ratings).ask("M6")
    assert (answer.status, answer.estimate) == ("no evidence", None)


def test_threats_without_judgement_are_listed(larkspur):
    names = ("trend_signals", "needs_waves", "market_history")
    answer = _only(**{name: larkspur[name] for name in names}).ask("M7")
    assert answer.status == "answered"
    assert "nobody has yet judged" in answer.headline


def test_what_matters_now_is_counted_in_the_last_wave(larkspur):
    waves = larkspur["needs_waves"]
    last = waves[waves["wave"] == waves["wave"].max()]
    shares = (last["importance"] >= 4).groupby(last["need"].astype("str")).mean()
    table = larkspur.ask("M3").table.set_index("need")
    assert table["now"].to_dict() == pytest.approx(shares.to_dict(), abs=1e-4)


def test_the_hardest_rival_is_the_one_we_win_least_against(larkspur):
    """By hand: 10 of 40 won against X, where 15 are stuck, and 30 of 40 against Y."""
    outcomes = ["won"] * 10 + ["refused"] * 15 + ["stuck"] * 15 + ["won"] * 30 + ["refused"] * 10
    deals = pd.DataFrame({"opp_id": range(80), "outcome": outcomes})
    deals["competitor"] = ["Vendor A"] * 40 + ["Vendor B"] * 40
    answer = _only(competitors=larkspur["competitors"], opportunities=deals).ask("M5")
    assert (answer.estimate, answer.unit) == (0.25, "win rate against Vendor A")


def test_a_price_is_held_against_that_of_all_others():
    """By hand: 10 a customer beside 20 is half, and 20 beside 10 twice."""
    from segkit.answers.market.threats import _relative_prices

    history = pd.DataFrame(
        {"year": 2025, "vendor": ["A", "B"], "customers": [10, 10], "revenue": [100.0, 200.0]}
    )
    assert _relative_prices(history)["relative"].tolist() == [0.5, 2.0]
