"""Opportunity of outcomes: Ulwick's arithmetic, planted outcomes, and scales that differ."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import DataError, ParameterError
from segkit.surveys import opportunity, opportunity_score


def ratings(top, n, scale=(1, 5)):
    """Give n ratings of which a share lies in the two highest boxes."""
    high = round(top * n)
    return [scale[1]] * high + [scale[0]] * (n - high)


# Ulwick 2002, "Turn customer input into innovation", Harvard Business Review 80(1).
@pytest.mark.parametrize(
    ("importance", "satisfaction", "score"), [(9, 3, 15), (9, 9, 9), (9.5, 3.2, 15.8)]
)
def test_ulwick_2002(importance, satisfaction, score):
    assert opportunity_score(importance, satisfaction) == score
    found = opportunity(ratings(importance / 10, 100), ratings(satisfaction / 10, 100)).table
    assert found["opportunity"].tolist() == pytest.approx([score])


@pytest.mark.parametrize(
    ("importance", "satisfaction", "band"),
    [
        (0.9, 0.29, "extreme"),
        (0.9, 0.3, "high"),  # exactly 15
        (0.8, 0.4, "high"),  # exactly 12
        (0.8, 0.5, "worth considering"),
        (0.6, 0.5, "unattractive"),
        (0.5, 0.6, "over-served"),
        (0.5, 0.5, "unattractive"),
    ],
)
def test_bands(importance, satisfaction, band):
    found = opportunity(ratings(importance, 100), ratings(satisfaction, 100))
    assert found.table["band"].tolist() == [band]


def survey(n=60, scale=(1, 5)):
    rng = np.random.default_rng(1)
    rows = []
    for outcome, top in (("a", (0.95, 0.2)), ("b", (0.5, 0.5)), ("c", (0.3, 0.7))):
        sides = [rng.permutation(ratings(share, n, scale)) for share in top]
        rows.append(pd.DataFrame({"who": range(n), "o": outcome, "i": sides[0], "s": sides[1]}))
    return pd.concat(rows, ignore_index=True)


def of(frame, **options):
    return opportunity(frame, "s", importance="i", outcome="o", respondent="who", **options)


def test_frames_arrays_and_grids_agree():
    frame = survey()
    table = of(frame).table
    pd.testing.assert_frame_equal(of(pl.from_pandas(frame)).table, table)
    arrays = opportunity(frame["i"], frame["s"], outcome=frame["o"], respondent=frame["who"])
    pd.testing.assert_frame_equal(arrays.table, table)
    wide = [frame.pivot(index="who", columns="o", values=side) for side in "is"]
    pd.testing.assert_frame_equal(opportunity(*wide).table, table)
    numbered = opportunity(*(grid.to_numpy() for grid in wide)).table
    assert numbered["outcome"].tolist() == ["item 1", "item 2", "item 3"]
    assert numbered["opportunity"].tolist() == table["opportunity"].tolist()


@pytest.mark.parametrize("scale", [(1, 7), (0, 10), (1, 10)])
def test_other_scales_are_read_and_said(scale):
    found = of(survey(scale=scale))
    assert found.scale[1] == scale[1]
    assert found.table["opportunity"].tolist() == pytest.approx(of(survey()).table["opportunity"])
    assert f"{scale[1] - 1} and {scale[1]} count" in found.notes[0]


def test_a_stated_scale_is_used():
    # Nobody gave the highest two of seven: importance is low, not on a scale of five.
    found = opportunity([5] * 20, [5] * 20, scale=(1, 7))
    assert found.table["importance"].tolist() == [0]
    with pytest.raises(ParameterError, match="lowest and highest"):
        opportunity([5], [5], scale=5)


def test_mixed_scales_are_refused():
    with pytest.raises(DataError, match=r"importance from 1 to 5, satisfaction from 1 to 10"):
        opportunity([1, 5] * 10, [1, 10] * 10)
    frame = survey(scale=(1, 10))
    five = frame["o"] == "b"
    frame.loc[five, ["i", "s"]] = frame.loc[five, ["i", "s"]].clip(upper=5)
    with pytest.raises(DataError, match="of 'b' none is above 5"):
        of(frame)


def test_segments_stand_alone():
    frame = pd.concat([survey().assign(g="x"), survey().assign(g="y", i=3)], ignore_index=True)
    table = of(frame, segment="g").table
    alone = of(survey()).table
    pd.testing.assert_frame_equal(
        table[table["segment"] == "x"].drop(columns="segment").reset_index(drop=True), alone
    )
    assert (table.loc[table["segment"] == "y", "importance"] == 0).all()


def test_ranks_and_intervals_hold_what_is_certain():
    table = of(survey()).table
    assert table["outcome"].tolist()[0] == "a"
    assert table.loc[0, ["rank", "rank_low", "rank_high"]].tolist() == [1, 1, 1]
    assert (table["low"] <= table["opportunity"]).all()
    assert (table["opportunity"] <= table["high"]).all()


def test_interval_covers_the_true_opportunity():
    """90 % intervals of (8, 4) -> 12 from 120 respondents hold 12 in about nine of ten draws."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(50):
        i, s = (np.where(rng.random(120) < share, 5, 1) for share in (0.8, 0.4))
        row = opportunity(i, s).table.iloc[0]
        held += row["low"] <= 12 <= row["high"]
    assert 40 <= held <= 49


