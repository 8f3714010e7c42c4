import json

import numpy as np
import pandas as pd
import pytest

from segkit.charts import PALETTE, Picture, label, lines

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
    rows = pd.DataFrame({HOSTILE: [1.0], "low": [0.5]})
    assert "<img" not in lines(rows, x="low", y=[HOSTILE], x_axis="", y_axis="").to_json()


def test_long_names_are_cut():
    assert len(label("word " * 200)) < 150


def test_words_above_a_figure_fit_half_a_screen():
    # 620 pixels: wide letters are 6.6 pixels wide in a sentence and 8.1 in a title.
    table = pd.DataFrame({"k": [2, 3], "a": [1.0, 2.0], "b": [2.0, 1.0]})
    picture = Picture("word " * 30, "word " * 60, table, _drawn)
    title = picture.figure().layout.title
    assert max(map(len, title.subtitle.text.split("<br>"))) * 6.6 < 620
    assert max(map(len, title.text.split("<br>"))) * 8.1 < 620
    short = Picture("word", "word " * 60, table, _drawn).figure().layout
    assert picture.figure().layout.margin.t > short.margin.t


def test_legends_stand_clear_of_the_words_above():
    table = pd.DataFrame({"k": [2, 3], "a": [1.0, 2.0], "b": [2.0, 1.0]})
    legend = Picture("Two", "One rises.", table, _drawn).figure().layout.legend
    assert (legend.y, legend.yanchor, legend.yref) == (0, "bottom", "container")


def _drawn(rows):
    return lines(rows, x="k", y=["a", "b"], x_axis="k", y_axis="strength")
