"""Figures of a market: its levels, its adoption, and a bridge of revenue."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from segkit.charts.layout import digits, error_bars
from segkit.charts.theme import INK, PALETTE, label

__all__ = ["adoption_curve", "funnel_levels", "part_bars", "waterfall"]

_PANEL = 190
_ROW = 40
_FRAME = 110
_BAND = "rgba(47,111,208,0.18)"
_ABOVE = 0.9  # of a row, for the number over the first dot


def funnel_levels(
    table: pd.DataFrame, *, level: str, unit: str, estimate: str, low: str, high: str
) -> go.Figure:
    """Draw each level of a market with its interval, one panel a unit.

    The axes are logarithmic: what can be won is often a hundredth of the whole.

    Parameters
    ----------
    table : DataFrame
        One row a level and unit, the whole market first.
    level, unit, estimate, low, high : str
        Columns that hold the level, what is counted, the value and the ends of its interval.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"level": ["TAM"], "unit": ["accounts"], "mean": [9.0], "p5": [7.0], "p95": [12.0]}
    ... )
    >>> names = {"level": "level", "unit": "unit", "estimate": "mean", "low": "p5", "high": "p95"}
    >>> funnel_levels(rows, **names).data[0].x
    (9.0,)
    """
    groups = list(table[table[estimate] > 0].groupby(unit, sort=False))
    figure = make_subplots(
        rows=max(len(groups), 1),
        cols=1,
        subplot_titles=[label(name) for name, _ in groups],
        vertical_spacing=0.24,
    )
    for number, (_, rows) in enumerate(groups):
        figure.add_scatter(
            x=digits(rows[estimate]),
            y=[label(value) for value in rows[level]],
            error_x=error_bars(rows[estimate], rows[low], rows[high]),
            customdata=list(zip(digits(rows[low]), digits(rows[high]), strict=True)),
            mode="markers+text",
            texttemplate="<b>%{x:.3s}</b>",
            textposition="top center",
            hovertemplate="%{y}: %{x:.3s} (%{customdata[0]:.3s} to %{customdata[1]:.3s})"
            "<extra></extra>",
            cliponaxis=False,
            orientation="h",
            marker={"size": 11, "color": PALETTE[number]},
            showlegend=False,
            row=number + 1,
            col=1,
        )
        figure.update_yaxes(range=[len(rows) - 0.5, -_ABOVE], row=number + 1, col=1)
    figure.update_annotations(font={"size": 13, "color": INK}, x=0, xanchor="left")
    figure.update_xaxes(type="log", dtick=1, tickformat=".0s")
    figure.update_yaxes(type="category")
    figure.update_layout(height=_FRAME + _PANEL * len(groups), margin_t=80)
    return figure


def adoption_curve(
    table: pd.DataFrame,
    *,
    x: str,
    seen: str,
    fitted: str,
    low: str,
    high: str,
    potential: Sequence[float],
    x_axis: str,
    y_axis: str,
) -> go.Figure:
    """Draw who has adopted, the curve through it, its band, and the potential it runs up to.

    Parameters
    ----------
    table : DataFrame
        One row a period; later ones have nothing seen.
    x, seen, fitted, low, high : str
        Columns: the period, adopters in all as seen, the curve and its band.
    potential : sequence of float
        Levels drawn across: all who will ever adopt.
    x_axis, y_axis : str
        What the axes show.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"year": [1, 2], "seen": [3, None], "fit": [3.1, 5.2], "low": [3, 4], "high": [4, 7]}
    ... )
    >>> figure = adoption_curve(
    ...     rows, x="year", seen="seen", fitted="fit", low="low", high="high", potential=[9.0],
    ...     x_axis="year", y_axis="customers",
    ... )
    >>> [trace.name for trace in figure.data]
    ['band', 'curve', 'seen']
    """
    periods = table[x].tolist()
    figure = go.Figure()
    figure.add_scatter(
        x=[*periods, *reversed(periods)],
        y=[*digits(table[high]), *reversed(digits(table[low]))],
        fill="toself",
        fillcolor=_BAND,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name="band",
    )
    figure.add_scatter(
        x=periods,
        y=digits(table[fitted]),
        mode="lines",
        line={"color": PALETTE[0], "width": 2.5},
        name="curve",
    )
    figure.add_scatter(
        x=periods,
        y=digits(table[seen]),
        mode="markers",
        marker={"size": 9, "color": PALETTE[1]},
        name="seen",
    )
    for level in potential:
        figure.add_hline(
            y=level,
            line={"dash": "dot", "color": "gray"},
            annotation_text=f"potential {level:,.0f}",
            annotation_position="top left",
        )
    figure.update_layout(
        height=380,
        xaxis={"title": {"text": x_axis}},
        yaxis={"title": {"text": y_axis}, "rangemode": "tozero"},
    )
    return figure


def waterfall(
    table: pd.DataFrame, *, name: str, value: str, totals: Sequence[str], axis: str
) -> go.Figure:
    """Draw how a first total becomes the last, step by step.

    Parameters
    ----------
    table : DataFrame
        One row a line, in order; totals stand for themselves, other lines for what they add.
    name, value : str
        Columns that hold the line and its amount.
    totals : sequence of str
        Names of the lines that are totals.
    axis : str
        What the amounts are.

    Examples
    --------
    >>> rows = pd.DataFrame({"line": ["start", "new", "end"], "amount": [10.0, 2.0, 12.0]})
    >>> figure = waterfall(
    ...     rows, name="line", value="amount", totals=["start", "end"], axis="USD a year"
    ... )
    >>> figure.data[0].measure
    ('absolute', 'relative', 'absolute')
    """
    is_total = table[name].isin(list(totals))
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            measure=["absolute" if total else "relative" for total in is_total],
            y=[label(text) for text in table[name]],
            x=digits(table[value]),
            customdata=digits(table[value]),
            texttemplate=["%{customdata:.3s}" if amount else "0" for amount in table[value]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{customdata:,.4~s}<extra></extra>",
            increasing={"marker": {"color": PALETTE[2]}},
            decreasing={"marker": {"color": PALETTE[1]}},
            totals={"marker": {"color": PALETTE[0]}},
            connector={"line": {"color": PALETTE[7], "width": 1, "dash": "dot"}},
            showlegend=False,
        )
    )
    # Room for the numbers beside the longest bar.
    most = float(table.loc[is_total, value].max()) if is_total.any() else float(table[value].max())
    figure.update_layout(
        height=_FRAME + _ROW * len(table),
        xaxis={"title": {"text": axis}, "range": [0, 1.18 * most]},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure


def part_bars(table: pd.DataFrame, *, name: str, whole: str, part: str, axis: str) -> go.Figure:
    """Draw each whole as a bar, and its part as a bar within.

    Parameters
    ----------
    table : DataFrame
        One row a bar.
    name, whole, part : str
        Columns: the label, the length of the bar, and the length of the part.
    axis : str
        What is counted.

    Examples
    --------
    >>> rows = pd.DataFrame({"sector": ["schools"], "accounts": [9], "large": [4]})
    >>> figure = part_bars(rows, name="sector", whole="accounts", part="large", axis="accounts")
    >>> [bar.name for bar in figure.data]
    ['accounts', 'large']
    """
    figure = go.Figure()
    for column, width, shade in ((whole, 0.8, _BAND), (part, 0.4, PALETTE[0])):
        figure.add_bar(
            x=digits(table[column]),
            y=[label(text) for text in table[name]],
            orientation="h",
            width=width,
            marker={"color": shade},
            name=label(column),
            texttemplate="%{x:,.0f}" if column == whole else None,
            textposition="outside" if column == whole else "none",
            cliponaxis=False,
            hovertemplate="%{y}<br>%{x:,.0f}<extra></extra>",
        )
    figure.update_layout(
        barmode="overlay",
        height=_FRAME + 40 + _ROW * len(table),
        margin_t=80,
        xaxis={"title": {"text": axis}, "range": [0, 1.15 * float(table[whole].max())]},
        yaxis={"autorange": "reversed", "type": "category"},
    )
    return figure
