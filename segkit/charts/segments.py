"""Figures of segments: profile, map, gorges and stability."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import (
    AXIS,
    FRAME,
    NARROW,
    ROW,
    STACKED,
    digits,
    error_bars,
    faint,
    style,
)
from segkit.charts.theme import PALETTE, folded, label

__all__ = ["gorge_plot", "segment_map", "segment_profile", "stability_by_k"]

_GORGE = 150


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
        shape, colour = style(number)
        figure.add_scatter(
            x=digits(rows[value]),
            y=[folded(text, NARROW) for text in rows[name]],
            error_x=error_bars(rows[value], rows[low], rows[high]),
            mode="markers",
            marker={
                "size": 11,
                "color": colour,
                "line": {"color": colour, "width": 2},
                "symbol": [shape if marked else f"{shape}-open" for marked in rows[marker]],
            },
            name=label(key),
        )
    figure.add_vline(x=0, line={"color": PALETTE[7], "width": 1})
    figure.update_layout(
        height=FRAME + 26 * table[segment].nunique() + ROW * table[name].nunique(),
        xaxis={
            "title": {"text": folded("standard deviations from the average customer", AXIS)},
            "tickangle": 0,
            "nticks": 6,
        },
        yaxis={"autorange": "reversed", "type": "category"},
        legend=STACKED,
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
        shape, colour = style(number)
        figure.add_scatter(
            x=digits(rows[x]),
            y=digits(rows[y]),
            mode="markers",
            marker={
                "size": 8,
                "color": faint(colour),
                "symbol": shape,
                "line": {"color": colour, "width": 1},
            },
            name=label(key),
        )
    count = table[segment].nunique()
    figure.update_layout(
        height=420 + 21 * count,
        xaxis={"title": {"text": folded(x_axis, AXIS)}, "zeroline": False},
        yaxis={"title": {"text": folded(y_axis, AXIS)}, "zeroline": False},
        legend=STACKED,
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
            x=digits(rows[similarity]),
            y=digits(rows[share]),
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
        height=FRAME + _GORGE * count,
        bargap=0.05,
        xaxis={
            "title": {"text": folded("similarity to the segment (1: at its centre)", AXIS)},
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
            y=digits(table[value]),
            mode="markers",
            marker={
                "size": 13,
                "color": faint(PALETTE[0]),
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
