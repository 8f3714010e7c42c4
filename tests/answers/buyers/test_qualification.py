"""S11 against the frameworks planted in the sample company."""

import pandas as pd
import pytest

import segkit
from segkit.samples import make_case


@pytest.fixture(scope="module", params=[7, 101])
def answer(request):
    case = make_case(request.param)
    tables = {name: case.tables[name] for name in ("qualification", "opportunities")}
    return segkit.CustomerBase.from_tables(tables, {"as_of": case.truth["as_of"]}).ask("S11")


def test_planted_aucs_and_their_order_come_back(answer, truth):
    planted = truth["frameworks"]["parameter"]["auc"]
    rows = answer.pictures[0].table.set_index("framework")
    for name, auc in planted.items():
        assert rows.loc[name, "auc"] == pytest.approx(auc, abs=0.035)
    assert answer.unit == "AUC of GPCT"
    assert "better than" in answer.headline
    assert "BANT" in answer.headline
    assert rows["auc"].idxmax() == "together"


def test_need_tells_most_of_bant(answer, truth):
    strongest = truth["frameworks"]["parameter"]["strongest"]
    rows = answer.table[answer.table["framework"] == "BANT"]
    assert rows.nlargest(1, "strength")["dimension"].iloc[0] == strongest["BANT"] == "need"


def test_goals_with_a_number_win_more_often(answer):
    (flags,) = (picture for picture in answer.pictures if picture.about == "flags")
    assert flags.table.set_index("what").loc["quantified goal", "verdict"] == "wins more"


def test_scores_move_the_chance_of_winning_and_sellers_do_not_differ(answer):
    """The scores of the sample are drawn without regard to who sells."""
    (scores,) = (picture for picture in answer.pictures if picture.title.startswith("What a score"))
    assert scores.about == "dimensions"
    assert (scores.table.drop(columns="score").diff().dropna() > 0).all(axis=None)
    assert not [picture for picture in answer.pictures if picture.about == "sellers"]
    assert any("No evidence that a point is worth more" in caveat for caveat in answer.caveats)


def test_a_seller_who_wastes_need_is_shown(larkspur):
    deals, scores = larkspur["opportunities"], larkspur["qualification"]
    seller = deals["rep_id"].value_counts().index[0]
    own = deals.loc[deals["rep_id"] == seller, "opp_id"]
    turned = (scores["opp_id"].isin(own)) & (scores["dimension"] == "need")
    tables = {
        "opportunities": deals,
        "qualification": scores.assign(score=scores["score"].mask(turned, 3 - scores["score"])),
    }
    base = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())})
    (shown,) = (each for each in base.ask("S11").pictures if each.about == "sellers")
    assert "need (BANT)" in shown.title
    assert f"{seller}: worth less" in shown.finding


def test_few_closed_deals_are_not_enough(larkspur):
    deals = larkspur["opportunities"]
    few = deals[deals["outcome"] == "won"].head(5)
    tables = {
        "opportunities": few,
        "qualification": larkspur["qualification"].query("opp_id in @few.opp_id"),
    }
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "S11"
    )
    assert answer.status == "not enough data"
    assert "5 deals are won and 0 lost" in answer.headline


def test_a_framework_begun_lately_is_not_learnt(larkspur):
    """Its few deals are all won: there is nothing to tell them from."""
    deals, scores = larkspur["opportunities"], larkspur["qualification"]
    won = deals.loc[deals["outcome"] == "won", "opp_id"].head(12)
    bant = scores["framework"] == "BANT"
    new = scores[bant & scores["opp_id"].isin(won)].assign(framework="GPCT")
    tables = {"opportunities": deals, "qualification": pd.concat([scores[bant], new])}
    base = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())})
    answer = base.ask("S11")
    assert answer.unit == "AUC of BANT"
    assert any(caveat.startswith("GPCT: too few won or lost") for caveat in answer.caveats)


def test_scores_that_tell_everything_are_evidence(larkspur):
    deals = larkspur["opportunities"].query("outcome == 'won' or outcome == 'refused'").head(80)
    points = deals["outcome"].map({"won": 3, "refused": 0})
    scores = pd.DataFrame(
        {"opp_id": deals["opp_id"], "framework": "BANT", "dimension": "need", "score": points}
    )
    tables = {"opportunities": deals, "qualification": scores}
    answer = segkit.CustomerBase.from_tables(tables, {"as_of": str(larkspur.as_of.date())}).ask(
        "S11"
    )
    assert (answer.status, answer.estimate) == ("answered", 1.0)
    assert 0.8 < answer.interval[0] < answer.interval[1] == 1.0


def test_a_plan_must_leave_what_the_fastest_tenth_of_won_deals_took():
    """By hand: 10, 20, ... 110 days; the one lost in a day does not count."""
    from segkit.answers.buyers.qualification import _least_days

    start = pd.Timestamp("2026-01-01")
    days = pd.Series([*range(10, 120, 10), 1])
    deals = pd.DataFrame({"created": start, "closed": start + pd.to_timedelta(days, unit="D")})
    assert _least_days(deals.assign(outcome=["won"] * 11 + ["refused"])) == 20
