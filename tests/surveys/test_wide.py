"""Wide tables of best-worst choices say the same as long ones."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from segkit.errors import DataError
from segkit.surveys import MaxDiff

ITEMS = ["price", "speed", "care", "brand", "=help"]


def long(people=30, sets=5, seed=0):
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        for number in range(sets):
            shown = rng.permutation(len(ITEMS))[:3]
            worth = -0.7 * shown + rng.gumbel(size=3)
            for place, item in enumerate(shown):
                choice = int(place == worth.argmax()) - int(place == worth.argmin())
                rows.append((f"p{person}", number, ITEMS[item], choice))
    return pd.DataFrame(rows, columns=["respondent", "set", "item", "choice"])


def wide(frame, names=("item1", "item2", "item3")):
    rows = []
    for (who, number), shown in frame.groupby(["respondent", "set"], sort=False):
        picked = (shown.loc[shown["choice"] == end, "item"].iloc[0] for end in (1, -1))
        rows.append((who, number, *shown["item"], *picked))
    return pd.DataFrame(rows, columns=["respondent", "set", *names, "best", "worst"])


def placed(table):
    """Say places from 1 instead of names, as support.BWS does."""
    shown = table[["item1", "item2", "item3"]].to_numpy()
    ends = {end: (shown == table[[end]].to_numpy()).argmax(axis=1) + 1 for end in ("best", "worst")}
    return table.assign(**ends)


def test_wide_and_long_tables_say_the_same():
    expected = MaxDiff().fit(long())
    table = wide(long())
    other_names = wide(long(), ("first", "second", "third"))
    forms = [
        (table, {}),
        (pl.from_pandas(table), {}),
        (table.to_dict("list"), {}),
        (table[["worst", "item3", "set", "best", "item2", "respondent", "item1"]], {}),
        (placed(table), {}),
        (other_names, {}),
        (other_names, {"item": ["first", "second", "third"]}),
        (
            table.rename(columns={"best": "most", "worst": "least"}),
            {"best": "most", "worst": "least"},
        ),
    ]
    for form, named in forms:
        found = MaxDiff().fit(form, **named)
        pd.testing.assert_frame_equal(found.counts_, expected.counts_)
        assert found.paired_["utility"].tolist() == pytest.approx(
            expected.paired_["utility"].tolist()
        )
        assert found.log_likelihood_ == pytest.approx(expected.log_likelihood_)


def test_sets_of_wide_tables_may_differ_in_size_and_have_groups():
    table = wide(long()).assign(role=lambda rows: np.where(rows["respondent"] < "p2", "a", "b"))
    middle = ~(table["item2"].eq(table["best"]) | table["item2"].eq(table["worst"]))
    table.loc[middle, "item2"] = None
    model = MaxDiff().fit(table, group="role")
    assert model.ledger_["tasks"].tolist() == [150]
    assert model.ledger_["rows"].tolist() == [450 - middle.sum()]
    assert model.group_test_.df[0] == len(ITEMS) - 1


def test_without_respondents_each_row_is_a_set():
    model = MaxDiff().fit(wide(long()).drop(columns=["respondent", "set"]))
    assert len(model.respondents_) == 150


def test_a_set_without_a_worst_item_is_set_aside():
    table = wide(long())
    table.loc[4, "worst"] = None
    assert "no worst item (rows 4, 4, 4)" in MaxDiff().fit(table).notes_[0]


def test_items_that_are_not_in_their_set_are_named():
    table = wide(long())
    table.loc[7, "best"] = "nothing"
    with pytest.raises(
        DataError, match=r"'best' must name an item of its set.*'nothing' in rows 7"
    ):
        MaxDiff().fit(table)
    with pytest.raises(DataError, match=r"no column 'item9'\. Did you mean"):
        MaxDiff().fit(table, item=["item1", "item9"])
    with pytest.raises(DataError, match="needs the columns of two places or more"):
        MaxDiff().fit(table, item=["item1"])
    with pytest.raises(DataError, match="no column for the item"):
        MaxDiff().fit(table.drop(columns=["item1", "item2", "item3"]))
