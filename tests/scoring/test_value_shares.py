"""ABC: a foreign export's classes, closed forms, and what must hold for any values."""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.scoring import abc

EXPORT = Path(__file__).parents[2] / ".." / "shared" / "data" / "maven_crm" / "sales_pipeline.csv"
amounts = st.lists(st.integers(-500, 10_000), min_size=1, max_size=60).filter(
    lambda values: max(values) > 0
)


def test_classes_of_the_foreign_export():
    """85 accounts by won value at 80 / 95: 58 in A, 18 in B, 9 in C (counted independently)."""
    if not EXPORT.exists():
        pytest.skip("the foreign export is not part of the project")
    deals = pd.read_csv(EXPORT)
    won = deals[deals["deal_stage"] == "Won"].dropna(subset=["account"])
    found = abc(won, value="close_value", key="account")
    assert found.classes["items"].tolist() == [58, 18, 9]
    assert found.statement.startswith("6")
    assert found.holders == 59
    assert found.table["value"].sum() == 10_005_534


def test_gini_of_the_first_n_numbers():
    """Gini of 1..n is (n - 1) / (3 n); of equal values 0; of one who has all (n - 1) / n."""
    assert abc(np.arange(1, 101)).gini == pytest.approx(99 / 300)
    assert abc([5.0] * 7).gini == pytest.approx(0)
    assert abc([0, 0, 0, 9]).gini == pytest.approx(3 / 4)


def test_decimals_do_not_miss_the_cut():
    assert abc([0.7, 0.1, 0.1, 0.05, 0.05]).table["class"].tolist() == list("AABBC")


@given(amounts)
def test_shares_add_up_and_classes_follow_the_rank(values):
    found = abc(values)
    ranked = found.table.sort_values("rank")
    assert (np.diff(ranked["value"]) <= 0).all()
    assert "".join(ranked["class"]) == "".join(sorted(ranked["class"]))
    assert found.classes["items"].sum() == len(values)
    assert found.classes["value"].sum() == pytest.approx(sum(values))
    inside = ranked[ranked["class"] == "A"]["cumulative_share"]
    assert (inside <= 0.8).all()
    held = found.curve["share_of_value"].to_numpy()
    assert held[found.holders] >= 0.8 - 1e-9
    assert held[found.holders - 1] < 0.8


@given(amounts, st.integers(1, 5))
def test_money_in_another_currency_changes_nothing(values, factor):
    one, other = abc(values), abc([factor * value for value in values])
    assert one.table["class"].tolist() == other.table["class"].tolist()
    assert one.gini == pytest.approx(other.gini)


@pytest.mark.parametrize("crossing", ["next", "first"])
def test_sql_gives_the_same_classes(crossing):
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"id": range(300), "paid": rng.lognormal(5, 1.5, 300).round(2)})
    table.loc[:3, "paid"] = [0.0, -5.0, 7.0, 7.0]
    found = abc(table["paid"], crossing=crossing)
    sql = found.to_sql(table="table", key="id", value="paid")
    assert [row[2] for row in duckdb.sql(sql).fetchall()] == found.table["class"].tolist()
    with closing(sqlite3.connect(":memory:")) as connection:
        table.to_sql("paid", connection, index=False)
        sql = found.to_sql("sqlite", "paid", key="id", value="paid")
        assert [row[2] for row in connection.execute(sql)] == found.table["class"].tolist()


def test_frames_of_any_kind_are_summed_by_key():
    rows = {"who": ["a", "b", "a"], "paid": [10.0, 5.0, 20.0]}
    for frame in (pd.DataFrame(rows), pl.DataFrame(rows)):
        found = abc(frame, value="paid", key="who").table.set_index("item")
        assert found["value"].to_dict() == {"a": 30.0, "b": 5.0}


def test_one_who_holds_nearly_all_is_named():
    found = abc([90.0, 6.0, 4.0])
    assert found.table["class"].tolist() == ["B", "C", "C"]
    assert "Nobody is in A" in found.notes[0]


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [0.0, 0.0], [-1.0]])
def test_what_cannot_be_shared_is_refused(values):
    with pytest.raises(DataError, match="abc"):
        abc(values)


@pytest.mark.parametrize("cuts", [(0.9, 0.8), (0.8,), (0.8, 1.0), (0, 0.5)])
def test_cuts_must_rise(cuts):
    with pytest.raises(ParameterError, match="cuts"):
        abc([1, 2], cuts=cuts)


def test_the_largest_is_in_a_where_the_share_begins_to_count():
    assert abc([90.0, 6.0, 4.0], crossing="first").table["class"].tolist() == ["A", "B", "C"]
    assert abc([8.0, 1.5, 0.5], crossing="first").table["class"].tolist() == ["A", "B", "C"]
    with pytest.raises(ParameterError, match="'next' or 'first'"):
        abc([1, 2], crossing="last")


@given(amounts)
def test_both_crossings_differ_by_one_item_a_cut(values):
    one, other = (abc(values, crossing=way).table["class"] for way in ("next", "first"))
    assert (other == "A").sum() - (one == "A").sum() in {0, 1}
    assert other[int(np.argmax(values))] == "A"


def test_lists_of_any_kind_go_in_and_words_do_not():
    for values in (
        [50, 30, 20],
        (50, 30, 20),
        pl.Series([50, 30, 20]),
        {"a": 50, "b": 30, "c": 20},
    ):
        assert abc(values).table["class"].tolist() == ["A", "A", "C"]
    assert abc(value for value in (50, 30, 20)).holders == 2
    with pytest.raises(DataError, match="2 of them missing, infinite or no number"):
        abc(["a", "b"])


def test_value_that_nobody_holds_is_not_dropped_silently():
    rows = pd.DataFrame({"who": ["a", None, "b"], "paid": [5.0, 100.0, 3.0]})
    with pytest.raises(DataError, match="1 rows have no who"):
        abc(rows, value="paid", key="who")
