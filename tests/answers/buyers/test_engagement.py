"""B4 and B5 against what was planted, for the shipped draw and one never used in development."""

import pandas as pd
import pytest

import segkit
from segkit.samples import make_case


@pytest.fixture(scope="module", params=[7, 101])
def drawn(request):
    case = make_case(request.param)
    tables = {"engagement_survey": case.tables["engagement_survey"]}
    return segkit.CustomerBase.from_tables(tables), case.truth


def test_concentrate_on_what_was_planted(drawn):
    base, truth = drawn
    answer = base.ask("B4")
    assert answer.status == "answered"
    here = answer.table.loc[answer.table["quadrant"] == "concentrate here"]
    planted = truth["B4"]["parameter"]
    assert set(here["item"]) == set(planted["concentrate_here"])
    assert (here["sure"] >= 0.95).all()
    assert all(item in answer.headline for item in planted["concentrate_here"])
    assert answer.interval[0] < answer.estimate < answer.interval[1]


def test_means_are_those_planted(drawn):
    base, truth = drawn
    table = base.ask("B4").table.set_index("item")
    for item, means in truth["B4"]["parameter"]["means"].items():
        # Ratings are rounded and end at 10, which lowers the highest means.
        assert table.loc[item, "importance"] == pytest.approx(means["importance"], abs=0.3)
        assert table.loc[item, "performance"] == pytest.approx(means["performance"], abs=0.3)
        gap = means["importance"] - means["performance"]
        assert table.loc[item, "gap"] == pytest.approx(gap, abs=0.3)


def test_be_best_in_what_was_planted(drawn):
    base, truth = drawn
    answer = base.ask("B5")
    planted = truth["B5"]["parameter"]
    best = answer.table[answer.table["verdict"] == "close the gap"]
    assert set(best["item"]) == set(planted["best_in"])
    assert answer.table["item"].head(2).tolist() == ["demo quality", "security answers"]
    for row in best.to_dict("records"):
        assert row["odds_low"] < planted["odds_ratio"][row["item"]] < row["odds_high"]
        assert row["gap"] == pytest.approx(-planted["gap"][row["item"]], abs=0.25)
        assert row["rank_low"] <= row["rank"] <= row["rank_high"] <= 3
    assert answer.estimate == best["odds_ratio"].iloc[0]


def test_pictures_state_their_finding_and_draw(drawn):
    base, _ = drawn
    for question in ("B4", "B5"):
        answer = base.ask(question)
        assert len(answer.pictures) == 3
        for picture in answer.pictures:
            assert picture.finding.endswith(".")
            assert picture.figure().data


def thin(respondents, **columns):
    rows = [
        {"respondent": f"E{n}", "item": item, "importance": 8, "performance": 5, "best_rival": 6}
        for n in range(respondents)
        for item in ("speed", "care")
    ]
    return segkit.CustomerBase.from_tables(
        {"engagement_survey": pd.DataFrame(rows).assign(**columns)}
    )


def test_few_buyers_are_not_enough():
    base = thin(4, won=True)
    assert base.ask("B4").status == "not enough data"
    answer = base.ask("B5")
    assert answer.status == "not enough data"
    assert "4 won and 0 did not" in answer.headline


def test_buyers_all_alike_show_nothing():
    base = thin(40, won=[n // 2 % 2 == 0 for n in range(80)])
    answer = base.ask("B5")
    assert answer.status == "no evidence"
    assert "In no item" in answer.headline
    answer = base.ask("B4")
    assert answer.status == "answered"
    assert "Nothing" in answer.headline


def test_without_satisfaction_overall_only_stated_importance_is_shown(drawn):
    base, _ = drawn
    survey = base["engagement_survey"].drop(columns="overall")
    answer = segkit.CustomerBase.from_tables({"engagement_survey": survey}).ask("B4")
    assert answer.status == "answered"
    assert answer.table["derived"].isna().all()
    assert len(answer.pictures) == 2
