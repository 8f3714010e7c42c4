"""S13: decisions of the sample company, and of files as people write them."""

import pandas as pd
import pytest

import segkit
from segkit.answers.segments.decided import decisions_taken

GOOD = {
    "decided": "2026-03-01",
    "segment": "schools",
    "action": "Call them",
    "owner": "Ann",
    "review": "2026-06-01",
}
ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "segment": ["schools", "colleges"]})


def _base(*rows, as_of="2026-05-31"):
    tables = {"accounts": ACCOUNTS, "decisions": pd.DataFrame([GOOD | row for row in rows])}
    return segkit.CustomerBase.from_tables(tables, {"as_of": as_of} if as_of else None)


@pytest.fixture(scope="module")
def answer(larkspur):
    return larkspur.ask("S13")


def test_decisions_stand_beside_their_evidence(answer, larkspur):
    assert answer.status == "answered"
    rows = answer.table.set_index("action")
    price = rows.loc["Keep the price of Core HR"]
    loyalty = larkspur.ask("U5")
    assert price["finding"] == f"U5: {loyalty.headline}"
    assert (price["now"], price["low"]) == (
        loyalty.estimate,
        pytest.approx(loyalty.interval[0], 1e-5),
    )
    assert price["progress"] == pytest.approx((loyalty.estimate - 20) / (30 - 20))
    partners = rows.loc["Sell through partners only"]
    assert "A4: " in partners["finding"]
    assert "S7: " in partners["finding"]


def test_the_latest_decision_on_an_action_counts(answer):
    again = answer.table[answer.table["action"] == "Assign two account managers"]
    assert again["state"].tolist() == ["open", "decided again"]
    assert again["owner"].tolist() == ["Head of accounts", "Head of sales"]
    assert answer.headline.startswith("3 decisions are in force, 1 decided again; 1 review is ")
    # What was said against the decision before is history.
    (dissent,) = (words for words in answer.caveats if words.startswith("Dissent"))
    assert dissent.startswith("Dissent on “Sell through partners only” (community colleges): Cust")


def test_overdue_is_relative_to_the_as_of_date(answer):
    assert answer.estimate == 1
    first = answer.table.iloc[0]
    assert (first["state"], first["days"]) == ("overdue", -15)
    for day, states in {
        "2026-05-31": ["open"],
        "2026-06-01": ["open"],
        "2026-06-02": ["overdue"],
    }.items():
        assert _base({}, as_of=day).ask("S13").table["state"].tolist() == states
    assert "1 review is overdue on 2026-06-02: “Call them” (schools; Ann, 2026-06-01)" in (
        _base({}, as_of="2026-06-02").ask("S13").headline
    )


def test_a_decision_moves_no_other_number():
    """Days of decisions and reviews lie after the data and must not set the as-of date."""
    orders = pd.DataFrame({"customer": ["a"], "date": ["2026-01-05"], "amount": [12.5]})
    tables = {"orders": orders, "decisions": pd.DataFrame([GOOD])}
    base = segkit.CustomerBase.from_tables(tables, {"currency": "EUR"})
    assert base.as_of == pd.Timestamp("2026-01-05")
    assert base.ledger.set_index("table").loc["decisions", "used"] == 1
    alone = segkit.CustomerBase.from_tables({"decisions": pd.DataFrame([GOOD])}).ask("S13")
    assert "without an as-of date" in alone.headline
    assert not alone.pictures


def test_goals_below_today_count_the_way_down(answer):
    cost = answer.table.set_index("action").loc["Sell through partners only"]
    assert cost["progress"] == pytest.approx((16_000 - cost["now"]) / (16_000 - 12_000), abs=1e-3)
    picture = next(one for one in answer.pictures if one.about == "progress")
    assert (picture.table["least"] <= picture.table["most"]).all()


def test_nothing_decided_is_an_answer_that_says_how():
    orders = pd.DataFrame({"customer": ["a"], "date": ["2026-01-05"], "amount": [12.5]})
    answer = segkit.CustomerBase.from_tables({"orders": orders}).ask("S13")
    assert answer.status == "not enough data"  # the report keeps its chapter
    assert answer.headline == "Nothing is decided yet."
    blank = {"orders": orders, "decisions": pd.DataFrame([GOOD]).head(0)}
    assert segkit.CustomerBase.from_tables(blank).ask("S13").headline == answer.headline
    for column in ("record_decision", "decided", "segment", "action", "owner", "review"):
        assert column in answer.caveats[0]


def test_faults_are_named_at_once_and_every_row_is_accounted_for():
    base = _base(
        {},
        {},  # a duplicate
        {"action": "a", "review": "2026-01-01"},
        {"action": "b", "owner": ""},
        {"action": "c", "segment": "scools"},
        {"action": "d", "review": "whenever"},
        {"action": "e", "decided": "03/15/2026", "review": "15.09.2026"},
    )
    row = base.ledger.set_index("table").loc["decisions"]
    assert (row["read"], row["used"], row["set_aside"]) == (7, 3, 4)
    for reason in ("review before decided", "owner missing", "review unreadable", "duplicate"):
        assert reason in row["reasons"]
    answer = base.ask("S13")
    assert "There is no segment 'scools'. Did you mean 'schools'?" in answer.caveats
    told = " ".join(answer.caveats)
    assert "the date lies before decided; the rows are set aside" in told
    assert "decisions.owner: a value is required" in told
    assert "whenever" in told
    late = answer.table.set_index("action").loc["e"]
    assert (late["decided"], late["review"]) == (
        pd.Timestamp("2026-03-15"),
        pd.Timestamp("2026-09-15"),
    )


def test_a_file_without_owners_is_refused_with_what_it_lacks():
    row = {name: text for name, text in GOOD.items() if name != "owner"}
    tables = {"accounts": ACCOUNTS, "decisions": pd.DataFrame([row])}
    answer = segkit.CustomerBase.from_tables(tables).ask("S13")
    assert answer.status == "not enough data"
    assert "owner" in answer.headline


def test_decisions_that_cannot_be_judged_later_are_named():
    answer = _base({"evidence": "S13, M99, u5", "metric": "calls"}).ask("S13")
    told = " ".join(answer.caveats)
    assert "“Call them” has no goal." in told
    assert "“Call them” gives no reason." in told
    assert "A decision cannot rest on M99" in told
    assert "A decision cannot rest on S13" in told
    assert answer.table["finding"].iloc[0].startswith("U5: The tables do not answer this yet.")
    assert pd.isna(answer.table["progress"].iloc[0])


def test_foreign_text_stays_text():
    trap = "<img src=x onerror=alert(1)>"
    answer = _base({"action": trap, "dissent": trap, "owner": "=1+1"}).ask("S13")
    html = answer._repr_mimebundle_()["text/html"]
    assert "<img" not in html
    assert "'=1+1" in answer.to_csv()
    assert all("<img" not in figure.to_json() for figure in answer.figures())


def test_the_answer_does_not_touch_the_table(larkspur):
    before = larkspur["decisions"].copy()
    decisions_taken(larkspur)
    pd.testing.assert_frame_equal(larkspur["decisions"], before)
