"""S11 against the frameworks planted in the sample company."""

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
    table = answer.pictures[3].table.set_index("what")
    assert table.loc["quantified goal", "verdict"] == "wins more"


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
