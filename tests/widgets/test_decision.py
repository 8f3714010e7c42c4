"""Recording decisions without a browser: the form, the file, and what the company reads."""

import datetime as dt

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, MissingPackageError
from segkit.widgets import DecisionFile, record_decision

pytest.importorskip("anywidget")

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def base():
    scores = [9] * 60 + [3] * 20 + [7] * 40
    tables = {
        "accounts": pd.DataFrame({"account_id": ["a", "b"], "segment": ["schools", "colleges"]}),
        "nps_survey": pd.DataFrame({"respondent": range(len(scores)), "score": scores}),
    }
    return segkit.CustomerBase.from_tables(tables, {"as_of": "2026-06-30"})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "decisions.csv"


def _parts(form):
    return {one.description: one for one in form.children if getattr(one, "description", "")}


def _words(form):
    return form.children[-2].value


def _fill(form, **values):
    entry = {"Segment": "schools", "Action": "Call them", "Owner": "Ann"} | values
    parts = _parts(form)
    for name, value in entry.items():
        parts[name].value = value
    parts["Review on"].value = values.get("Review on", dt.date(2026, 9, 30))
    parts["Save decision"].click()


def test_a_decision_is_saved_as_the_company_reads_it(base, path):
    form = record_decision(base, path, decided="2026-06-30")
    assert "Nothing is decided yet" in form.children[-1].value
    _fill(form, Reason="They answer", **{"Its goal": "60"}, **{"Rests on": "U5"})
    assert "Saved to decisions.csv: Call them (schools), Ann, review on 2026-09-30." in _words(form)
    assert "<td>Call them</td>" in form.children[-1].value
    (row,) = DecisionFile(path).read().to_dict("records")
    assert (row["decided"], row["reason"], row["goal"]) == ("2026-06-30", "They answer", "60")
    answer = segkit.read(path).ask("S13")
    assert answer.headline.startswith("1 decision is in force")


def test_evidence_is_answered_and_proposes_the_metric(base, path):
    form = record_decision(base, path, decided="2026-06-30")
    parts = _parts(form)
    parts["Rests on"].value = "u5 and M99"
    loyalty = base.ask("U5")
    told = form.children[5].value
    assert loyalty.headline.split(";")[0] in told
    assert "There is no question M99 to rest on." in told
    assert 'role="status"' in told
    assert parts["Metric"].value == loyalty.unit
    assert float(parts["Its value now"].value) == pytest.approx(loyalty.estimate, rel=1e-3)
    parts["Metric"].value = "calls a week"
    parts["Rests on"].value = "U5"
    assert parts["Metric"].value == "calls a week"


def test_a_review_on_the_day_of_the_decision_is_saved_as_tables_take_it(base, path):
    form = record_decision(base, path, decided=dt.date(2026, 6, 30))
    _fill(form, **{"Review on": dt.date(2026, 6, 30)})
    _parts(form)["Save decision"].click()
    assert DecisionFile(path).read()["review"].tolist() == ["2026-06-30"]


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_saved(base, path):
    form = record_decision(base, path, decided=dt.date(2026, 6, 30))
    values = {"Segment": "scools", "Owner": " ", "Its goal": "many"}
    _fill(form, **values, **{"Review on": dt.date(2026, 1, 1)})
    for words in (
        "Not saved.",
        "Missing: an owner.",
        "There is no segment &#x27;scools&#x27;. Did you mean &#x27;schools&#x27;?",
        "The review on 2026-01-01 lies before the decision on 2026-06-30.",
        "Its goal is &#x27;many&#x27;; a number",
    ):
        assert words in _words(form)
    assert not path.exists()


@pytest.mark.parametrize(
    ("said", "goal"), [("0,41", "0.41"), ("12,000", "12000"), ("0,410", "0.410"), ("1,2,3", None)]
)
def test_a_comma_is_decimal_unless_it_parts_thousands(base, path, said, goal):
    _fill(record_decision(base, path, decided="2026-06-30"), **{"Its goal": said})
    assert DecisionFile(path).read()["goal"].tolist() == ([goal] if goal else [])


