"""Figures of scores: the card's points, chances against what happened, gain, and two axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import AXIS, FRAME, LINE, NARROW, digits, error_bars
from segkit.charts.theme import GRID, INK, PALETTE, folded, label

__all__ = ["calibration_plot", "gain_curve", "grade_grid", "point_bars"]

_ROW = 24
_SCALE = ((0.0, "#f4f4f2"), (1.0, "#2f6fd0"))


def point_bars(table: pd.DataFrame, *, column: str, name: str, points: str) -> go.Figure:
    """Draw the points of each bin, the bins of one column beneath each other.

    Parameters
    ----------
    table : DataFrame
        One row a bin, in the order of drawing.
    column, name, points : str
        Columns that hold what is scored, its bin and the points.

    Examples
    --------
    >>> rows = pd.DataFrame({"column": ["staff"], "bin": ["< 250"], "points": [12]})
    >>> point_bars(rows, column="column", name="bin", points="points").data[0].x
    (12.0,)
    """
    figure = go.Figure()
    place, ticks, words = 0.0, [], []
    for number, (key, rows) in enumerate(table.groupby(column, sort=False)):
        figure.add_annotation(
            x=0, y=place, xanchor="left", text=f"<b>{label(key)}</b>", showarrow=False
        )
        bins = [folded(text, NARROW) for text in rows[name]]
        # A name of two lines needs the room of nearly two rows.
        room = np.array([0.4 + 0.6 * (text.count("<br>") + 1) for text in bins])
        places = (place + 0.5 + room.cumsum() - room / 2).tolist()
        figure.add_bar(
            x=digits(rows[points]),
            y=places,
            orientation="h",
            width=0.8,
            marker={"color": PALETTE[number % len(PALETTE)]},
            texttemplate="%{x:.0f}",
            textposition="outside",
            cliponaxis=False,
            customdata=[f"{label(key)}: {label(text)}" for text in rows[name]],
            hovertemplate="%{customdata}<br>%{x:.0f} points<extra></extra>",
            showlegend=False,
        )
        ticks += places
        words += bins
        place = places[-1] + room[-1] / 2 + 0.7
    figure.update_layout(
        height=FRAME - 40 + round(_ROW * place),
        xaxis={
            "title": {"text": "points"},
            "range": [0, 1.12 * float(table[points].max() or 1)],
        },
        yaxis={"range": [place, -0.7], "tickvals": ticks, "ticktext": words, "showgrid": False},
    )
    return figure


def calibration_plot(
    table: pd.DataFrame, *, expected: str, observed: str, low: str, high: str, n: str
) -> go.Figure:
    """Draw what happened against what was expected; on the dotted line the two are equal.

    Parameters
    ----------
    table : DataFrame
        One row a group of rows with like chances.
    expected, observed, low, high, n : str
        Columns: mean chance, share that happened with its interval, rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"p": [0.2], "seen": [0.25], "low": [0.1], "high": [0.4], "n": [50]})
    >>> calibration_plot(
    ...     rows, expected="p", observed="seen", low="low", high="high", n="n"
    ... ).data[0].y
    (0.25,)
    """
    figure = go.Figure(
        go.Scatter(
            x=digits(table[expected]),
            y=digits(table[observed]),
            error_y=error_bars(table[observed], table[low], table[high]),
            mode="markers",
            marker={"size": 9, "color": PALETTE[0]},
            customdata=table[n].tolist(),
            hovertemplate="expected %{x:.0%}, happened %{y:.0%} of %{customdata:,}<extra></extra>",
            showlegend=False,
        )
    )
    top = min(1.0, 1.05 * float(np.nanmax(table[[expected, high]].to_numpy())))
    figure.add_shape(type="line", x0=0, y0=0, x1=top, y1=top, line=LINE)
    figure.update_layout(
        height=430,
        xaxis={"title": {"text": "chance given"}, "tickformat": ".0%", "range": [0, top]},
        yaxis={"title": {"text": "share that happened"}, "tickformat": ".0%", "range": [0, top]},
    )
    return figure


def gain_curve(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    x_axis: str,
    y_axis: str,
    low: str = "",
    high: str = "",
    even: str = "chance",
) -> go.Figure:
    """Draw the share found against the share looked at; on the dotted line both are equal.

    Parameters
    ----------
    table : DataFrame
        One row a point, both shares rising.
    x, y : str
        Columns: share looked at, share found.
    x_axis, y_axis : str
        What the shares are of.
    low, high : str, optional
        Columns of the interval of the share found.
    even : str
        What the dotted line stands for.

    Examples
    --------
    >>> rows = pd.DataFrame({"reach": [0.1, 1.0], "found": [0.4, 1.0]})
    >>> gain_curve(rows, x="reach", y="found", x_axis="deals", y_axis="wins").data[0].y
    (0.0, 0.4, 1.0)
    """
    figure = go.Figure()
    across = [0.0, *digits(table[x])]
    if low and high:
        figure.add_scatter(
            x=across + across[::-1],
            y=[0.0, *digits(table[high]), *digits(table[low])[::-1], 0.0],
            fill="toself",
            fillcolor=GRID,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
        )
    figure.add_scatter(
        x=across,
        y=[0.0, *digits(table[y])],
        mode="lines+markers",
        line={"color": PALETTE[0], "width": 3},
        marker={"size": 6},
        hovertemplate="%{x:.0%}: %{y:.0%}<extra></extra>",
        showlegend=False,
    )
    figure.data = figure.data[::-1]
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line=LINE)
    figure.add_annotation(
        x=0.6, y=0.55, xanchor="left", text=label(even), showarrow=False, font={"color": INK}
    )
    figure.update_layout(
        height=430,
        xaxis={"title": {"text": folded(x_axis, AXIS)}, "tickformat": ".0%", "range": [0, 1]},
        yaxis={"title": {"text": folded(y_axis, AXIS)}, "tickformat": ".0%", "range": [0, 1.02]},
    )
    return figure


def grade_grid(
    table: pd.DataFrame,
    *,
    row: str,
    column: str,
    value: str,
    rows: Sequence[str],
    columns: Sequence[str],
    row_axis: str,
    column_axis: str,
    tickformat: str = ",",
) -> go.Figure:
    """Draw two graded axes with a number in each cell.

    Parameters
    ----------
    table : DataFrame
        One row a cell.
    row, column, value : str
        Columns: place on the vertical and on the horizontal axis, and the number.
    rows, columns : sequence of str
        Grades, from the top and from the left.
    row_axis, column_axis : str
        What is graded.
    tickformat : str
        Format of the numbers.

    Examples
    --------
    >>> cells = pd.DataFrame({"fit": ["A"], "engagement": ["1"], "n": [12]})
    >>> grade_grid(
    ...     cells, row="fit", column="engagement", value="n", rows=["A"], columns=["1"],
    ...     row_axis="fit", column_axis="engagement",
    ... ).data[0].z[0]
    [12.0]
    """
    keys = [table[row].astype(str), table[column].astype(str)]
    cells = table.assign(_row=keys[0], _column=keys[1]).pivot(
        index="_row", columns="_column", values=value
    )
    cells = cells.reindex(index=list(rows), columns=list(columns))
    figure = go.Figure(
        go.Heatmap(
            z=tuple(tuple(digits(line)) for _, line in cells.iterrows()),
            x=[label(text) for text in columns],
            y=[label(text) for text in rows],
            colorscale=_SCALE,
            zmin=0,
            texttemplate=f"%{{z:{tickformat}}}",
            textfont={"size": 14},
            hovertemplate=f"%{{y}}, %{{x}}: %{{z:{tickformat}}}<extra></extra>",
            xgap=3,
            ygap=3,
            showscale=False,
        )
    )
    figure.update_layout(
        height=FRAME + 70 * len(rows),
        xaxis={"title": {"text": folded(column_axis, AXIS)}, "type": "category"},
        yaxis={
            "title": {"text": folded(row_axis, AXIS)},
            "type": "category",
            "autorange": "reversed",
        },
    )
    return figure