def test_gaps_and_silent_outcomes_are_said():
    frame = survey().astype({"s": float})
    frame.loc[frame["o"] == "c", "s"] = np.nan
    frame.loc[0, "i"] = np.nan
    found = of(frame)
    assert found.table["outcome"].tolist() == ["a", "b"]
    assert found.notes == ("61 answers lack a rating or a name; left out.",
                           "Without any answer: c.")  # fmt: skip


def test_one_respondent_gets_no_band():
    found = opportunity([5], [1])
    assert found.table["band"].tolist() == ["not enough data"]
    assert found.table["low"].isna().all()
    assert "fewer than 10 answers" in found.notes[0]


def test_bad_input_is_named():
    with pytest.raises(DataError, match=r"importance must be .* Got 12 in row 1"):
        opportunity([5, 12], [1, 2])
    with pytest.raises(DataError, match="importance: 2, satisfaction: 1"):
        opportunity([5, 4], [1])
    with pytest.raises(DataError, match="no column 'x'"):
        opportunity(survey(), "x", importance="i")
    with pytest.raises(DataError, match="nobody rated both"):
        opportunity([5, np.nan], [np.nan, 4])
    with pytest.raises(DataError, match="equally long"):
        opportunity([[5, 4], [5]], [[1, 2], [3]])
    with pytest.raises(DataError, match="same shape"):
        opportunity(np.ones((3, 2)), np.ones((3, 3)))
    with pytest.raises(ParameterError, match="'importance' parameter"):
        opportunity(survey(), "s")
    with pytest.raises(ParameterError, match="opportunity_score"):
        opportunity(9, 3)
    with pytest.raises(ParameterError, match="within 0 and 10"):
        opportunity_score(95, 32)


@given(st.floats(0, 10), st.floats(0, 10))
def test_scores_lie_between_importance_and_twice_it(importance, satisfaction):
    score = opportunity_score(importance, satisfaction)
    assert importance - 1e-9 <= score <= 2 * importance + 1e-9


def test_json_holds_the_table():
    assert '"band": "high"' in opportunity([5] * 18 + [2] * 2, [4] * 6 + [1] * 14).to_json()


def test_columns_of_usual_names_and_named_values_are_taken():
    frame = survey()
    expected = of(frame).table
    names = {"i": "importance", "s": "satisfaction", "o": "outcome", "who": "respondent"}
    usual = frame.rename(columns=names)
    for form in (usual, pl.from_pandas(usual), usual[sorted(usual, reverse=True)]):
        pd.testing.assert_frame_equal(opportunity(form).table, expected)
    values = opportunity(importance=[5, 5, 4, 2], satisfaction=[1, 2, 5, 3])
    assert values.table["opportunity"][0] == pytest.approx(7.5 + 5.0)
    with pytest.raises(ParameterError, match="'satisfaction' parameter of answers must be values"):
        opportunity([5, 4])
    with pytest.raises(ParameterError, match="use opportunity_score"):
        opportunity(importance=9, satisfaction=3)


def test_columns_of_two_grids_are_matched_by_name():
    rng = np.random.default_rng(0)
    grids = [pd.DataFrame(rng.integers(1, 6, (30, 3)), columns=list("abc")) for _ in range(2)]
    expected = opportunity(*grids).table
    pd.testing.assert_frame_equal(opportunity(grids[0], grids[1][["c", "a", "b"]]).table, expected)
    polars = pl.from_pandas(grids[1][["b", "c", "a"]])
    pd.testing.assert_frame_equal(opportunity(grids[0], polars).table, expected)
    with pytest.raises(DataError, match=r"must name the same items. Not in both: \['c', 'd'\]"):
        opportunity(grids[0], grids[1].rename(columns={"c": "d"}))


def test_scales_and_grids_that_are_none():
    with pytest.raises(ParameterError, match="scale"):
        opportunity([5, 4], [3, 2], scale="1-5")
    with pytest.raises(DataError, match="satisfaction must be a grid"):
        opportunity(np.array([[5, 4], [4, 4]]), [1, 2])
