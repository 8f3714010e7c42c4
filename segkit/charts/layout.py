"""What figures share: room for long names on a narrow page, digits, signs and error bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.theme import PALETTE, folded, label

__all__ = [
    "AXIS",
    "BELOW",
    "FRAME",
    "LINE",
    "NARROW",
    "ROW",
    "STACKED",
    "digits",
    "error_bars",
    "faint",
    "grouped",
    "mark",
    "named_rows",
    "style",
]

ROW = 42
FRAME = 170
_FAINT = 0.55
# On a telephone a figure is 340 pixels wide: long names must leave room for what is drawn.
NARROW, AXIS = 20, 30
# Names of segments stand above each other: side by side they run out of the page.
STACKED = {"orientation": "v", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"}
LINE = {"dash": "dot", "color": PALETTE[7], "width": 1.5}
BELOW = {"y": 0, "yref": "container", "yanchor": "bottom", "x": 0, "xanchor": "left"}
_NAMED_ROW, _LINE_OF_TEXT = 36, 14
# One shape a segment, so that colour is never the only sign.
_SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "pentagon")


def mark(figure: go.Figure, x: float, name: str) -> None:
    """Draw a level to compare with; its name stands above, clear of the axis."""
    figure.add_vline(x=x, line=LINE)
    figure.add_annotation(
        x=np.log10(x) if figure.layout.xaxis.type == "log" else x,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=label(name),
        showarrow=False,
    )
    # The name stands where the legend would.
    figure.update_layout(legend=BELOW)


def style(number: int) -> tuple[str, str]:
    """Give shape and colour of a segment."""
    return _SHAPES[number % len(_SHAPES)], PALETTE[number % len(PALETTE)]


def digits(values: pd.Series) -> list[float | None]:
    """Keep six significant digits of what is plotted; missing values become None."""
    # More than a screen shows, equal on every machine, and small inside the report.
    return [None if value != value else float(f"{value:.6g}") for value in values.astype(float)]  # noqa: PLR0124 - NaN


def faint(colour: str) -> str:
    """Fill a mark so that others show through; its outline, in the colour itself, stays clear.

    Examples
    --------
    >>> faint("#2f6fd0")
    'rgba(47,111,208,0.55)'
    """
    parts = [str(int(colour[place : place + 2], 16)) for place in (1, 3, 5)]
    return f"rgba({','.join(parts)},{_FAINT})"


def error_bars(estimate: pd.Series, low: pd.Series, high: pd.Series) -> dict[str, Any]:
    """Lay out the interval around each dot."""
    return {
        "type": "data",
        "symmetric": False,
        "array": digits(high - estimate),
        "arrayminus": digits(estimate - low),
        "thickness": 2,
        "width": 5,
    }


def named_rows(names: pd.Series) -> tuple[dict[str, Any], int]:
    """Lay out an axis with a name for each row, in their order, and the height that they need."""
    texts = [folded(name, NARROW) for name in names]
    axis = {
        "range": [len(texts) - 0.5, -0.5],
        "tickvals": list(range(len(texts))),
        "ticktext": texts,
        "zeroline": False,
    }
    return axis, sum(_NAMED_ROW + _LINE_OF_TEXT * text.count("<br>") for text in texts)


def grouped(
    table: pd.DataFrame, group: str | None, order: Sequence[str] = ()
) -> list[tuple[int, object, pd.DataFrame]]:
    """Give number, name and rows of each group; the number is its place in the order."""
    if group is None:
        return [(0, "", table)]
    known = list(dict.fromkeys([*order, *table[group]]))
    there = [(number, key, table[table[group] == key]) for number, key in enumerate(known)]
    return [entry for entry in there if len(entry[2])]
