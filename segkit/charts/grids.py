"""Figures of a grid: numbers, tests, surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import AXIS, FRAME, NARROW, ROW, digits
from segkit.charts.theme import DIVERGING, GRID, PALETTE, folded, label

__all__ = ["heatmap", "level_map", "verdict_grid"]

_MARKS = {"pass": "✓", "fail": "✗", "unknown": "?"}
_MOST_LEVELS = 7
_LINE = 18


def heatmap(
    table: pd.DataFrame,
    *,
    name: str,
    columns: Sequence[str],
    centre: float,
    axis: str,
    form: str = ".3~g",
    factors: bool = False,
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
    form : str
        How they are written, such as "+.1f".
    factors : bool
        Colour by ratio to the centre, so that half and twice are equally far from 1.

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
            x=[folded(column, NARROW) for column in columns],
            y=[folded(value, NARROW) for value in table[name]],
            colorscale=DIVERGING,
            zmin=centre - spread,
            zmax=centre + spread,
            texttemplate=f"%{{z:{form}}}",
            hovertemplate=f"%{{y}}<br>%{{x}}: %{{z:{form}}}<extra></extra>",
            textfont={"size": 12},
            xgap=2,
            ygap=2,
            showscale=False,
        )
    )
    lines = max((str(name).count("<br>") + 1 for name in figure.data[0].y), default=1)
    figure.update_layout(
        height=FRAME + max(ROW + 2, _LINE * lines) * len(table),
        xaxis={
            "title": {"text": folded(axis, AXIS)},
            "type": "category",
            "nticks": len(columns),
        },
        yaxis={"autorange": "reversed", "type": "category"},
    )
    if factors:
        _colour_by_ratio(figure.data[0], values, centre)
    return figure


def _colour_by_ratio(grid: go.Heatmap, values: Any, centre: float) -> None:
    """Let colours follow the logarithm; words keep the numbers."""
    logs = np.log(values / centre)
    spread = float(np.nanmax(np.abs(logs), initial=0.0)) or 1.0
    words = [["" if np.isnan(cell) else f"{cell:.1f}" for cell in row] for row in values]
    grid.update(
        z=np.round(logs, 3).tolist(),
        text=words,
        zmin=-spread,
        zmax=spread,
        texttemplate="%{text}",
        hovertemplate="%{y}<br>%{x}: %{text}<extra></extra>",
    )


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


def level_map(
    table: pd.DataFrame,
    *,
    name: str,
    columns: Sequence[str],
    x_axis: str,
    y_axis: str,
    axis: str,
    top: float | None = None,
    tickformat: str | None = None,
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
    tickformat : str, optional
        Format of the numbers of that scale, such as ".0%".

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
        "y": digits(table[name]),
        "z": np.round(table[list(columns)].to_numpy(dtype=float), 4).tolist(),
    }
    height = f"{axis}: %{{z:{tickformat or '.3~g'}}}"
    words = f"{y_axis}: %{{y}}<br>{x_axis}: %{{x}}<br>{height}<extra></extra>"
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
            colorbar={
                "title": {"text": label(axis)},
                "tickformat": tickformat,
                "outlinecolor": GRID,
                "thickness": 14,
            },
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
