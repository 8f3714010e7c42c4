"""M2 to M7 against what was planted in the sample company, for draws never used in development."""

import pandas as pd
import pytest

import segkit
from segkit.samples import make_case


@pytest.fixture(scope="module", params=[7, 101, 202])
def drawn(request):
    case = make_case(request.param)
    return segkit.sample(request.param), case.truth


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


def test_five_deals_settle_no_route(larkspur):
    deals = larkspur["opportunities"]
    few = deals[deals["outcome"] == "won"].head(5)
    assert _only(opportunities=few).ask("M4").status == "not enough data"
    none_won = deals[deals["outcome"] == "refused"]
    assert _only(opportunities=none_won).ask("M4").status in {"not enough data", "missing data"}


def test_rivals_without_deals_are_still_described(larkspur):
    answer = _only(competitors=larkspur["competitors"]).ask("M5")
    assert answer.status == "answered"
    assert answer.estimate is None
    assert "no deal names a rival" in answer.caveats[0]


def test_no_difference_is_no_evidence(larkspur):
    ratings = larkspur["attribute_ratings"].assign(best_rival=larkspur["attribute_ratings"]["us"])
    answer = _only(attribute_ratings=ratings).ask("M6")
    assert (answer.status, answer.estimate) == ("no evidence", None)


def test_threats_without_judgement_are_listed(larkspur):
    names = ("trend_signals", "needs_waves", "market_history")
    answer = _only(**{name: larkspur[name] for name in names}).ask("M7")
    assert answer.status == "answered"
    assert "nobody has yet judged" in answer.headline
