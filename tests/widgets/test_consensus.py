"""A panel at the controls, without a browser, and the file it fills."""

import os
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

import segkit
from segkit.answers.segments.disagreements import disagreements
from segkit.consensus import ahp, borda
from segkit.errors import DataError, ParameterError
from segkit.widgets import (
    DecisionFile,
    JudgementFile,
    hold_conference,
    merge_judgements,
    shared_file,
)

pytest.importorskip("anywidget")

CRITERIA = ["fit", "margin", "revenue"]


def _all(box):
    for one in box.children:
        yield one
        yield from _all(one) if hasattr(one, "children") else ()


def _find(box, description):
    return next(one for one in _all(box) if getattr(one, "description", "") == description)


def _words(box):
    """All that is said: question, meaning and status, the status last."""
    return [one.value for one in _all(box) if type(one).__name__ == "HTML"]


def _labels(box):
    return [one.value for one in _all(box) if type(one).__name__ == "Label"]


def _judge(box, *values):
    for value in values:
        _find(box, "How much").value = value
        _find(box, "Save and next").click()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "conference_table.csv"


def test_judgements_are_saved_as_they_are_made(path):
    box = hold_conference(path, criteria=CRITERIA)
    _find(box, "Your name").value = "Ann"
    assert "Pair 1 of 3 (0 of 3 pairs judged)" in _words(box)[0]
    assert not path.exists()
    _judge(box, 3.0)
    assert len(JudgementFile(path).read()) == 1
    assert "Pair 2 of 3 (1 of 3 pairs judged)" in _words(box)[0]
    assert "more pairs are needed" in _words(box)[-1]
    _judge(box, 6.0, 2.0)
    assert "fit 67 %, margin 22 % and revenue 11.1 %" in _words(box)[-1]
    assert "consistency ratio 0.00" in _words(box)[-1]
    assert ahp(JudgementFile(path).read()).weights["fit"] == pytest.approx(2 / 3)


def test_the_meaning_is_said_in_words(path):
    box = hold_conference(path, criteria=CRITERIA)
    _find(box, "How much").value = 3.0
    assert "fit counts 3 times as much as margin." in _words(box)[1]
    _find(box, "How much").value = 1 / 4
    assert "margin counts 4 times as much as fit." in _words(box)[1]
    _find(box, "How much").value = 1.0
    assert "count the same" in _words(box)[1]


def test_without_a_name_nothing_is_saved(path):
    box = hold_conference(path, criteria=CRITERIA)
    _judge(box, 3.0)
    assert "Enter your name first" in _words(box)[-1]
    assert "Pair 1 of 3" in _words(box)[0]
    assert not path.exists()


def test_who_comes_back_goes_on_and_may_change_their_mind(path):
    first = hold_conference(path, criteria=CRITERIA)
    _find(first, "Your name").value = "Ann"
    _judge(first, 3.0)
    again = hold_conference(path, criteria=["margin", "fit", "revenue"])
    _find(again, "Your name").value = "Ann"
    assert "Pair 2 of 3 (1 of 3 pairs judged)" in _words(again)[0]
    _find(again, "Back").click()
    assert _find(again, "How much").value == pytest.approx(1 / 3)  # asked the other way round
    _judge(again, 2.0)
    rows = JudgementFile(path).read()
    assert rows[["item_a", "item_b", "ratio"]].to_numpy().tolist() == [["margin", "fit", 2.0]]
    _find(again, "Skip").click()
    assert "Pair 3 of 3" in _words(again)[0]


def test_contradictions_are_named(path):
    box = hold_conference(path, criteria=CRITERIA)
    _find(box, "Your name").value = "Ann"
    _judge(box, 5.0, 1 / 5, 5.0)
    assert "Above 0.10: look again at" in _words(box)[-1]


def test_several_notebooks_fill_one_file(path):
    boxes = {name: hold_conference(path, criteria=CRITERIA) for name in ("Ann", "Bob")}
    for name, box in boxes.items():
        _find(box, "Your name").value = name
    _judge(boxes["Ann"], 2.0)
    _judge(boxes["Bob"], 8.0)
    _judge(boxes["Ann"], 4.0, 2.0)
    _judge(boxes["Bob"], 4.0, 2.0)
    assert "Panel of 2: " in _words(boxes["Bob"])[-1]
    rows = JudgementFile(path).read()
    assert rows["panelist"].value_counts().to_dict() == {"Ann": 3, "Bob": 3}


