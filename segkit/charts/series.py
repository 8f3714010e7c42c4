"""Figures of several series: one panel each, or one line each from first to last."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from segkit.charts.theme import GRID, INK, PALETTE, colour, label

__all__ = ["panels", "points", "slopes"]

_ACROSS = 2
_PANEL_HEIGHT = 120


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


def points(
    table: pd.DataFrame,
    *,
    name: str,
    x: str,
    y: str,
    x_axis: str,
    y_axis: str,
    x_cut: float,
    y_cut: float,
    group: str,
    log_x: bool = False,
) -> go.Figure:
    """Draw named points in four quadrants.

    Parameters
    ----------
    table : DataFrame
        One row a point.
    name, x, y, group : str
        Columns: label, position, and what colours the point.
    x_axis, y_axis : str
        What the axes show, with units.
    x_cut, y_cut : float
        Where the quadrants meet.
    log_x : bool
        Draw `x` on a logarithmic axis.

    Examples
    --------
    >>> rows = pd.DataFrame({"item": ["a"], "x": [0.5], "y": [0.2], "kind": ["star"]})
    >>> figure = points(
    ...     rows, name="item", x="x", y="y", x_axis="share", y_axis="growth", x_cut=1.0,
    ...     y_cut=0.1, group="kind",
    ... )
    >>> figure.data[0].name
    'star'
    """
    figure = go.Figure()
    for number, (key, rows) in enumerate(table.groupby(group, sort=True)):
        figure.add_scatter(
            x=[round(value, 4) for value in rows[x].tolist()],
            y=[round(value, 4) for value in rows[y].tolist()],
            mode="markers+text",
            text=[label(text) for text in rows[name]],
            textposition="top center",
            cliponaxis=False,
            marker={"size": 14, "color": colour(key, number)},
            name=label(key),
            showlegend=True,
        )
    figure.add_vline(x=x_cut, line={"dash": "dot", "color": "gray"})
    figure.add_hline(y=y_cut, line={"dash": "dot", "color": "gray"})
    figure.update_layout(
        height=420,
        xaxis={"title": {"text": x_axis}, "type": "log" if log_x else None},
        yaxis={"title": {"text": y_axis}, "tickformat": ".1%"},
    )
    return figure
