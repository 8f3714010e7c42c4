"""Two rankings of the same items, and how far apart they put each."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import FRAME, NARROW, ROW, folded
from segkit.charts.theme import INK, PALETTE

__all__ = ["rank_gaps"]


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
    figure.update_layout(
        height=FRAME + (ROW if lines > 1 else 30) * len(table),
        xaxis={"title": {"text": axis}, "rangemode": "tozero", "nticks": 8},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure
