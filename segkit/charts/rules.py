"""A figure of rules: too long to stand beside their dots, they stand above them."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.figures import rounded
from segkit.charts.layout import folded
from segkit.charts.theme import INK, PALETTE, label

__all__ = ["rule_rates"]

_WIDE = 46  # characters that fit a telephone
_LINE, _ROW = 17, 34


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
    words = [folded(text, _WIDE) for text in table[rule]]
    heights = [_ROW + _LINE * (text.count("<br>") + 1) for text in words]
    places = [sum(heights[: row + 1]) - _ROW / 2 for row in range(len(heights))]
    placed = table.assign(place=places)
    figure = go.Figure()
    for number, (key, rows) in enumerate(placed.groupby(group, sort=False)):
        figure.add_scatter(
            x=rounded(rows[rate]),
            y=rows["place"].tolist(),
            error_x={
                "type": "data",
                "symmetric": False,
                "array": rounded(rows[high] - rows[rate]),
                "arrayminus": rounded(rows[rate] - rows[low]),
                "thickness": 2,
                "width": 5,
            },
            mode="markers",
            marker={"size": 11, "color": PALETTE[number % len(PALETTE)]},
            name=label(key),
            hovertemplate="%{x:.1%}<extra></extra>",
        )
    figure.add_scatter(
        x=rounded(placed[base]),
        y=places,
        mode="markers",
        marker={"size": 16, "symbol": "line-ns", "line": {"width": 2, "color": INK}},
        name="all deals compared",
        hovertemplate="%{x:.1%}<extra></extra>",
    )
    for text, place in zip(words, places, strict=True):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place - _ROW / 2 + 4, yanchor="bottom",
            text=text, align="left", showarrow=False,
        )  # fmt: skip
    figure.update_layout(
        height=230 + sum(heights),
        margin_b=130,
        xaxis={"title": {"text": axis}, "tickformat": ".0%", "range": [-0.02, 1.02]},
        yaxis={"range": [sum(heights) + 4, 0], "visible": False},
    )
    return figure
