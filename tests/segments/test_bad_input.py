"""Bad input gets a clear error or a stated fallback, whatever method it is handed to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, SegkitError
from segkit.segments import (
    LatentClass,
    Segmenter,
    conventional_schemes,
    geography,
    league_table,
    mixing_error,
    prediction_strength,
    rfm_scores,
    segment_tests,
    slsw,
    typing_tool,
)

ROWS = 300


def base():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "a": rng.normal(size=ROWS),
            "b": rng.normal(size=ROWS),
            "kind": rng.choice(["x", "y"], ROWS),
            "answer": rng.choice(["yes", "no"], ROWS),
        }
    )


def test_a_constant_column_is_set_aside_and_alone_is_refused():
    table = base().assign(same=1.0, empty=np.nan, word="w")
    model = Segmenter(["a", "b", "same", "empty", "word"], k=2, pairs=2).fit(table)
    assert set(model.preparation_.set_aside) == {"same", "empty", "word"}
    assert any("same set aside: constant (1)" in note for note in model.notes_)
    assert any("empty set aside: all values are missing" in note for note in model.notes_)
    with pytest.raises(DataError, match="No column is left to group by"):
        Segmenter(["same", "empty", "word"]).fit(table)


def test_constant_and_empty_columns_tell_nothing_in_the_other_methods():
    table = base().assign(same=1.0, empty=np.nan)
    assert "same" not in conventional_schemes(table)
    told = segment_tests(table, "kind", descriptors=["same", "empty"], outcomes=["same"]).table
    assert set(told.loc[told["test"] == "identifiable", "value"]) == {0.5}
    assert set(told.loc[told["test"] == "differentiable", "result"]) == {"fail"}
    found = league_table(table, ["same", "kind"], value="a").set_index("scheme")
    assert found.loc["same", "segments"] == 1
    with pytest.raises(DataError, match="No customer has a value of recency"):
        rfm_scores(table, recency="empty", frequency="a", monetary="b")
    with pytest.raises(DataError, match="'empty' is empty"):
        mixing_error(table, "kind", ["empty"])
    with pytest.raises(DataError, match="No customer has a 'empty'"):
        geography(table, region="empty")


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize(
    "call",
    [
        lambda t: Segmenter(["a", "b"]).fit(t),
        lambda t: LatentClass(k=2, starts=2).fit(t[["kind", "answer"]]),
        lambda t: rfm_scores(t.iloc[:0], recency="a", frequency="a", monetary="b"),
        lambda t: segment_tests(t, "kind"),
        lambda t: league_table(t, ["kind"], value="a"),
        lambda t: typing_tool(t, t["kind"]),
        lambda t: conventional_schemes(t, ["kind"]),
        lambda t: geography(t.iloc[:0], region="kind"),
        lambda t: mixing_error(t.iloc[:0], "kind", ["a"]),
    ],
)
def test_no_row_or_one_row_is_an_error_in_words(call, rows):
    with pytest.raises(SegkitError) as caught:
        call(base().iloc[:rows])
    assert str(caught.value)


def test_more_segments_than_rows():
    few = base().iloc[:6]
    with pytest.raises(DataError, match="k = 9 segments need at least 9 different rows"):
        Segmenter(["a", "b"], k=9).fit(few)
    with pytest.raises(SegkitError, match="'k'"):
        prediction_strength(few[["a", "b"]], 4)
    with pytest.raises(SegkitError):
        LatentClass(k=9, starts=2).fit(few[["kind", "answer"]])


def test_infinite_values_are_named_with_their_rows():
    table = base()
    table.loc[[3, 5], "a"] = [np.inf, -np.inf]
    with pytest.raises(DataError, match=r"'a' holds infinite values, first in rows \[3, 5\]"):
        Segmenter(["a", "b"]).fit(table)
    model = Segmenter(["a", "b"], k=2, pairs=2).fit(base())
    assert (model.predict(table) >= 0).all()  # clipped to the range fitted, as any outlier
    with pytest.raises(DataError, match="infinite"):
        league_table(table, ["kind"], value="a")
    with pytest.raises(DataError, match="infinite"):
        typing_tool(table, table["kind"], questions=["a"])
    with pytest.raises(DataError, match="infinite"):
        mixing_error(table, "kind", ["a"])
    with pytest.raises(DataError, match="infinite"):
        segment_tests(table, "kind", descriptors=["a"])
    with pytest.raises(DataError, match="infinite"):
        rfm_scores(table, recency="a", frequency="b", monetary="b")


def test_ten_thousand_levels_fall_back_to_the_common_ones():
    rng = np.random.default_rng(0)
    rows = 20_000
    table = pd.DataFrame(
        {
            "a": rng.normal(size=rows),
            "product": np.where(
                rng.uniform(size=rows) < 0.5, "common", rng.integers(10_000, size=rows).astype(str)
            ),
            "sku": rng.integers(10_000, size=rows).astype(str),
        }
    )
    model = Segmenter(["a", "product", "sku"], k=2, pairs=2).fit(table)
    kept = {column.name: column.levels for column in model.preparation_.columns}
    assert kept["product"] == ("common", "Other")
    assert any("rare levels count as 'Other'" in note for note in model.notes_)
    assert "none of them held by 1 %" in model.preparation_.set_aside["sku"]
    assert set(conventional_schemes(table, ["product"])["product"]) == {"common", "Other"}
    league = league_table(table, ["product", "sku"], value="a").set_index("scheme")
    assert league["segments"].to_dict() == {"product": 2, "sku": 1}


def test_labels_of_another_length():
    with pytest.raises(SegkitError):
        slsw([0, 1, 1], [0, 1], [1, 0])
    with pytest.raises(DataError, match="2 segments were given for 300"):
        segment_tests(base(), [0, 1])
