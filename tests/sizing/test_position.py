"""Position matrices by hand arithmetic."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.sizing import growth_share, position_matrix

RATINGS = pd.DataFrame(
    {
        "unit": ["A", "B", "C"],
        "size": [5, 3, 1],
        "growth": [4, 3, 2],
        "share": [5, 3, 1],
        "brand": [4, 2, 2],
    }
)


def place(frame=RATINGS, **more):
    weights = {"attractiveness": {"size": 0.6, "growth": 0.4}, "strength": {"share": 3, "brand": 1}}
    return position_matrix(frame, item="unit", **(weights | more))


def test_scores_cells_and_advice_by_hand():
    table = place().table.set_index("item")
    assert table["attractiveness"].to_dict() == pytest.approx({"A": 4.6, "B": 3.0, "C": 1.4})
    assert table["strength"].to_dict() == pytest.approx({"A": 4.75, "B": 2.75, "C": 1.25})
    assert table["cell"].to_dict() == {"A": "high / high", "B": "medium / medium", "C": "low / low"}
    assert table["advice"].to_dict() == {"A": "invest", "B": "select", "C": "harvest"}


def test_clear_cases_keep_their_advice_and_close_ones_do_not():
    # D stands on the cut: about half of the drawn weights move it.
    frame = pd.DataFrame(
        {"unit": ["A", "D"], "size": [5, 5], "growth": [5, 7 / 3], "share": [5, 3], "brand": [5, 3]}
    )
    table = place(frame, attractiveness={"size": 0.5, "growth": 0.5}).table.set_index("item")
    assert table.loc["A", "keeps_cell"] == table.loc["A", "keeps_advice"] == 1
    assert 0.3 < table.loc["D", "keeps_cell"] < 0.7


def test_a_score_on_a_cut_belongs_above_it():
    # Three ratings of equal weight that average 7/3 and 11/3 exactly.
    frame = pd.DataFrame({"unit": ["E", "F"], "a": [2, 3], "b": [2, 4], "c": [3, 4]})
    equal = dict.fromkeys("abc", 1)
    table = place(frame, attractiveness=equal, strength=equal).table.set_index("item")
    assert table["cell"].to_dict() == {"E": "medium / medium", "F": "high / high"}


def test_a_cell_may_go_while_the_advice_stays():
    # G is high / medium or medium / high, as weights fall: invest either way.
    frame = pd.DataFrame({"unit": ["G"], "size": [5], "growth": [5], "share": [5], "brand": [2.5]})
    row = place(frame, strength={"share": 1, "brand": 1}).table.iloc[0]
    assert row["advice"] == "invest"
    assert row["keeps_cell"] < row["keeps_advice"] == 1


def test_weights_are_scaled():
    pd.testing.assert_frame_equal(
        place().table, place(strength={"share": 0.75, "brand": 0.25}).table
    )


def test_all_ratings_outside_are_named():
    with pytest.raises(DataError) as caught:
        place(RATINGS.assign(size=[5, 0, 9]))
    assert "B: size is 0" in str(caught.value)
    assert "C: size is 9" in str(caught.value)
    with pytest.raises(ParameterError, match="strength"):
        place(strength={"share": -1, "brand": 1})


def test_no_item_is_refused():
    with pytest.raises(DataError, match="no item"):
        place(RATINGS.head(0))


def test_growth_share_quadrants():
    frame = pd.DataFrame(
        {
            "unit": ["star", "cash cow", "question mark", "dog"],
            "us": [30, 30, 10, 10],
            "rival": [20, 20, 20, 20],
            "growth": [0.2, 0.02, 0.2, 0.02],
        }
    )
    found = growth_share(frame, item="unit", own="us", largest_rival="rival", growth="growth")
    assert found["quadrant"].tolist() == frame["unit"].tolist()
    with pytest.raises(DataError, match="'dog'"):
        growth_share(
            frame.assign(rival=[1, 1, 1, np.nan]),
            item="unit",
            own="us",
            largest_rival="rival",
            growth="growth",
        )
    with pytest.raises(DataError, match=r"us must be a number of at least 0. Got -1.* in row 0"):
        growth_share(
            frame.assign(us=[-1, 1, 1, 1]),
            item="unit",
            own="us",
            largest_rival="rival",
            growth="growth",
        )
