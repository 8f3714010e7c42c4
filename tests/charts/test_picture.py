import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts import PALETTE, Picture, heatmap, intervals, label, lines, tornado

HOSTILE = '<img src=x onerror="window.pwned=1">'


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", ["#ffffff", "#14171c"])
@pytest.mark.parametrize("colour", PALETTE)
def test_every_colour_stands_out(colour, background):
    # WCAG 2.2, success criterion 1.4.11: graphics need 3:1.
    high, low = sorted((_luminance(colour), _luminance(background)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 3


def test_figure_carries_finding_and_table():
    table = pd.DataFrame({"k": [2, 3], "strength": [0.951234567, np.nan], "note": ["a", None]})
    picture = Picture(
        "Strength",
        "Two segments hold.",
        table,
        lambda rows: lines(rows, x="k", y=["strength"], x_axis="k", y_axis="strength"),
    )
    meta = picture.figure().layout.meta["segkit"]
    assert meta["finding"] == "Two segments hold."
    assert meta["table"]["columns"] == ["k", "strength", "note"]
    assert list(meta["table"]["rows"][1]) == [3, None, None]
    assert "NaN" not in json.dumps(meta)


def test_foreign_text_is_shown_not_read():
    assert "<img" not in label(HOSTILE)
    rows = pd.DataFrame({"name": [HOSTILE], "x": [1.0], "low": [0.5], "high": [2.0]})
    figures = [
        intervals(rows, name="name", estimate="x", low="low", high="high", axis="x", group="name"),
        tornado(rows, name="name", low="low", high="high", base=1.0, axis="x"),
        heatmap(rows, name="name", columns=["x"], centre=1.0, axis="x"),
        lines(rows.rename(columns={"x": HOSTILE}), x="low", y=[HOSTILE], x_axis="", y_axis=""),
    ]
    for figure in figures:
        assert "<img" not in figure.to_json()


def test_long_names_are_cut():
    assert len(label("word " * 200)) < 150


def test_empty_heatmap_and_constant_values_draw():
    rows = pd.DataFrame({"name": ["a"], "x": [1.0]})
    assert heatmap(rows, name="name", columns=["x"], centre=1.0, axis="x").data[0].zmax > 1.0


def test_tornado_bars_start_at_the_base():
    rows = pd.DataFrame({"input": ["price"], "low": [8.0], "high": [11.0]})
    figure = tornado(rows, name="input", low="low", high="high", base=9.0, axis="USD")
    assert [bar.base for bar in figure.data] == [9.0, 9.0]
    assert [bar.x[0] for bar in figure.data] == [-1.0, 2.0]


def test_intervals_reach_from_low_to_high():
    rows = pd.DataFrame({"name": ["a", "b"], "x": [2.0, 5.0], "lo": [1.0, 4.5], "hi": [4.0, 7.0]})
    dots = intervals(rows, name="name", estimate="x", low="lo", high="hi", axis="x").data[0]
    assert dots.error_x.array == (2.0, 2.0)
    assert dots.error_x.arrayminus == (1.0, 0.5)
