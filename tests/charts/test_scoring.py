"""Figures of scores: numbers where they belong, hostile names as text."""

import pandas as pd
import pytest

from segkit.charts import calibration_plot, gain_curve, grade_grid, point_bars

HOSTILE = '<img src=x onerror="window.pwned=1">'
ROWS = pd.DataFrame(
    {
        "column": [HOSTILE, HOSTILE, "b"],
        "bin": ["a name that needs two lines", HOSTILE, "yes"],
        "points": [0, 12, 30],
        "p": [0.1, 0.2, 0.6],
        "seen": [0.1, 0.3, 1.0],
        "low": [0.05, 0.2, 0.9],
        "high": [0.2, 0.4, 1.0],
        "n": [10, 20, 30],
    }
)
DRAWN = {
    "points": lambda rows: point_bars(rows, column="column", name="bin", points="points"),
    "calibration": lambda rows: calibration_plot(
        rows, expected="p", observed="seen", low="low", high="high", n="n"
    ),
    "gain": lambda rows: gain_curve(
        rows, x="p", y="seen", low="low", high="high", x_axis=HOSTILE, y_axis="y", even=HOSTILE
    ),
    "grid": lambda rows: grade_grid(
        rows.assign(engagement=["1", "2", "1"]), row="bin", column="engagement", value="n",
        rows=list(rows["bin"]), columns=["1", "2"], row_axis=HOSTILE, column_axis="e",
    ),
}  # fmt: skip


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_foreign_text_is_escaped(draw):
    assert "<img" not in draw(ROWS).to_json().replace("\\u003c", "<")


def test_bins_of_two_lines_have_room():
    figure = DRAWN["points"](ROWS)
    first, second = figure.data[0].y
    assert second - first > 1.2
    assert len(figure.layout.yaxis.tickvals) == 3


def test_line_stands_before_its_interval():
    figure = DRAWN["gain"](ROWS)
    assert figure.data[0].y == (0.0, 0.1, 0.3, 1.0)
    assert figure.data[1].fill == "toself"


def test_empty_cells_stay_empty():
    figure = DRAWN["grid"](ROWS)
    assert figure.data[0].z[0][1] is None