def test_the_file_stays_open_to_all_and_keeps_the_columns_of_others(path):
    path.write_text(
        "panelist,kind,item_a,item_b,ratio,rank,value,Note\nAnn,criteria,a,b,2,,,mine\n"
    )
    path.chmod(0o664)
    JudgementFile(path).save("Bob", "criteria", [("a", "b", 3.0)])
    assert path.stat().st_mode & 0o777 == 0o664
    assert pd.read_csv(path)["Note"].tolist()[:1] == ["mine"]
    assert "Note" not in JudgementFile(path).read()
    new = path.with_name("new.csv")
    before = os.umask(0o022)
    JudgementFile(new).save("Bob", "criteria", [("a", "b", 3.0)])
    os.umask(before)
    assert new.stat().st_mode & 0o777 == 0o644


def test_a_ranking_is_put_in_order_by_buttons(path):
    box = hold_conference(path, ranking={"A1": "Acme", "A2": "Bolt", "A3": "Core"})
    _find(box, "Your name").value = "Ann"
    ups = [one for one in _all(box) if getattr(one, "description", "") == "↑"]
    assert [up.disabled for up in ups] == [True, False, False]
    assert ups[2].tooltip == "Move place 3 up"
    ups[2].click()
    ups[1].click()
    assert _labels(box) == ["1. Core", "2. Acme", "3. Bolt"]
    assert "Core is now number 1, before Acme." in _words(box)[0]
    _find(box, "Save ranking").click()
    assert "Core, Acme and Bolt come first." in _words(box)[-1]
    rows = JudgementFile(path).read()
    assert borda(rows, item="item_a").order == ("A3", "A1", "A2")
    later = hold_conference(path, ranking=["A1", "A2", "A3", "A4"])
    _find(later, "Your name").value = "Ann"
    assert _labels(later) == ["1. A3", "2. A1", "3. A2", "4. A4"]


def test_kinds_of_judgement_stand_side_by_side(path):
    box = hold_conference(path, criteria=CRITERIA, accounts=["x", "y"], ranking=["x", "y"])
    kinds = next(one for one in _all(box) if type(one).__name__ == "ToggleButtons")
    assert [name for name, _ in kinds.options] == ["Compare criteria", "Compare accounts", "Rank"]
    _find(box, "Your name").value = "Ann"
    kinds.value = "ranking"
    _find(box, "Save ranking").click()
    kinds.value = "accounts"
    _judge(box, 9.0)
    rows = JudgementFile(path).read()
    assert sorted(rows["kind"]) == ["accounts", "ranking", "ranking"]


def test_the_company_reads_what_the_panel_saved(path):
    for name in ("Ann", "Bob", "Cy"):
        box = hold_conference(path, criteria=CRITERIA)
        _find(box, "Your name").value = name
        _judge(box, 2.0, 4.0, 2.0)
        box = hold_conference(path, ranking=["x", "y"])
        _find(box, "Your name").value = name
        _find(box, "Save ranking").click()
    base = segkit.read(path.parent)
    assert base.ledger.set_index("table").loc["conference_table", "set_aside"] == 0
    answer = base.ask("S8")
    assert answer.status == "answered"
    assert "fit 57 %" in answer.headline
    assert answer.headline.startswith("The panel puts x and y first")


def test_foreign_names_are_harmless(path):
    hostile = ["=1+1", "<b>bold</b>"]
    box = hold_conference(path, criteria=hostile)
    _find(box, "Your name").value = "@Ann"
    _judge(box, 3.0)
    assert "<b>" not in "".join(_words(box))
    written = path.read_text(encoding="utf-8")
    assert "'=1+1" in written
    assert "'@Ann" in written
    rows = JudgementFile(path).read()
    assert rows[["panelist", "item_a", "item_b"]].iloc[0].tolist() == ["@Ann", *hostile]
    ranked = hold_conference(path, ranking=hostile)
    _find(ranked, "Your name").value = "Bob"
    _find(ranked, "Save ranking").click()
    assert "'-" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "no column panelist, kind, item_a"),
        ("", "cannot be read as judgements"),
        (
            "panelist,kind,item_a,item_b,ratio,rank\nAnn,criteria,a,b,much,\nBob,criteria,a,b,-1,\n",
            "row 3: ratio is '-1'",
        ),
    ],
)
def test_files_that_are_none_are_explained_and_left_alone(path, text, words):
    path.write_text(text, encoding="utf-8")
    box = hold_conference(path, criteria=CRITERIA)
    assert 'role="status"' in _words(box)[-1]
    _find(box, "Your name").value = "Ann"
    _judge(box, 3.0)
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(DataError, match=words):
        merge_judgements(path)


