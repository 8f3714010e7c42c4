"""Figures of places: what lies where between two measures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import AXIS, BELOW, FAINT, LINE, digits, folded, grouped, style
from segkit.charts.theme import colour, label

__all__ = ["quadrants"]

_MOST_NAMES = 15
_ROOM = 0.25


def quadrants(
    table: pd.DataFrame,
    *,
    name: str,
    x: str,
    y: str,
    group: str,
    x_axis: str,
    y_axis: str,
    x_cut: float,
    y_cut: float = 0.0,
    size: str | None = None,
    log: bool = False,
    order: Sequence[str] = (),
    tickformat: str | None = None,
) -> go.Figure:
    """Draw one mark a row between two measures, and the lines that part the quadrants.

    Parameters
    ----------
    table : DataFrame
        One row a mark; a few are named beside it, many when pointed at.
    name, x, y, group : str
        Columns that hold the label, the place, and what colours the mark.
    x_axis, y_axis : str
        What the axes show, with units.
    x_cut, y_cut : float
        Where the quadrants part.
    size : str, optional
        Column that the area of the mark shows.
    log : bool
        Draw `x` on a logarithmic axis.
    order : sequence of str
        All groups there can be: each keeps its colour from figure to figure.
    tickformat : str, optional
        Format of the numbers on the vertical axis, such as ".0%".

    Examples
    --------
    >>> rows = pd.DataFrame({"item": ["a"], "share": [0.5], "growth": [0.2], "kind": ["star"]})
    >>> figure = quadrants(rows, name="item", x="share", y="growth", group="kind",
    ...                    x_axis="share", y_axis="growth", x_cut=1.0, y_cut=0.1, log=True)
    >>> figure.data[0].name, figure.layout.xaxis.type
    ('star', 'log')
    """
    named = len(table) <= _MOST_NAMES
    area = pd.Series(0.25, table.index) if size is None else _area(table[size])
    figure = go.Figure()
    for number, key, rows in grouped(table, group, order):
        shade = colour(key, number)
        figure.add_scatter(
            x=digits(rows[x]),
            y=digits(rows[y]),
            mode="markers+text" if named else "markers",
            marker={
                "size": (7 + 15 * np.sqrt(area[rows.index])).round(1).tolist(),
                "color": shade,
                "symbol": style(number)[0],
                "opacity": FAINT,
                "line": {"color": shade, "width": 1},
            },
            text=[label(text) for text in rows[name]],
            textposition="top center",
            hovertemplate="%{text}<br>%{x:,.4~s}; %{y:.3~g}<extra></extra>",
            cliponaxis=False,
            name=label(key),
            showlegend=True,
        )
    figure.add_vline(x=x_cut, line=LINE)
    figure.add_hline(y=y_cut, line=LINE)
    figure.update_layout(
        height=470,
        legend=BELOW,
        xaxis={
            "title": {"text": folded(x_axis, AXIS)},
            "type": "log" if log else "linear",
            "dtick": ("D2" if named else 1) if log else None,
            "tickangle": 0,
            "range": _padded(pd.concat([table[x], pd.Series([x_cut])]), log=log) if named else None,
            "zeroline": False,
        },
        yaxis={
            "title": {"text": folded(y_axis, AXIS)},
            "tickformat": tickformat,
            "zeroline": False,
        },
    )
    return figure


def _padded(values: pd.Series[float], *, log: bool) -> list[float]:
    """Leave room for names beside the outermost marks."""
    along = np.log10(values.to_numpy(dtype=float)) if log else values.to_numpy(dtype=float)
    low, high = float(np.nanmin(along)), float(np.nanmax(along))
    room = _ROOM * ((high - low) or 1.0)
    return [low - room, high + room]


def _area(size: pd.Series[float]) -> pd.Series[float]:
    return size.clip(lower=0) / (float(size.max()) or 1.0)
