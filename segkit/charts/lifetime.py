"""Figures of forecasts, of who is still a customer, and of ranked amounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from segkit.charts.figures import rounded
from segkit.charts.theme import DIVERGING, GRID, PALETTE, label

__all__ = ["alive_history", "forecasts", "level_map", "ranking", "tracking"]

_ROW_HEIGHT = 34
_FRAME_HEIGHT = 130
_MOST_LEVELS = 7


def ranking(table: pd.DataFrame, *, name: str, value: str, axis: str) -> go.Figure:
    """Draw one bar for each row, in the order given; rows may share a name or have numbers for one.

    Parameters
    ----------
    table : DataFrame
        One row a bar.
    name, value : str
        Columns that hold the label and the length.
    axis : str
        What the value is, with its unit.

    Examples
    --------
    >>> rows = pd.DataFrame({"name": ["Acme", "Acme"], "loss": [9.0, 7.0]})
    >>> ranking(rows, name="name", value="loss", axis="USD").data[0].x
    (9.0, 7.0)
    """
    places = list(range(len(table)))
    names = [label(text) for text in table[name]]
    figure = go.Figure(
        go.Bar(
            x=rounded(table[value]),
            y=places,
            customdata=names,
            hovertemplate="%{customdata}<br>%{x:,.4~s}<extra></extra>",
            orientation="h",
            marker={"color": PALETTE[0]},
        )
    )
    figure.update_layout(
        height=_FRAME_HEIGHT + _ROW_HEIGHT * len(table),
        xaxis={"title": {"text": axis}},
        yaxis={"autorange": "reversed", "tickvals": places, "ticktext": names},
        showlegend=False,
    )
    return figure


def forecasts(
    table: pd.DataFrame, *, name: str, forecast: str, low: str, high: str, seen: str, axis: str
) -> go.Figure:
    """Draw a forecast with its interval for each row, and what was seen since.

    Parameters
    ----------
    table : DataFrame
        One row a forecast.
    name, forecast, low, high, seen : str
        Columns of the label, the forecast, the ends of its interval and what happened.
    axis : str
        What was forecast, with its unit.

    Examples
    --------
    >>> rows = pd.DataFrame({"group": ["A"], "f": [9.0], "lo": [5.0], "hi": [14.0], "left": [8]})
    >>> figure = forecasts(
    ...     rows, name="group", forecast="f", low="lo", high="hi", seen="left", axis="leavers"
    ... )
    >>> [dots.name for dots in figure.data]
    ['forecast (90 % interval)', 'seen']
    """
    names = [label(text) for text in table[name]]
    figure = go.Figure()
    figure.add_scatter(
        x=rounded(table[forecast]),
        y=names,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rounded(table[high] - table[forecast]),
            "arrayminus": rounded(table[forecast] - table[low]),
            "thickness": 2,
            "width": 5,
        },
        mode="markers",
        marker={"size": 11, "color": PALETTE[0]},
        name="forecast (90 % interval)",
    )
    figure.add_scatter(
        x=rounded(table[seen]),
        y=names,
        mode="markers",
        marker={"size": 12, "color": PALETTE[1], "symbol": "diamond"},
        name="seen",
    )
    figure.update_layout(
        height=_FRAME_HEIGHT + 20 + _ROW_HEIGHT * len(table),
        xaxis={"title": {"text": axis}},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def tracking(table: pd.DataFrame, *, x: str, x_axis: str, period: str, split: float) -> go.Figure:
    """Draw actual against expected purchases, by period above and cumulated below.

    Parameters
    ----------
    table : DataFrame
        One row a period: `actual, expected, cumulated_actual, cumulated_expected`.
    x : str
        Column with the end of the period.
    x_axis : str
        What the time is, with its unit.
    period : str
        What a period is, such as "week".
    split : float
        Where the data the model saw end and the hold-out begins.

    Examples
    --------
    >>> rows = pd.DataFrame({"week": [1, 2], "actual": [3, 4], "expected": [3.5, 3.6],
    ...                      "cumulated_actual": [3, 7], "cumulated_expected": [3.5, 7.1]})
    >>> len(tracking(rows, x="week", x_axis="weeks", period="week", split=1).data)
    4
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.09)
    for row, prefix in enumerate(("", "cumulated_"), start=1):
        for number, (words, dash) in enumerate((("actual", "solid"), ("expected", "dash"))):
            figure.add_scatter(
                x=rounded(table[x]),
                y=rounded(table[f"{prefix}{words}"]),
                mode="lines",
                line={"color": PALETTE[number], "width": 2.5, "dash": dash},
                name=words,
                showlegend=row == 1,
                row=row,
                col=1,
            )
    figure.add_vline(x=split, line={"dash": "dot", "color": "gray"})
    figure.add_annotation(
        text="hold-out", x=split, xanchor="left", y=0.02, yref="y2 domain",
        yanchor="bottom", xref="x2", xshift=4, showarrow=False,
    )  # fmt: skip
    figure.update_layout(height=520, hovermode="x unified")
    figure.update_xaxes(title_text=x_axis, row=2)
    figure.update_yaxes(title_text=f"in a {period}", rangemode="tozero", row=1)
    figure.update_yaxes(title_text="in all", rangemode="tozero", row=2)
    return figure