def test_a_folder_that_is_missing_is_explained(tmp_path):
    box = hold_conference(tmp_path / "nowhere" / "table.csv", criteria=CRITERIA)
    _find(box, "Your name").value = "Ann"
    _judge(box, 3.0)
    assert "Nothing was saved to table.csv: No such file or directory" in _words(box)[-1]


def test_files_filled_apart_are_merged(tmp_path):
    for name, ratio in (("Ann", 2.0), ("Bob", 8.0)):
        JudgementFile(tmp_path / f"{name}.csv").save(name, "criteria", [("a", "b", ratio, None)])
    JudgementFile(tmp_path / "late.csv").save("Ann", "criteria", [("b", "a", 0.25, None)])
    merged = merge_judgements(*(tmp_path / f"{one}.csv" for one in ("Ann", "Bob", "late")))
    assert merged.set_index("panelist")["ratio"].to_dict() == {"Bob": 8.0, "Ann": 0.25}
    assert isinstance(merged, pd.DataFrame)
    with pytest.raises(DataError, match=r"lost.csv cannot be read.*\ngone.csv"):
        merge_judgements(tmp_path / "lost.csv", tmp_path / "gone.csv")


@pytest.mark.parametrize("items", [["one"], ["a", "a"], ["a", "-"]])
def test_items_that_cannot_be_judged(path, items):
    with pytest.raises(ParameterError, match="at least two items"):
        hold_conference(path, criteria=items)
    with pytest.raises(ParameterError, match="two criteria or accounts"):
        hold_conference(path)


FACTS = pd.DataFrame(
    [
        ("all", "accounts", 100, 100, 100, "accounts"),
        ("all", "price", 8, 10, 12, "USD a year"),
        ("all", "units per account", 1, 1, 1, "licences"),
    ],
    columns=["segment", "measure", "low", "mode", "high", "unit"],
)


def _state(box, low, mode, high):
    for name, value in (("Lowest", low), ("Most likely", mode), ("Highest", high)):
        _find(box, name).value = value
    _find(box, "Save and next").click()


def test_needs_are_scored_twice_and_the_gaps_are_said(path):
    needs = {"O1": "find a record", "O2": "run the payroll"}
    for name, scores in {"Ann": (5, 2), "Bob": (4, 3)}.items():
        box = hold_conference(path, needs=needs)
        _find(box, "Your name").value = name
        assert "Outcome 1 of 2 (0 of 2 outcomes judged). find a record" in _words(box)[0]
        for slider, score in zip(("Importance", "Satisfaction"), scores, strict=True):
            _find(box, slider).value = score
        _find(box, "Save and next").click()
        assert "Outcome 2 of 2" in _words(box)[0]
        assert _find(box, "Importance").value == 3
    said = _words(box)[-1]
    assert "Bob: matters more than it is met: find a record (4 against 3)" in said
    assert "Panel of 2: matters more than it is met: find a record (4.5 against 2.5)" in said
    assert "Most disputed is find a record: importance, from 4 (Bob) to 5 (Ann)." in said
    rows = JudgementFile(path).read()
    assert rows.loc[
        rows["panelist"] == "Ann", ["item_a", "item_b", "value"]
    ].to_numpy().tolist() == [
        ["O1", "importance", 5.0],
        ["O1", "satisfaction", 2.0],
    ]
    again = hold_conference(path, needs=needs)
    _find(again, "Your name").value = "Ann"
    _find(again, "Back").click()
    assert _find(again, "Importance").value == 5


