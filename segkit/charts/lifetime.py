"""Figures of forecasts, and of who is still a customer."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from segkit.charts.layout import LINE, digits
from segkit.charts.theme import PALETTE

__all__ = ["alive_history", "tracking"]

_ROW_HEIGHT = 34
_FRAME_HEIGHT = 130
_MOST_LEVELS = 7


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
                x=digits(table[x]),
                y=digits(table[f"{prefix}{words}"]),
                mode="lines",
                line={"color": PALETTE[number], "width": 2.5, "dash": dash},
                name=words,
                showlegend=row == 1,
                row=row,
                col=1,
            )
    figure.add_vline(x=split, line=LINE)
    figure.add_annotation(
        text="hold-out", x=split, xanchor="left", y=0.02, yref="y2 domain",
        yanchor="bottom", xref="x2", xshift=4, showarrow=False,
    )  # fmt: skip
    figure.update_layout(height=520, hovermode="x unified")
    figure.update_xaxes(title_text=x_axis, row=2)
    figure.update_yaxes(title_text=f"in a {period}", rangemode="tozero", row=1)
    figure.update_yaxes(title_text="in all", rangemode="tozero", row=2)
    return figure


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
        y=digits(table[alive]),
        mode="lines",
        line={"color": PALETTE[0], "width": 2.5},
        name="P(alive)",
    )
    figure.add_scatter(
        x=purchases[date].astype(str).tolist(),
        y=digits(purchases[alive]),
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