def test_a_day_that_is_none_is_explained(base, path):
    with pytest.raises(DataError, match=r"decided is '30\.06\.2026'; a day such as"):
        record_decision(base, path, decided="30.06.2026")


def test_segments_are_found_whatever_their_case(base, path):
    form = record_decision(base, path, decided="2026-06-30")
    assert form.children[1].options == ("all", "colleges", "schools")
    _fill(form, Segment="SCHOOLS")
    assert DecisionFile(path).read()["segment"].tolist() == ["schools"]


def test_others_write_meanwhile_and_the_same_decision_is_replaced(base, path):
    forms = [record_decision(base, path, decided="2026-06-30") for _ in range(2)]
    _fill(forms[0])
    _fill(forms[1], Owner="Bob", Action="Write to them")
    _fill(forms[0], Owner="Cy")
    rows = DecisionFile(path).read()
    assert dict(zip(rows["action"], rows["owner"], strict=True)) == {
        "Write to them": "Bob",
        "Call them": "Cy",
    }


def test_columns_and_cells_of_others_stay(base, path):
    path.write_text(
        "Note,decided,segment,action,owner,review\nmine,30.06.2026,schools,Wait,Dee,31.12.2026\n",
        encoding="utf-8",
    )
    _fill(record_decision(base, path, decided="2026-06-30"))
    rows = DecisionFile(path).read()
    assert rows["Note"].tolist() == ["mine", ""]
    assert rows["review"].tolist() == ["31.12.2026", "2026-09-30"]


def test_foreign_text_neither_runs_nor_changes(base, path):
    form = record_decision(base, path, decided="2026-06-30")
    _fill(form, Action=HOSTILE, Owner='=HYPERLINK("x")', Dissent="-2+3\n@home")
    assert "<img" not in _words(form) + form.children[-1].value
    written = path.read_bytes().decode()
    assert "'=HYPERLINK" in written
    assert "'-2+3" in written
    (row,) = DecisionFile(path).read().to_dict("records")
    assert (row["action"], row["owner"]) == (HOSTILE, '=HYPERLINK("x")')
    assert row["dissent"] == "-2+3\n@home"
    read = segkit.read(path)["decisions"].iloc[0]
    assert (read["owner"], read["action"]) == ('=HYPERLINK("x")', HOSTILE)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "cannot be read as decisions"), ("a,b\n1,2\n", "no column decided, segment, action")],
)
def test_a_file_of_something_else_is_explained_and_left_alone(base, path, text, words):
    path.write_text(text, encoding="utf-8")
    form = record_decision(base, path, decided="2026-06-30")
    assert words in _words(form)
    _fill(form)
    assert words in _words(form)
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(DataError, match=words):
        DecisionFile(path).read()


def test_a_folder_that_is_missing_is_explained(base, tmp_path):
    form = record_decision(base, tmp_path / "nowhere" / "d.csv", decided="2026-06-30")
    _fill(form)
    assert "Not saved. Nothing was saved to d.csv: No such file or directory." in _words(form)


def test_today_is_proposed_and_can_be_changed(base, path):
    form = record_decision(base, path)
    assert isinstance(form.children[0].value, dt.date)
    form.children[0].value = dt.date(2026, 2, 1)
    _fill(form)
    assert DecisionFile(path).read()["decided"].tolist() == ["2026-02-01"]


def test_fields_are_named_and_can_be_reached_by_keyboard(base, path):
    parts = _parts(record_decision(base, path))
    assert list(parts) == [
        "Decided on",
        "Segment",
        "Action",
        "Owner",
        "Rests on",
        "Metric",
        "Its value now",
        "Its goal",
        "Review on",
        "Reason",
        "Rejected",
        "Dissent",
        "Save decision",
    ]
    assert all(part.tabbable is not False for part in parts.values())


def test_a_missing_package_is_named(monkeypatch, base):
    monkeypatch.setitem(__import__("sys").modules, "ipywidgets", None)
    with pytest.raises(MissingPackageError, match=r"segkit\[lab\]"):
        record_decision(base)