def level_map(
    table: pd.DataFrame,
    *,
    name: str,
    columns: Sequence[str],
    x_axis: str,
    y_axis: str,
    axis: str,
    top: float | None = None,
) -> go.Figure:
    """Draw a surface over two measures: coloured cells up to `top`, or else lines of equal value.

    Parameters
    ----------
    table : DataFrame
        One row a line of the grid, from the bottom.
    name : str
        Column with the measure along the vertical axis.
    columns : sequence of str
        Columns of the grid, named by the measure along the horizontal axis.
    x_axis, y_axis : str
        What the measures are, with units.
    axis : str
        What the surface is.
    top : float, optional
        Upper end of a scale from 0, such as 1 for a probability.

    Examples
    --------
    >>> rows = pd.DataFrame({"purchases": [2, 3], "0": [0.9, 0.95], "8": [0.5, 0.4]})
    >>> figure = level_map(rows, name="purchases", columns=["0", "8"], x_axis="weeks of silence",
    ...                    y_axis="purchases", axis="P(alive)", top=1.0)
    >>> figure.data[0].type
    'heatmap'
    """
    surface = {
        "x": [float(column) for column in columns],
        "y": rounded(table[name]),
        "z": np.round(table[list(columns)].to_numpy(dtype=float), 4).tolist(),
    }
    words = f"{y_axis}: %{{y}}<br>{x_axis}: %{{x}}<br>{axis}: %{{z:.3~g}}<extra></extra>"
    figure = go.Figure()
    if top is None:
        for number, level in enumerate(_levels(np.asarray(surface["z"]))):
            figure.add_contour(
                **surface,
                contours={"start": level, "end": level, "coloring": "none", "showlabels": True},
                line={"width": 2.5, "color": PALETTE[0]},
                showscale=False,
                showlegend=False,
                hovertemplate=words,
                hoverinfo="skip" if number else None,
                name="",
            )
    else:
        figure.add_heatmap(
            **surface,
            colorscale=DIVERGING,
            zmin=0.0,
            zmax=top,
            xgap=1,
            ygap=1,
            colorbar={"title": {"text": label(axis)}, "outlinecolor": GRID, "thickness": 14},
            hovertemplate=words,
        )
    figure.update_layout(
        height=420, xaxis={"title": {"text": x_axis}}, yaxis={"title": {"text": y_axis}}
    )
    return figure


def _levels(heights: Any) -> list[float]:
    """Choose round levels, each about twice the one below, the highest that the surface has."""
    top = float(np.nanmax(heights, initial=0.0))
    if top <= 0:
        return []
    decade = int(np.floor(np.log10(top)))
    tens = [10.0**power for power in range(decade - 2, decade + 1)]
    levels = [digit * ten for ten in tens for digit in (1, 2, 5) if digit * ten < top]
    return [float(f"{level:.3g}") for level in levels[-_MOST_LEVELS:]]


def alive_history(table: pd.DataFrame, *, date: str, alive: str, bought: str) -> go.Figure:
    """Draw the probability that one customer is still there, through time.

    Parameters
    ----------
    table : DataFrame
        One row a day, in order.
    date, alive, bought : str
        Columns of the day, the probability and whether the customer bought on it.

    Examples
    --------
    >>> rows = pd.DataFrame({"day": ["2026-01-05", "2026-02-02"], "p": [1.0, 0.8],
    ...                      "bought": [True, False]})
    >>> alive_history(rows, date="day", alive="p", bought="bought").data[1].x
    ('2026-01-05',)
    """
    figure = go.Figure()
    purchases = table[table[bought]]
    figure.add_scatter(
        x=table[date].astype(str).tolist(),
        y=rounded(table[alive]),
        mode="lines",
        line={"color": PALETTE[0], "width": 2.5},
        name="P(alive)",
    )
    figure.add_scatter(
        x=purchases[date].astype(str).tolist(),
        y=rounded(purchases[alive]),
        mode="markers",
        marker={"size": 9, "color": PALETTE[1]},
        name="purchase",
    )
    figure.update_layout(
        height=360,
        xaxis={"type": "date"},
        yaxis={"range": [-0.03, 1.04], "tickformat": ".0%", "title": {"text": "still a customer"}},
    )
    return figure
