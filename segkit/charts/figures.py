"""One figure function for each kind of result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pandas.api.types import is_integer_dtype

from segkit.charts.theme import DIVERGING, GRID, PALETTE, colour, label

__all__ = ["bars", "heatmap", "intervals", "lines", "rounded", "tornado"]

_ROW_HEIGHT = 34
_FRAME_HEIGHT = 150
_FEW_POINTS = 12
_BENEATH = 3
_SHORT_NAME = 32
_LOG = {"type": "log", "dtick": "D2"}


def intervals(
    table: pd.DataFrame,
    *,
    name: str,
    estimate: str,
    low: str,
    high: str,
    axis: str,
    group: str | None = None,
    log: bool = False,
    tickformat: str | None = None,
) -> go.Figure:
    """Draw one dot with its interval for each row.

    Parameters
    ----------
    table : DataFrame
        One row a dot.
    name, estimate, low, high : str
        Columns that hold the label, the value and the ends of its interval.
    axis : str
        What the value is, with its unit.
    group : str, optional
        Column that colours the dots.
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
    figure = go.Figure()
    groups = [("", table)] if group is None else list(table.groupby(group, sort=False))
    for number, (key, rows) in enumerate(groups):
        figure.add_scatter(
            x=rounded(rows[estimate]),
            y=[label(value) for value in rows[name]],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": rounded(rows[high] - rows[estimate]),
                "arrayminus": rounded(rows[estimate] - rows[low]),
                "thickness": 2,
                "width": 5,
            },
            mode="markers",
            orientation="h",
            marker={"size": 11, "color": colour(key, number)},
            name=label(key),
            showlegend=group is not None,
        )
    # Dots of one name lie beneath each other, and need the room of as many rows.
    beneath = table[name].value_counts().clip(upper=_BENEATH).sum()
    figure.update_layout(
        height=_FRAME_HEIGHT + _ROW_HEIGHT * int(beneath),
        xaxis={"title": {"text": axis}, "tickformat": tickformat, **(_LOG if log else {})},
        yaxis={"autorange": "reversed", "type": "category"},
        scattermode="group" if table[name].duplicated().any() else None,
    )
    return figure


def bars(
    table: pd.DataFrame,
    *,
    name: str,
    value: str,
    axis: str,
    group: str | None = None,
    tickformat: str | None = None,
) -> go.Figure:
    """Draw one bar for each row.

    Parameters
    ----------
    table : DataFrame
        One row a bar, in the order of drawing.
    name, value : str
        Columns that hold the label and the length.
    axis : str
        What the value is, with its unit.
    group : str, optional
        Column that colours the bars.
    tickformat : str, optional
        Format of the numbers on the axis, such as ".0%".

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["schools"], "hhi": [1750.0]})
    >>> bars(rows, name="segment", value="hhi", axis="HHI").data[0].x
    (1750.0,)
    """
    # Rows may share a name, so each is drawn at its place.
    placed = table.assign(place=range(len(table)))
    groups = [("", placed)] if group is None else list(placed.groupby(group, sort=False))
    figure = go.Figure()
    for number, (key, rows) in enumerate(groups):
        figure.add_bar(
            x=rounded(rows[value]),
            y=rows["place"].tolist(),
            customdata=[label(text) for text in rows[name]],
            hovertemplate="%{customdata}<br>%{x:,.4~s}<extra></extra>",
            orientation="h",
            marker={"color": colour(key, number)},
            name=label(key),
            showlegend=group is not None,
        )
    figure.update_layout(
        height=_FRAME_HEIGHT + round(_ROW_HEIGHT * _lines(table[name])) * len(table),
        xaxis={"title": {"text": axis}, "tickformat": tickformat},
        yaxis={
            "autorange": "reversed",
            "tickvals": placed["place"].tolist(),
            "ticktext": [label(text) for text in table[name]],
        },
        barmode="overlay",
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
            x=rounded(table[column] - base),
            y=[label(value) for value in table[name]],
            base=round(base, 6),
            orientation="h",
            marker={"color": PALETTE[shade]},
            name=words,
            customdata=rounded(table[column]),
            hovertemplate="%{y}<br>%{customdata:,.4~s}<extra></extra>",
        )
    figure.update_layout(
        barmode="overlay",
        height=_FRAME_HEIGHT + _ROW_HEIGHT * len(table),
        xaxis={"title": {"text": axis}},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def lines(
    table: pd.DataFrame,
    *,
    x: str,
    y: Sequence[str],
    x_axis: str,
    y_axis: str,
    dashed: Sequence[str] = (),
    threshold: tuple[float, str] | None = None,
    tickformat: str | None = None,
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
    threshold : tuple of float and str, optional
        A level to compare with, and its name.
    tickformat : str, optional
        Format of the numbers on the vertical axis.
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
            y=rounded(table[column]),
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
    if threshold is not None:
        figure.add_hline(
            y=threshold[0],
            line={"dash": "dot", "color": "gray"},
            annotation_text=label(threshold[1]),
        )
    figure.update_layout(
        height=360,
        # A few whole numbers, such as the number of segments, have no halves between them.
        xaxis={"title": {"text": x_axis}, "dtick": 1 if _few_whole(table[x]) else None},
        yaxis={"title": {"text": y_axis}, "tickformat": tickformat},
    )
    return figure


def _lines(names: pd.Series[Any]) -> float:
    """Leave more room for a row where names are long: a narrow page folds them."""
    longest = max((len(str(name)) for name in names), default=0)
    return 1.0 if longest <= _SHORT_NAME else 1.7


def _few_whole(values: pd.Series[Any]) -> bool:
    return is_integer_dtype(values.dtype) and len(values) <= _FEW_POINTS


def heatmap(
    table: pd.DataFrame, *, name: str, columns: Sequence[str], centre: float, axis: str
) -> go.Figure:
    """Draw a grid of numbers, coloured by their distance from a centre.

    Parameters
    ----------
    table : DataFrame
        One row a line of the grid.
    name : str
        Column that names the line.
    columns : sequence of str
        Columns of the grid.
    centre : float
        The value that counts as ordinary.
    axis : str
        What the numbers are.

    Examples
    --------
    >>> rows = pd.DataFrame({"segment": ["A"], "logins": [1.2], "reports": [0.4]})
    >>> figure = heatmap(
    ...     rows, name="segment", columns=["logins", "reports"], centre=1.0, axis="index"
    ... )
    >>> figure.data[0].z[0][0]
    1.2
    """
    values = table[list(columns)].to_numpy(dtype=float)
    spread = float(np.nanmax(np.abs(values - centre), initial=0.0)) or 1.0
    figure = go.Figure(
        go.Heatmap(
            z=np.round(values, 3).tolist(),
            x=[label(column) for column in columns],
            y=[label(value) for value in table[name]],
            colorscale=DIVERGING,
            zmin=centre - spread,
            zmax=centre + spread,
            texttemplate="%{z:.3~g}",
            textfont={"size": 12},
            xgap=2,
            ygap=2,
            colorbar={"title": {"text": label(axis)}, "outlinecolor": GRID, "thickness": 14},
        )
    )
    figure.update_layout(
        height=_FRAME_HEIGHT + 20 + (_ROW_HEIGHT + 10) * len(table),
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def rounded(values: pd.Series) -> list[float | None]:
    """Keep six significant digits of what is plotted; missing values become None."""
    # Six digits are more than a screen shows, and equal on every machine.
    return [None if value != value else float(f"{value:.6g}") for value in values.astype(float)]  # noqa: PLR0124 - NaN
