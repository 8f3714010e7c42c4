"""Figures to judge by: against a base, by group, tests passed, level and trend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.figures import intervals
from segkit.charts.layout import (
    AXIS,
    FAINT,
    FRAME,
    LINE,
    NARROW,
    ROW,
    folded,
    four_digits,
    mark,
    style,
)
from segkit.charts.theme import PALETTE, label

__all__ = ["against_base", "group_bars", "quadrant_plot", "verdict_grid"]

_MARKS = {"pass": "✓", "fail": "✗", "unknown": "?"}


def against_base(
    table: pd.DataFrame,
    *,
    name: str,
    estimate: str,
    low: str,
    high: str,
    axis: str,
    base: float,
    base_name: str,
    log: bool = False,
    tickformat: str | None = None,
    group: str | None = None,
) -> go.Figure:
    """Draw one dot with its interval for each row, against a level that counts as nothing special.

    Parameters
    ----------
    table : DataFrame
        One row a dot.
    name, estimate, low, high : str
        Columns that hold the label, the value and the ends of its interval.
    axis : str
        What the value is, with its unit.
    base : float
        The level to compare with.
    base_name : str
        What the level is.
    log : bool
        Draw the value on a logarithmic axis.
    tickformat : str, optional
        Format of the numbers on the axis.
    group : str, optional
        Column that colours the dots.

    Examples
    --------
    >>> rows = pd.DataFrame({"way": ["needs"], "r2": [0.5], "low": [0.4], "high": [0.6]})
    >>> figure = against_base(
    ...     rows, name="way", estimate="r2", low="low", high="high", axis="explained",
    ...     base=0.0, base_name="guessing",
    ... )
    >>> figure.layout.shapes[0].x0
    0.0
    """
    figure = intervals(
        table,
        name=name,
        estimate=estimate,
        low=low,
        high=high,
        axis=axis,
        log=log,
        tickformat=tickformat,
        group=group,
    )
    narrow = {label(text): folded(text, NARROW) for text in table[name]}
    for dots in figure.data:
        dots.y = [narrow[text] for text in dots.y]
    figure.update_xaxes(title_text=folded(axis, AXIS), tickangle=0, nticks=6)
    lines = max((text.count("<br>") + 1 for text in narrow.values()), default=1)
    figure.update_layout(height=FRAME + (20 + 14 * lines) * len(narrow))
    if log:
        figure.update_xaxes(dtick=1)
    mark(figure, base, base_name)
    return figure


def group_bars(
    table: pd.DataFrame,
    *,
    name: str,
    value: str,
    group: str,
    axis: str,
    tickformat: str | None = None,
    line: tuple[float, str] | None = None,
    order: Sequence[str] = (),
) -> go.Figure:
    """Draw one bar a row, coloured by group.

    Parameters
    ----------
    table : DataFrame
        One row a bar.
    name, value, group : str
        Columns that hold the label, the length and what colours the bar.
    axis : str
        What the length is, with its unit.
    tickformat : str, optional
        Format of the numbers.
    line : tuple of float and str, optional
        A level to compare with, and its name.
    order : sequence of str
        All groups there can be: each keeps its colour from figure to figure.

    Examples
    --------
    >>> rows = pd.DataFrame({"what": ["size"], "known": [0.8], "way": ["firmographic"]})
    >>> group_bars(rows, name="what", value="known", group="way", axis="share").data[0].x
    (0.8,)
    """
    figure = go.Figure()
    several = name != group and len(set(table[group])) > 1
    for number, key, rows in _groups(table, group, order):
        figure.add_bar(
            x=four_digits(rows[value]),
            y=[folded(text, NARROW) for text in rows[name]],
            orientation="h",
            marker={"color": PALETTE[number % len(PALETTE)]},
            name=label(key),
            showlegend=several,
            texttemplate=f"%{{x:{tickformat or ',.3~s'}}}",
            textposition="auto",
            cliponaxis=False,
        )
    low, high = min(float(table[value].min()), 0.0), max(float(table[value].max()), 0.0)
    room = 0.2 * (high - low)
    figure.update_layout(
        barmode="overlay",
        height=FRAME + 36 * len(table),
        xaxis={
            "title": {"text": folded(axis, AXIS)},
            "tickformat": tickformat,
            "nticks": 5,
            # Numbers beside short bars need room.
            "range": [low - 2 * room if low < 0 else 0, high + room],
        },
        yaxis={"autorange": "reversed", "type": "category"},
    )
    if line is not None:
        mark(figure, *line)
    return figure


def verdict_grid(table: pd.DataFrame, *, name: str, columns: Sequence[str]) -> go.Figure:
    """Draw a grid of passed, failed and unknown tests.

    Parameters
    ----------
    table : DataFrame
        One row a line of the grid; the columns hold "pass", "fail" or "unknown".
    name : str
        Column that names the line.
    columns : sequence of str
        The tests.

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["fans"], "stable": ["pass"]})
    >>> verdict_grid(rows, name="segment", columns=["stable"]).data[0].text[0][0]
    '✓'
    """
    places = {"fail": 0.0, "unknown": 0.5, "pass": 1.0}
    rows = table[list(columns)]
    figure = go.Figure(
        go.Heatmap(
            z=[[places[value] for value in row] for row in rows.to_numpy()],
            x=[label(test) for test in columns],
            y=[folded(value, NARROW) for value in table[name]],
            text=[[_MARKS[value] for value in row] for row in rows.to_numpy()],
            customdata=rows.to_numpy().tolist(),
            texttemplate="%{text}",
            textfont={"size": 16},
            hovertemplate="%{y}<br>%{x}: %{customdata}<extra></extra>",
            colorscale=[[0, PALETTE[1]], [0.5, PALETTE[7]], [1, PALETTE[2]]],
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
            showscale=False,
        )
    )
    figure.update_layout(
        height=FRAME + 60 + (ROW + 8) * len(table),
        xaxis={"type": "category", "tickangle": -90, "side": "bottom"},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def quadrant_plot(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    size: str,
    name: str,
    group: str,
    x_axis: str,
    y_axis: str,
    x_cut: float,
    y_cut: float = 0.0,
    log: bool = True,
    order: Sequence[str] = (),
) -> go.Figure:
    """Draw level against trend, one bubble a row, and the lines that part the quadrants.

    Parameters
    ----------
    table : DataFrame
        One row a bubble.
    x, y, size : str
        Columns that hold level, trend, and what the area of the bubble shows.
    name, group : str
        Columns that hold the label and what colours the bubble.
    x_axis, y_axis : str
        What the axes are, with units.
    x_cut, y_cut : float
        Where the quadrants part.
    log : bool
        Draw the level on a logarithmic axis.
    order : sequence of str
        All groups there can be: each keeps its colour from figure to figure.

    Examples
    --------
    >>> rows = pd.DataFrame({"paid": [10.0], "slope": [0.1], "n": ["a"], "do": ["grow"]})
    >>> quadrant_plot(rows, x="paid", y="slope", size="paid", name="n", group="do",
    ...               x_axis="USD", y_axis="a year", x_cut=5.0).layout.xaxis.type
    'log'
    """
    figure = go.Figure()
    largest = float(table[size].max()) or 1.0
    for number, key, rows in _groups(table, group, order):
        shape, colour = style(number)
        area = (rows[size].clip(lower=0) / largest).to_numpy()
        figure.add_scatter(
            x=four_digits(rows[x]),
            y=four_digits(rows[y]),
            mode="markers",
            marker={
                "size": (7 + 15 * np.sqrt(area)).round(1).tolist(),
                "color": colour,
                "symbol": shape,
                "opacity": FAINT,
                "line": {"color": colour, "width": 1},
            },
            text=[label(text) for text in rows[name]],
            hovertemplate="%{text}<br>%{x:,.4~s}; %{y:.3~g}<extra></extra>",
            name=label(key),
        )
    figure.add_vline(x=x_cut, line=LINE)
    figure.add_hline(y=y_cut, line=LINE)
    figure.update_layout(
        height=470,
        xaxis={
            "title": {"text": folded(x_axis, AXIS)},
            "type": "log" if log else "linear",
            "dtick": 1 if log else None,
            "zeroline": False,
        },
        yaxis={"title": {"text": folded(y_axis, AXIS)}, "zeroline": False},
    )
    return figure


def _groups(
    table: pd.DataFrame, group: str, order: Sequence[str]
) -> list[tuple[int, Any, pd.DataFrame]]:
    """Give number, name and rows of each group; the number is its place in the order."""
    known = list(dict.fromkeys([*order, *table[group]]))
    there = [key for key in known if (table[group] == key).any()]
    return [(known.index(key), key, table[table[group] == key]) for key in there]
