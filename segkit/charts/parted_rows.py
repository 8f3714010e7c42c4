"""Figures with a row for each name that hold more than one number: shares, ranks, rules."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import AXIS, FRAME, digits, error_bars, grouped, named_rows, style
from segkit.charts.theme import PALETTE, colour, folded, label

__all__ = ["rank_gaps", "rule_rates", "stacked_shares"]

_WRITTEN = 0.1
_RULE = 46  # characters that fit a telephone: rules are too long to stand beside their dots
_RULE_LINE, _RULE_ROW = 17, 34


def stacked_shares(table: pd.DataFrame, *, name: str, parts: Sequence[str], axis: str) -> go.Figure:
    """Draw one bar for each row, parted into shares that are written into it.

    Parameters
    ----------
    table : DataFrame
        One row a bar.
    name : str
        Column that names the bar.
    parts : sequence of str
        Columns of shares, as fractions.
    axis : str
        What the bar is.

    Examples
    --------
    >>> rows = pd.DataFrame({"vendor": ["A"], "direct": [0.7], "online": [0.3]})
    >>> figure = stacked_shares(rows, name="vendor", parts=["direct", "online"], axis="sales")
    >>> [bar.x for bar in figure.data]
    [(0.7,), (0.3,)]
    """
    figure = go.Figure()
    for number, part in enumerate(parts):
        values = table[part].fillna(0.0)
        figure.add_bar(
            x=digits(values),
            y=list(range(len(table))),
            orientation="h",
            marker={"color": PALETTE[number % len(PALETTE)]},
            name=label(part),
            text=[f"{100 * value:.0f}" if value >= _WRITTEN else "" for value in values],
            hovertext=[label(text) for text in table[name]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": "white"},
            hovertemplate=f"%{{hovertext}}<br>{label(part)} %{{x:.1%}}<extra></extra>",
            showlegend=True,
            # The legend of stacked bars runs backwards without a rank.
            legendrank=-number,
        )
    axis_of_names, height = named_rows(table[name])
    figure.update_layout(
        barmode="stack",
        height=FRAME + height,
        xaxis={"title": {"text": folded(axis, AXIS)}, "tickformat": ".0%", "range": [0, 1]},
        yaxis=axis_of_names,
    )
    return figure


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
    ends = [digits(table[column]) for column in ranks]
    places = range(len(table))
    figure = go.Figure()
    figure.add_scatter(
        x=[x for pair in zip(*ends, strict=True) for x in (*pair, None)],
        y=[y for place in places for y in (place, place, None)],
        mode="lines",
        line={"color": PALETTE[7], "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    # Where both agree, the ring stays visible around the dot.
    marks = (
        {"size": 15, "symbol": "circle-open", "color": PALETTE[1], "line": {"width": 2.5}},
        {"size": 9, "symbol": "circle", "color": PALETTE[0]},
    )
    for column, values, sign in zip(ranks, ends, marks, strict=True):
        figure.add_scatter(
            x=values,
            y=[*places],
            mode="markers",
            marker=sign,
            text=[label(text) for text in table[name]],
            hovertemplate="%{text}: %{x}",
            name=label(column),
            showlegend=True,
        )
    lowest = max((rank for side in ends for rank in side if rank is not None), default=1.0)
    axis_of_names, height = named_rows(table[name])
    figure.update_layout(
        height=FRAME + height,
        xaxis={
            "title": {"text": folded(axis, AXIS)},
            "range": [0.4, lowest + 0.6],
            "dtick": max(round(lowest / 6), 1),
            "tick0": 1,
        },
        yaxis=axis_of_names,
    )
    return figure


def rule_rates(
    table: pd.DataFrame,
    *,
    rule: str,
    rate: str,
    low: str,
    high: str,
    base: str,
    group: str,
    axis: str,
) -> go.Figure:
    """Draw the rate of each rule with its interval, and the rate without it.

    Parameters
    ----------
    table : DataFrame
        One row a rule.
    rule, rate, low, high, base : str
        Columns that hold the rule in words, its rate with the ends of its interval, and the rate
        of all that are compared.
    group : str
        Column that colours the dots.
    axis : str
        What the rate is.

    Examples
    --------
    >>> rows = pd.DataFrame({"rule": ["staff > 250"], "rate": [0.9], "low": [0.8], "high": [0.95],
    ...                      "base": [0.4], "of": ["fast"]})
    >>> figure = rule_rates(rows, rule="rule", rate="rate", low="low", high="high", base="base",
    ...                     group="of", axis="share")
    >>> [dots.name for dots in figure.data]
    ['fast', 'all deals compared']
    """
    words = [folded(text, _RULE) for text in table[rule]]
    heights = [_RULE_ROW + _RULE_LINE * (text.count("<br>") + 1) for text in words]
    places = [sum(heights[: row + 1]) - _RULE_ROW / 2 for row in range(len(heights))]
    placed = table.assign(place=places)
    figure = go.Figure()
    for number, key, rows in grouped(placed, group):
        figure.add_scatter(
            x=digits(rows[rate]),
            y=rows["place"].tolist(),
            error_x=error_bars(rows[rate], rows[low], rows[high]),
            mode="markers",
            marker={"size": 11, "color": colour(key, number), "symbol": style(number)[0]},
            name=label(key),
            hovertemplate="%{x:.1%}<extra></extra>",
        )
    figure.add_scatter(
        x=digits(placed[base]),
        y=places,
        mode="markers",
        marker={"size": 16, "symbol": "line-ns", "line": {"width": 2, "color": PALETTE[7]}},
        name="all deals compared",
        hovertemplate="%{x:.1%}<extra></extra>",
    )
    for text, place in zip(words, places, strict=True):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place - _RULE_ROW / 2 + 4, yanchor="bottom",
            text=text, align="left", showarrow=False,
        )  # fmt: skip
    figure.update_layout(
        height=230 + sum(heights),
        margin_b=130,
        xaxis={"title": {"text": axis}, "tickformat": ".0%", "range": [-0.02, 1.02]},
        yaxis={"range": [sum(heights) + 4, 0], "visible": False},
    )
    return figure
