"""Figures of segments: profile, map, gorges, tests, and where to invest."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.figures import intervals
from segkit.charts.theme import INK, PALETTE, label

__all__ = [
    "against_base",
    "gorge_plot",
    "group_bars",
    "quadrant_plot",
    "segment_map",
    "segment_profile",
    "stability_by_k",
    "verdict_grid",
]

_ROW = 42
_FRAME = 170
_GORGE = 150
_NAME = 22
# One shape a segment, so that colour is never the only sign.
_SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "pentagon")
_MARKS = {"pass": "✓", "fail": "✗", "unknown": "?"}
_FAINT = 0.55
# On a telephone a figure is 340 pixels wide: long names must leave room for what is drawn.
_NARROW, _AXIS = 20, 24
# Names of segments stand above each other: side by side they run out of the page.
_STACKED = {"orientation": "v", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"}
_LINE = {"dash": "dot", "color": INK, "width": 1.5}


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
    narrow = {label(text): _folded(text, _NARROW) for text in table[name]}
    for dots in figure.data:
        dots.y = [narrow[text] for text in dots.y]
    figure.update_xaxes(title_text=_folded(axis, _AXIS), tickangle=0, nticks=6)
    lines = max((text.count("<br>") + 1 for text in narrow.values()), default=1)
    figure.update_layout(height=_FRAME + (20 + 14 * lines) * len(narrow))
    if log:
        figure.update_xaxes(dtick=1)
    _mark(figure, base, base_name)
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
            x=_round(rows[value]),
            y=[_folded(text, _NARROW) for text in rows[name]],
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
        height=_FRAME + 36 * len(table),
        xaxis={
            "title": {"text": _folded(axis, _AXIS)},
            "tickformat": tickformat,
            "nticks": 5,
            # Numbers beside short bars need room.
            "range": [low - 2 * room if low < 0 else 0, high + room],
        },
        yaxis={"autorange": "reversed", "type": "category"},
    )
    if line is not None:
        _mark(figure, *line)
    return figure


def segment_profile(
    table: pd.DataFrame, *, name: str, segment: str, value: str, low: str, high: str, marker: str
) -> go.Figure:
    """Draw how far each segment lies from the average customer, column by column.

    Parameters
    ----------
    table : DataFrame
        One row a segment and column.
    name, segment : str
        Columns that hold what was measured and the name of the segment.
    value, low, high : str
        Difference from the average in standard deviations, and its interval.
    marker : str
        Column that is true where the difference marks the segment; these dots are filled.

    Examples
    --------
    >>> rows = pd.DataFrame({"column": ["visits"], "segment": ["fans"], "effect": [1.2],
    ...                      "low": [1.0], "high": [1.4], "marker": [True]})
    >>> figure = segment_profile(rows, name="column", segment="segment", value="effect",
    ...                          low="low", high="high", marker="marker")
    >>> figure.data[0].marker.symbol
    ('circle',)
    """
    figure = go.Figure()
    for number, (key, rows) in enumerate(table.groupby(segment, sort=False)):
        shape, colour = _style(number)
        figure.add_scatter(
            x=_round(rows[value]),
            y=[_folded(text, _NARROW) for text in rows[name]],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": _round(rows[high] - rows[value]),
                "arrayminus": _round(rows[value] - rows[low]),
                "thickness": 1.5,
                "width": 3,
            },
            mode="markers",
            marker={
                "size": 11,
                "color": colour,
                "line": {"color": colour, "width": 2},
                "symbol": [shape if marked else f"{shape}-open" for marked in rows[marker]],
            },
            name=label(key),
        )
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    figure.update_layout(
        height=_FRAME + 26 * table[segment].nunique() + _ROW * table[name].nunique(),
        xaxis={
            "title": {"text": _folded("standard deviations from the average customer", _AXIS)},
            "tickangle": 0,
            "nticks": 6,
        },
        yaxis={"autorange": "reversed", "type": "category"},
        legend=_STACKED,
        margin={"t": 76 + 21 * table[segment].nunique()},
    )
    return figure


def segment_map(
    table: pd.DataFrame, *, x: str, y: str, segment: str, x_axis: str, y_axis: str
) -> go.Figure:
    """Draw customers as points in two dimensions, each in the sign of its segment.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    x, y, segment : str
        Columns that hold the place and the name of the segment.
    x_axis, y_axis : str
        What the axes are.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [0.0, 1.0], "y": [1.0, 0.0], "segment": ["a", "b"]})
    >>> len(segment_map(rows, x="x", y="y", segment="segment", x_axis="1", y_axis="2").data)
    2
    """
    figure = go.Figure()
    for number, (key, rows) in enumerate(table.groupby(segment, sort=False)):
        shape, colour = _style(number)
        figure.add_scatter(
            x=_round(rows[x]),
            y=_round(rows[y]),
            mode="markers",
            marker={"size": 8, "color": colour, "symbol": shape, "opacity": 0.75},
            name=label(key),
        )
    count = table[segment].nunique()
    figure.update_layout(
        height=420 + 21 * count,
        xaxis={"title": {"text": _folded(x_axis, _AXIS)}, "zeroline": False},
        yaxis={"title": {"text": _folded(y_axis, _AXIS)}, "zeroline": False},
        legend=_STACKED,
        margin={"t": 76 + 21 * count},
    )
    return figure


def gorge_plot(table: pd.DataFrame, *, segment: str, similarity: str, share: str) -> go.Figure:
    """Draw for each segment how similar customers are to it: two hills and a gorge, or a slope.

    Parameters
    ----------
    table : DataFrame
        One row a segment and class of similarity.
    segment, similarity, share : str
        Columns that hold the name of the segment, the middle of the class, and the share of all
        customers in it.

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["a", "a"], "similarity": [0.05, 0.95],
    ...                      "share": [0.6, 0.4]})
    >>> len(gorge_plot(rows, segment="segment", similarity="similarity", share="share").data)
    1
    """
    names = list(dict.fromkeys(table[segment]))
    count = max(len(names), 1)
    figure = go.Figure()
    gap = 0.4 / count
    for number, key in enumerate(names):
        rows = table[table[segment] == key]
        suffix = "" if number == 0 else str(number + 1)
        top = 1 - number / count - gap * 0.75
        figure.add_bar(
            x=_round(rows[similarity]),
            y=_round(rows[share]),
            marker={"color": PALETTE[number % len(PALETTE)]},
            yaxis=f"y{suffix}",
            name=label(key),
            showlegend=False,
        )
        figure.update_layout(
            {
                f"yaxis{suffix}": {
                    "domain": [1 - (number + 1) / count, top],
                    "tickformat": ".0%",
                    "nticks": 3,
                    "rangemode": "tozero",
                }
            }
        )
        figure.add_annotation(
            text=label(key),
            x=0,
            xref="paper",
            xanchor="left",
            y=top,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            align="left",
        )
    figure.update_layout(
        height=_FRAME + _GORGE * count,
        bargap=0.05,
        xaxis={
            "title": {"text": _folded("similarity to the segment (1: at its centre)", _AXIS)},
            "range": [0, 1],
            "anchor": f"y{count}" if count > 1 else "y",
        },
    )
    return figure


def stability_by_k(table: pd.DataFrame, *, k: str, segment: str, value: str) -> go.Figure:
    """Draw the stability of each segment for each number of segments.

    Parameters
    ----------
    table : DataFrame
        One row a number of segments and segment.
    k, segment, value : str
        Columns that hold the number of segments, the number of the segment, and its stability
        from 0 to 1.

    Examples
    --------
    >>> rows = pd.DataFrame({"k": [3], "segment": [1], "slsa": [0.9]})
    >>> stability_by_k(rows, k="k", segment="segment", value="slsa").data[0].y
    (0.9,)
    """
    figure = go.Figure(
        go.Scatter(
            x=table[k].tolist(),
            y=_round(table[value]),
            mode="markers",
            marker={
                "size": 13,
                "color": PALETTE[0],
                "opacity": _FAINT,
                "line": {"color": PALETTE[0], "width": 1.5},
            },
            text=[f"segment {number}" for number in table[segment]],
            hovertemplate="%{text} of %{x}: %{y:.2f}<extra></extra>",
            showlegend=False,
        )
    )
    figure.update_layout(
        height=380,
        xaxis={"title": {"text": "number of segments"}, "dtick": 1},
        yaxis={"title": {"text": "1: from one segment before"}, "range": [-0.05, 1.1]},
    )
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
            y=[_folded(value, _NARROW) for value in table[name]],
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
        height=_FRAME + 60 + (_ROW + 8) * len(table),
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
        shape, colour = _style(number)
        area = (rows[size].clip(lower=0) / largest).to_numpy()
        figure.add_scatter(
            x=_round(rows[x]),
            y=_round(rows[y]),
            mode="markers",
            marker={
                "size": (7 + 15 * np.sqrt(area)).round(1).tolist(),
                "color": colour,
                "symbol": shape,
                "opacity": _FAINT,
                "line": {"color": colour, "width": 1},
            },
            text=[label(text) for text in rows[name]],
            hovertemplate="%{text}<br>%{x:,.4~s}; %{y:.3~g}<extra></extra>",
            name=label(key),
        )
    figure.add_vline(x=x_cut, line=_LINE)
    figure.add_hline(y=y_cut, line=_LINE)
    figure.update_layout(
        height=470,
        xaxis={
            "title": {"text": _folded(x_axis, _AXIS)},
            "type": "log" if log else "linear",
            "dtick": 1 if log else None,
            "zeroline": False,
        },
        yaxis={"title": {"text": _folded(y_axis, _AXIS)}, "zeroline": False},
    )
    return figure


def _groups(
    table: pd.DataFrame, group: str, order: Sequence[str]
) -> list[tuple[int, Any, pd.DataFrame]]:
    """Give number, name and rows of each group; the number is its place in the order."""
    known = list(dict.fromkeys([*order, *table[group]]))
    there = [key for key in known if (table[group] == key).any()]
    return [(known.index(key), key, table[table[group] == key]) for key in there]


def _mark(figure: go.Figure, x: float, name: str) -> None:
    """Draw a level to compare with; its name stands above, clear of the axis."""
    figure.add_vline(x=x, line=_LINE)
    figure.add_annotation(
        x=np.log10(x) if figure.layout.xaxis.type == "log" else x,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=label(name),
        showarrow=False,
    )
    # The legend stands above the name.
    figure.update_layout(legend_y=1 + _NAME / max((figure.layout.height or 400) - _FRAME, 100))


def _folded(text: object, width: int) -> str:
    """Fold foreign text into lines; made safe as in `label`."""
    lines = textwrap.wrap(str(text), width, max_lines=3, placeholder=" …") or [""]
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def _style(number: int) -> tuple[str, str]:
    return _SHAPES[number % len(_SHAPES)], PALETTE[number % len(PALETTE)]


def _round(values: pd.Series) -> list[float | None]:
    # Four digits: pictures of hundreds of points travel inside the report.
    return [None if value != value else float(f"{value:.4g}") for value in values.astype(float)]  # noqa: PLR0124 - NaN