def test_ranges_of_the_market_are_pooled_as_they_are_stated(path):
    for name, price in {"Ann": (9, 10, 11), "Bob": (18, 20, 22)}.items():
        box = hold_conference(path, market=FACTS, currency="USD")
        _find(box, "Your name").value = name
        # What is known exactly is not asked for, and no number is suggested.
        assert "Input 1 of 1 (0 of 1 inputs judged). all: price (USD a year)" in _words(box)[0]
        assert _find(box, "Lowest").value == ""
        _state(box, *map(str, price))
    said = _words(box)[-1]
    assert "Bob: the whole market is USD 2,000 a year" in said
    assert "Panel of 2: the whole market is USD 1,500 a year" in said
    assert "as stated USD 1,000; 99 % of the doubt is disagreement." in said
    assert "Most disputed is all: price, from 10 (Ann) to 20 (Bob)" in said
    assert _find(box, "Most likely").value == "20"


def test_all_faults_of_a_range_are_said_and_nothing_is_saved(path):
    box = hold_conference(path, market=FACTS)
    _find(box, "Your name").value = "Ann"
    _state(box, "much", "", "-1")
    told = _words(box)[1]
    for words in ("Lowest is &#x27;much&#x27;", "Most likely is empty", "below 0"):
        assert words in told
    _state(box, "3", "2", "1")
    assert "must not exceed" in _words(box)[1]
    assert not path.exists()
    _state(box, "1,000", "2000", "3,000.5")
    assert JudgementFile(path).read()["value"].tolist() == [1000.0, 2000.0, 3000.5]


def test_disagreement_can_be_shown_without_names(path):
    for name, price in {"Ann": (9, 10, 11), "Bob": (18, 20, 22)}.items():
        box = hold_conference(path, market=FACTS, names=False)
        _find(box, "Your name").value = name
        _state(box, *map(str, price))
    assert "Most disputed is all: price, from 10 to 20." in _words(box)[-1]
    rows = merge_judgements(path)
    (named,), (nameless,) = disagreements(rows), disagreements(rows, names=False)
    assert "Ann" in named.figure().to_json()
    for words in (nameless.figure().to_json(), nameless.finding, nameless.table.to_csv()):
        assert "Ann" not in words
        assert "Bob" not in words


def test_facts_that_size_no_market_are_explained_beside_the_rest(path):
    facts = FACTS.query("measure == 'price'").assign(segment="<b>")
    (words,) = hold_conference(path, market=facts).children
    assert "cannot be sized here" in words.value
    assert "&lt;b&gt;" in words.value
    box = hold_conference(path, market=facts, criteria=CRITERIA)
    assert "Pair 1 of 3" in _words(box)[0]
    assert "cannot be sized here" in _words(box)[-1]


def test_a_folder_of_files_is_merged(tmp_path):
    folder = tmp_path / "panel"
    folder.mkdir()
    with pytest.raises(DataError, match="holds no CSV file"):
        merge_judgements(folder)
    for name in ("Bob", "Ann"):
        JudgementFile(folder / f"{name}.csv").save(
            name, "needs", [("O1", "importance", None, None, 0)]
        )
    merged = merge_judgements(folder)
    assert merged["panelist"].tolist() == ["Ann", "Bob"]
    assert merged["value"].tolist() == [0, 0]
    into = tmp_path / "conference_table.csv"
    merge_judgements(folder, to=into)
    pd.testing.assert_frame_equal(merge_judgements(into), merged)
    assert segkit.read(into)["conference_table"]["value"].tolist() == [0, 0]


def test_savers_at_the_same_time_lose_nothing(tmp_path):
    """Two tabs of JupyterLab are two kernels; threads with files of their own are as far apart."""
    judgements, decisions = tmp_path / "table.csv", tmp_path / "decisions.csv"
    said = {"segment": "schools", "action": "Call", "owner": "Ann", "review": "2026-09-30"}

    def save(number: int) -> None:
        name = f"panelist {number}"
        JudgementFile(judgements).save(name, "criteria", [("fit", "margin", 3.0)])
        DecisionFile(decisions).save(said | {"decided": "2026-06-30", "action": name})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(save, range(18)))
    assert len(JudgementFile(judgements).read()) == 18
    assert len(DecisionFile(decisions).read()) == 18


def test_who_waits_too_long_for_a_file_is_told(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    monkeypatch.setattr(shared_file, "_PATIENCE", 0.0)
    with (
        shared_file.alone(path),
        pytest.raises(DataError, match="somebody else is writing it"),
    ):
        JudgementFile(path).save("Ann", "criteria", [("fit", "margin", 3.0)])
    JudgementFile(path).save("Ann", "criteria", [("fit", "margin", 3.0)])
