"""Figures of a panel."""

import numpy as np
import pandas as pd

from segkit.charts.consensus import cell_map, rank_gaps, ranked

HOSTILE = "<b>x</b>"


def test_tiers_have_colours_and_rows_keep_their_order():
    rows = pd.DataFrame(
        {
            "name": ["b", HOSTILE, "a"],
            "score": [0.9, 0.5, 0.1],
            "low": [0.8, np.nan, 0.0],
            "high": [1.0, np.nan, 0.2],
            "tier": ["high", "low", "high"],
        }
    )
    figure = ranked(
        rows, name="name", estimate="score", low="low", high="high", axis="score", tier="tier"
    )
    assert [trace.name for trace in figure.data] == ["high", "low"]
    assert figure.data[0].marker.color != figure.data[1].marker.color
    order = figure.layout.yaxis.categoryarray
    assert order == ("b", "&lt;b&gt;x&lt;/b&gt;", "a")
    assert figure.layout.yaxis.autorange == "reversed"


def test_cells_say_their_numbers_and_leave_unknown_ones_empty():
    rows = pd.DataFrame({"account": [HOSTILE], "Ann": [2.0], "Bob": [0.0], HOSTILE: [np.nan]})
    figure = cell_map(rows, name="account", columns=["Ann", "Bob", HOSTILE], centre=0.0, form="+g")
    assert list(figure.data[0].text[0]) == ["+2", "0", ""]
    assert HOSTILE not in figure.to_json()
    assert not figure.data[0].showscale
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-2.0, 2.0)


def test_gaps_join_the_two_ranks_of_each_row():
    rows = pd.DataFrame({"account": [HOSTILE, "b"], "panel": [1.0, 2.5], "revenue": [2.0, 2.5]})
    figure = rank_gaps(rows, name="account", ranks=("panel", "revenue"), axis="rank")
    assert figure.data[0].x == (1.0, 2.0, None, 2.5, 2.5, None)
    assert figure.data[1].x == (1.0, 2.5)
    assert HOSTILE not in figure.to_json()
