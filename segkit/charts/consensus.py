"""Figures of a panel: items ranked with their bounds, who differs, two rankings side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.figures import intervals
from segkit.charts.layout import AXIS, FRAME, NARROW, ROW, folded
from segkit.charts.theme import DIVERGING, INK, PALETTE, label

__all__ = ["cell_map", "rank_gaps", "ranked"]

# What stands out has colour; the middle stays grey.
_TIERS = {"high": PALETTE[0], "middle": PALETTE[7], "low": PALETTE[1]}


def ranked(
    table: pd.DataFrame,
    *,
    name: str,
    estimate: str,
    low: str,
    high: str,
    axis: str,
    tier: str | None = None,
    tickformat: str | None = None,
) -> go.Figure:
    """Draw one dot with its bounds for each row; names and axis are folded for narrow pages.

    Parameters
    ----------
    table : DataFrame
        One row a dot, the best first.
    name, estimate, low, high : str
        Columns that hold the label, the value and the ends of its interval.
    axis : str
        What the value is, with its unit.
    tier : str, optional
        Column that says "high", "middle" or "low".
    tickformat : str, optional
        Format of the numbers on the axis.

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["a"], "score": [0.7], "from": [0.5], "to": [0.8]})
    >>> figure = ranked(
    ...     rows, name="segment", estimate="score", low="from", high="to", axis="score, 0 to 1"
    ... )
    >>> figure.data[0].x
    (0.7,)
    """
    figure = intervals(
        table,
        name=name,
        estimate=estimate,
        low=low,
        high=high,
        axis=folded(axis, AXIS),
        group=tier,
        tickformat=tickformat,
    )
    narrow = {label(text): folded(text, NARROW) for text in table[name]}
    for dots in figure.data:
        dots.y = [narrow[text] for text in dots.y]
        dots.marker.color = _TIERS.get(dots.name, dots.marker.color)
    lines = max((text.count("<br>") + 1 for text in narrow.values()), default=1)
    figure.update_xaxes(tickangle=0, nticks=6)
    # Tiers are groups of their own: the order stays that of the rows.
    figure.update_yaxes(categoryorder="array", categoryarray=[*narrow.values()])
    figure.update_layout(height=FRAME + (20 + 14 * lines) * len(table))
    return figure


def cell_map(
    table: pd.DataFrame, *, name: str, columns: Sequence[str], centre: float, form: str
) -> go.Figure:
    """Draw a grid of numbers, coloured by their distance from a centre, without a scale beside it.

    Parameters
    ----------
    table : DataFrame
        One row a line of the grid.
    name : str
        Column that names the line.
    columns : sequence of str
        Columns of the grid.
    centre : float
        The value that counts as ordinary; above it is good.
    form : str
        How a number is written, such as ".1f".

    Examples
    --------
    >>> rows = pd.DataFrame({"account": ["a"], "Ann": [2.0], "Bob": [-1.0]})
    >>> figure = cell_map(rows, name="account", columns=["Ann", "Bob"], centre=0.0, form="+g")
    >>> list(figure.data[0].text[0])
    ['+2', '-1']
    """
    values = table[list(columns)].to_numpy(dtype=float)
    spread = float(np.nanmax(np.abs(values - centre), initial=0.0)) or 1.0
    words = [[_word(one, form) for one in row] for row in values]
    names = [folded(text, NARROW) for text in table[name]]
    figure = go.Figure(
        go.Heatmap(
            z=np.round(values, 3).tolist(),
            x=[folded(column, NARROW) for column in columns],
            y=names,
            text=words,
            texttemplate="%{text}",
            textfont={"size": 12},
            hovertemplate="%{y}<br>%{x}: %{text}<extra></extra>",
            colorscale=DIVERGING,
            zmin=centre - spread,
            zmax=centre + spread,
            xgap=2,
            ygap=2,
            showscale=False,
        )
    )
    figure.update_layout(
        height=FRAME + ROW * len(table),
        xaxis={"type": "category", "nticks": len(columns)},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def _word(value: float, form: str) -> str:
    if np.isnan(value):
        return ""
    return format(value, form if value or "+" not in form else form.replace("+", ""))


def rank_gaps(table: pd.DataFrame, *, name: str, ranks: tuple[str, str], axis: str) -> go.Figure:
    """Draw two ranks of each row as dots joined by a line; its length is their difference.

    Parameters
    ----------
    table : DataFrame
        One row a line, in the order of drawing.
    name : str
        Column that holds the label.
    ranks : tuple of str
        Columns of the two ranks, 1 is best; their names stand in the legend.
    axis : str
        What the ranks are.

    Examples
    --------
    >>> rows = pd.DataFrame({"account": ["a", "b"], "panel": [1, 2], "revenue": [2, 1]})
    >>> figure = rank_gaps(rows, name="account", ranks=("panel", "revenue"), axis="rank")
    >>> [trace.name for trace in figure.data][1:]
    ['panel', 'revenue']
    """
    labels = [folded(text, NARROW) for text in table[name]]
    ends = [[float(value) for value in table[column]] for column in ranks]
    figure = go.Figure()
    joined = [
        (x, y)
        for label, *pair in zip(labels, *ends, strict=True)
        for x, y in ((pair[0], label), (pair[1], label), (None, None))
    ]
    figure.add_scatter(
        x=[x for x, _ in joined],
        y=[y for _, y in joined],
        mode="lines",
        line={"color": INK, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    # Where both agree, the ring stays visible around the dot.
    marks = (
        {"size": 15, "symbol": "circle-open", "color": PALETTE[1], "line": {"width": 2.5}},
        {"size": 9, "symbol": "circle", "color": PALETTE[0]},
    )
    for column, values, mark in zip(ranks, ends, marks, strict=True):
        figure.add_scatter(
            x=values, y=labels, mode="markers", marker=mark, name=column, showlegend=True
        )
    lines = max((text.count("<br>") + 1 for text in labels), default=1)
    lowest = max((value for side in ends for value in side), default=1.0)
    dtick = max(round(lowest / 6), 1)
    figure.update_layout(
        height=FRAME + (ROW if lines > 1 else 30) * len(table),
        xaxis={"title": {"text": axis}, "range": [0.4, lowest + 0.6], "dtick": dtick, "tick0": 1},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure
