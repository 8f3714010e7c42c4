"""Figures of lines: over a shared axis, in small panels, from a first to a last value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from pandas.api.types import is_integer_dtype
from plotly.subplots import make_subplots

from segkit.charts.layout import LINE, digits
from segkit.charts.theme import GRID, INK, PALETTE, colour, label

__all__ = ["lines", "panels", "slopes"]

_FEW_POINTS = 12
_ACROSS = 2
_PANEL_HEIGHT = 120


def lines(
    table: pd.DataFrame,
    *,
    x: str,
    y: Sequence[str],
    x_axis: str,
    y_axis: str,
    dashed: Sequence[str] = (),
    level: tuple[float, str] | None = None,
    tickformat: str | None = None,
    x_tickformat: str | None = None,
    steps: bool = False,
) -> go.Figure:
    """Draw one line for each column over a shared axis.

    Parameters
    ----------
    table : DataFrame
        One row a point.
    x : str
        Column along the axis.
    y : sequence of str
        Columns to draw; each name stands in the legend.
    x_axis, y_axis : str
        What the axes show, with units.
    dashed : sequence of str
        Columns drawn dashed, each in the colour of the column at its place in `y`: what a model
        says beside what was seen; with several columns in `y` these stay out of the legend.
    level : tuple of float and str, optional
        A level to compare with, and its name.
    tickformat, x_tickformat : str, optional
        Formats of the numbers on the vertical and the horizontal axis.
    steps : bool
        Draw the solid lines as steps, as for survival curves.

    Examples
    --------
    >>> rows = pd.DataFrame({"k": [2, 3], "prediction strength": [0.95, 0.91]})
    >>> figure = lines(
    ...     rows, x="k", y=["prediction strength"], x_axis="segments", y_axis="strength"
    ... )
    >>> len(figure.data)
    1
    """
    figure = go.Figure()
    drawn = [(*entry, "solid") for entry in enumerate(y)]
    drawn += [(*entry, "dash") for entry in enumerate(dashed)]
    for number, column, dash in drawn:
        figure.add_scatter(
            x=table[x].tolist(),
            y=digits(table[column]),
            mode="lines" if len(table) > _FEW_POINTS else "lines+markers",
            line={
                "color": PALETTE[number % len(PALETTE)],
                "width": 2.5,
                "dash": dash,
                "shape": "hv" if steps and dash == "solid" else "linear",
            },
            name=label(column),
            # Where each line has its dashed companion, the legend would hold every name twice.
            showlegend=len(drawn) > 1 and (dash == "solid" or len(y) == 1),
        )
    if level is not None:
        figure.add_hline(
            y=level[0],
            line=LINE,
            annotation_text=label(level[1]),
        )
    figure.update_layout(
        height=360,
        # A few whole numbers, such as the number of segments, have no halves between them.
        xaxis={
            "title": {"text": x_axis},
            "dtick": 1 if _few_whole(table[x]) else None,
            "tickformat": x_tickformat,
        },
        yaxis={"title": {"text": y_axis}, "tickformat": tickformat},
    )
    return figure


def _few_whole(values: pd.Series[Any]) -> bool:
    return is_integer_dtype(values.dtype) and len(values) <= _FEW_POINTS


def panels(table: pd.DataFrame, *, x: str, y: str, panel: str, verdict: str) -> go.Figure:
    """Draw one small panel for each series, coloured by its verdict.

    Parameters
    ----------
    table : DataFrame
        One row a point.
    x, y : str
        Columns of the point.
    panel, verdict : str
        Columns that name its series, and what was found of it.

    Examples
    --------
    >>> rows = pd.DataFrame({"month": [1, 2], "index": [3.0, 4.0], "topic": "a", "trend": "up"})
    >>> figure = panels(rows, x="month", y="index", panel="topic", verdict="trend")
    >>> len(figure.data)
    1
    """
    groups = list(table.groupby(panel, sort=False))
    down = max(math.ceil(len(groups) / _ACROSS), 1)
    titles = [f"{label(name)}: {label(rows[verdict].iloc[0])}" for name, rows in groups]
    figure = make_subplots(
        rows=down,
        cols=_ACROSS,
        subplot_titles=titles,
        shared_xaxes=True,
        vertical_spacing=0.3 / down,
    )
    for number, (_, rows) in enumerate(groups):
        row, column = divmod(number, _ACROSS)
        figure.add_scatter(
            x=rows[x].tolist(),
            y=[round(value, 2) for value in rows[y].tolist()],
            mode="lines",
            line={"color": colour(rows[verdict].iloc[0], number), "width": 1.5},
            showlegend=False,
            row=row + 1,
            col=column + 1,
        )
    figure.update_annotations(font={"size": 12, "color": INK})
    figure.update_layout(height=100 + _PANEL_HEIGHT * down)
    return figure


def slopes(
    table: pd.DataFrame, *, name: str, first: str, last: str, verdict: str, axis: str
) -> go.Figure:
    """Draw a line from the first to the last value of each row; what did not change stays grey.

    Parameters
    ----------
    table : DataFrame
        One row a line.
    name, first, last, verdict : str
        Columns: label, the two values, and what was found.
    axis : str
        What the values are.

    Examples
    --------
    >>> rows = pd.DataFrame({"need": ["a"], "1": [0.4], "4": [0.5], "verdict": ["rising"]})
    >>> figure = slopes(
    ...     rows, name="need", first="1", last="4", verdict="verdict", axis="share"
    ... )
    >>> figure.data[0].name
    'rising'
    """
    figure = go.Figure()
    drawn: set[str] = set()
    for row in table.to_dict("records"):
        found = str(row[verdict])
        shade = colour(found, 0)
        figure.add_scatter(
            x=["first wave", "last wave"],
            y=[round(row[first], 4), round(row[last], 4)],
            mode="lines+markers",
            line={"color": shade, "width": 1.5 if shade == PALETTE[7] else 3},
            name=label(found),
            legendgroup=found,
            showlegend=found not in drawn,
        )
        drawn.add(found)
    figure.add_scatter(
        x=["last wave"] * len(table),
        y=_apart(table[last].tolist()),
        mode="text",
        text=[f"  {label(text)}" for text in table[name]],
        textposition="middle right",
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_layout(
        height=160 + 34 * len(table),
        # Room for the names on the right.
        xaxis={"range": [-0.1, 1.7], "gridcolor": GRID},
        yaxis={"title": {"text": axis}, "tickformat": ".0%"},
    )
    return figure


def _apart(values: list[float]) -> list[float]:
    """Move names that would cover each other apart, in their order."""
    if not values:
        return []
    order = sorted(range(len(values)), key=values.__getitem__)
    gap = (max(values) - min(values)) / max(len(values), 1) / 2
    placed = list(values)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    return placed
