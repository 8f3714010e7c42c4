"""S9 against what is planted in the sample company."""

import numpy as np
import pytest

from segkit.scoring import Criteria


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("S9")


def test_planted_rules_are_the_headline(answer, truth):
    assert answer.status == "answered"
    fast, stuck = answer.table.iloc[0], answer.table.iloc[1]
    assert (fast["outcome"], stuck["outcome"]) == ("fast_won", "stuck")
    assert fast["rule"].startswith("central_hr and employees > 2")
    assert fast["rule"].endswith("and not (board_approval and not hris_in_place)")
    assert stuck["rule"] == truth["rules"]["parameter"]["stuck"]["rule"]
    assert answer.interval[0] < answer.estimate < answer.interval[1]
    assert fast["rule"].replace("_", " ") in answer.headline


def test_what_makes_a_win_follows_the_planted_weights(answer, truth):
    """Large private universities, central HR, size and cloud raise the chance; growth does not."""
    planted = {"central_hr", "cloud_policy", "employees", "segment", "subsegment"}
    named = answer.table[answer.table["outcome"].str.contains("won or|or refused")]
    assert len(named) >= 2
    for rule in named["rule"]:
        assert any(name in rule for name in planted)
        assert "growth" not in rule
        assert "union" not in rule


def test_findings_of_the_gate_are_shown(answer):
    told = " ".join(answer.caveats)
    assert "rep_id: Names who sold" in told
    assert "delivery_cost: Known of" in told
    assert "set aside: open, moved within" in told


def test_pictures_say_what_was_planted(answer, truth):
    about = {picture.about: picture for picture in answer.pictures}
    days = truth["rules"]["parameter"]["days_to_start"]
    words = about["start"].finding
    assert f"after {days['own payroll']} without" in words
    half = float(words.split("after ")[1].split(" days")[0])
    assert half == pytest.approx(days["payroll outsourced"], abs=4)
    assert "wins" in about["policy"].finding
    curve = about["policy"].table
    assert np.all(np.diff(curve["wins lost"]) >= 0)
    for number, picture in enumerate(answer.pictures):
        assert picture.finding[-1] == "."
        assert answer.figure(number).data


def test_rules_travel(larkspur):
    from segkit.answers.accounts.deal_evidence import deal_rows, deal_rules

    outcomes, rows, gate = deal_rows(larkspur)
    pace, _ = deal_rules(rows, outcomes, gate)
    again = Criteria.from_csv(pace.to_csv())
    assert (again.predict(rows) == pace.predict(rows)).all()
    assert '"profile"' in pace.to_sql()


def test_routes_add_up_and_targets_come_first(answer, larkspur):
    picture = next(one for one in answer.pictures if one.about == "routes")
    table = picture.table.set_index("profile")
    numbers = ["deals", "hours_in_full", "hours", "value", "expected"]
    parts = table.drop(index="all")[numbers].sum()
    assert np.allclose(parts.astype(float), table.loc["all", numbers].astype(float), atol=2)
    assert table.loc["all", "deals"] + _stuck(larkspur) == 300
    assert table.loc["target", "chance"] > 2 * table.loc["non-target", "chance"]
    assert table.loc["target", "per_hour"] > table.loc["non-target", "per_hour"]
    assert table.loc["all", "hours"] < table.loc["all", "hours_in_full"]


def _stuck(company):
    """Count open deals that the rule calls stuck."""
    from segkit.answers.accounts.deal_evidence import deal_rows

    outcomes = deal_rows(company)[0].deals["outcome"]
    open_ = company["opportunities"].reset_index(drop=True)["outcome"] == "open"
    return int((open_ & outcomes.notna()).sum())
