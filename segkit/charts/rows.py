"""Figures with a row for each name: dots with intervals, bars, forecasts, tornado."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import AXIS, FRAME, digits, error_bars, grouped, mark, named_rows, style
from segkit.charts.theme import PALETTE, colour, folded, label

__all__ = ["bars", "forecasts", "intervals", "tornado"]

_BENEATH, _OF_A_ROW = 0.26, 0.66
_THOUSAND = 1000
_ROOM = 0.3
_TICKS = {"tickangle": 0, "nticks": 6}


def intervals(
    table: pd.DataFrame,
    *,
    name: str,
    estimate: str,
    low: str = "low",
    high: str = "high",
    axis: str,
    group: str | None = None,
    order: Sequence[str] = (),
    level: tuple[float, str] | None = None,
    log: bool = False,
    tickformat: str | None = None,
) -> go.Figure:
    """Draw one dot with its interval for each row.

    Parameters
    ----------
    table : DataFrame
        One row a dot; dots of one name lie beneath each other.
    name, estimate, low, high : str
        Columns that hold the label, the value and the ends of its interval.
    axis : str
        What the value is, with its unit.
    group : str, optional
        Column that colours the dots.
    order : sequence of str
        All groups there can be: each keeps its colour from figure to figure.
    level : tuple of float and str, optional
        A level to compare with, and its name.
    log : bool
        Draw the value on a logarithmic axis.
    tickformat : str, optional
        Format of the numbers on the axis, such as ".0%".

    Examples
    --------
    >>> rows = pd.DataFrame({"level": ["TAM"], "mean": [9.0], "p5": [7.0], "p95": [12.0]})
    >>> figure = intervals(
    ...     rows, name="level", estimate="mean", low="p5", high="p95", axis="USD M a year"
    ... )
    >>> figure.data[0].x
    (9.0,)
    """
    # Without groups each row has a place of its own, also where two share a name.
    place, names = pd.factorize(table[name]) if group else (np.arange(len(table)), table[name])
    groups = grouped(table.assign(_place=place), group, order)
    shared = len(names) < len(table)
    # Dots of one name stay nearer to each other than to those of the next.
    gap = min(_BENEATH, _OF_A_ROW / len(groups)) if groups else 0.0
    figure = go.Figure()
    for row, (number, key, rows) in enumerate(groups):
        shift = gap * (row - (len(groups) - 1) / 2) if shared else 0.0
        figure.add_scatter(
            x=digits(rows[estimate]),
            y=(rows["_place"] + shift).tolist(),
            error_x=error_bars(rows[estimate], rows[low], rows[high]),
            mode="markers",
            marker={"size": 11, "color": colour(key, number), "symbol": style(number)[0]},
            text=[label(text) for text in rows[name]],
            hovertemplate="%{text}<br>%{x:,.4~s}<extra></extra>",
            name=label(key),
            showlegend=group not in (None, name),
        )
    axis_of_names, height = named_rows(pd.Series(names))
    figure.update_layout(
        height=FRAME + height * (1 + (len(groups) - 1) // 2 if shared else 1),
        xaxis={
            "title": {"text": folded(axis, AXIS)},
            "tickformat": tickformat,
            **_TICKS,
            **({"type": "log", "dtick": _decades(table[low], table[high])} if log else {}),
        },
        yaxis=axis_of_names,
    )
    if level is not None:
        mark(figure, *level)
    return figure


def bars(
    table: pd.DataFrame,
    *,
    name: str,
    value: str,
    axis: str,
    group: str | None = None,
    order: Sequence[str] = (),
    level: tuple[float, str] | None = None,
    tickformat: str | None = None,
) -> go.Figure:
    """Draw one bar with its number for each row.

    Parameters
    ----------
    table : DataFrame
        One row a bar, in the order of drawing; rows may share a name.
    name, value : str
        Columns that hold the label and the length.
    axis : str
        What the value is, with its unit.
    group : str, optional
        Column that colours the bars.
    order : sequence of str
        All groups there can be: each keeps its colour from figure to figure.
    level : tuple of float and str, optional
        A level to compare with, and its name.
    tickformat : str, optional
        Format of the numbers, such as ".0%".

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["schools"], "hhi": [1750.0]})
    >>> bars(rows, name="segment", value="hhi", axis="HHI").data[0].x
    (1750.0,)
    """
    figure = go.Figure()
    for number, key, rows in grouped(table.assign(_place=range(len(table))), group, order):
        figure.add_bar(
            x=digits(rows[value]),
            y=rows["_place"].tolist(),
            orientation="h",
            marker={"color": colour(key, number)},
            hovertext=[label(text) for text in rows[name]],
            hovertemplate="%{hovertext}<br>%{x:,.4~s}<extra></extra>",
            texttemplate=f"%{{x:{tickformat or _short(table[value])}}}",
            textposition="auto",
            textangle=0,
            cliponaxis=False,
            name=label(key),
            showlegend=group not in (None, name),
        )
    axis_of_names, height = named_rows(table[name])
    figure.update_layout(
        barmode="overlay",
        height=FRAME + height,
        xaxis={
            "title": {"text": folded(axis, AXIS)},
            "tickformat": tickformat,
            "range": _room_below_zero(table[value]),
            # The numbers stand beside the bars, and on a telephone more would run together.
            **(_TICKS | {"nticks": 4}),
        },
        yaxis=axis_of_names,
    )
    if level is not None:
        mark(figure, *level)
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
    figure = intervals(table, name=name, estimate=forecast, low=low, high=high, axis=axis)
    figure.update_traces(name="forecast (90 % interval)", showlegend=True)
    figure.add_scatter(
        x=digits(table[seen]),
        y=list(range(len(table))),
        mode="markers",
        marker={"size": 12, "color": PALETTE[1], "symbol": "diamond"},
        text=[label(text) for text in table[name]],
        hovertemplate="%{text}<br>%{x:,.4~s}<extra></extra>",
        name="seen",
    )
    return figure


def tornado(
    table: pd.DataFrame, *, name: str, low: str, high: str, base: float, axis: str
) -> go.Figure:
    """Draw how far each input moves the result, the strongest first.

    Parameters
    ----------
    table : DataFrame
        One row an input, sorted by strength.
    name, low, high : str
        Columns that hold the input and the result at its low and at its high value.
    base : float
        The result with every input at its base value.
    axis : str
        What the result is, with its unit.

    Examples
    --------
    >>> rows = pd.DataFrame({"input": ["price"], "at_low": [8.0], "at_high": [11.0]})
    >>> figure = tornado(
    ...     rows, name="input", low="at_low", high="at_high", base=9.0, axis="USD M"
    ... )
    >>> [bar.name for bar in figure.data]
    ['input at its low value', 'input at its high value']
    """
    figure = go.Figure()
    ends = ((low, "input at its low value", 1), (high, "input at its high value", 0))
    for column, words, shade in ends:
        figure.add_bar(
            x=digits(table[column] - base),
            y=list(range(len(table))),
            base=round(base, 6),
            orientation="h",
            marker={"color": PALETTE[shade]},
            name=words,
            customdata=digits(table[column]),
            hovertext=[label(text) for text in table[name]],
            hovertemplate="%{hovertext}<br>%{customdata:,.4~s}<extra></extra>",
        )
    axis_of_names, height = named_rows(table[name])
    figure.update_layout(
        barmode="overlay",
        height=FRAME + height,
        xaxis={"title": {"text": folded(axis, AXIS)}, **_TICKS},
        yaxis=axis_of_names,
    )
    return figure


def _short(values: pd.Series) -> str:
    """Choose the format of numbers beside bars: k and M for large ones only."""
    return ",.3~s" if values.abs().max() >= _THOUSAND else ",.3~g"


def _room_below_zero(values: pd.Series) -> list[float] | None:
    """Leave room between the names and the numbers of bars that point to them."""
    low, high = float(values.min()), max(float(values.max()), 0.0)
    return [low - _ROOM * (high - low), high + _ROOM * (high - low)] if low < 0 else None


def _decades(low: pd.Series, high: pd.Series) -> int | str:
    """Mark the decades of a logarithmic axis, or also 2 and 5 where there are few of them."""
    return "D2" if float(high.max()) < 100 * max(float(low.min()), 1e-12) else 1
