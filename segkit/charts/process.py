"""The figure of a process: stages from left to right, with what goes on, back and out."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import AXIS, BELOW
from segkit.charts.theme import INK, PALETTE, folded, label

__all__ = ["process_map"]

_ON, _OUT, _STAY, _WON = PALETTE[0], PALETTE[1], PALETTE[7], PALETTE[2]
_FORWARD, _BACK, _ROOM = 1.15, 1.29, 1.4  # heights, the tallest bar being 1
_LEAST = 0.06  # lower parts have no room for their number
_REACH = 0.32
_NAME = 14
_FEW = 6  # so many names stand beside each other on a telephone
_SIGNS = 54  # of the size of names, across a telephone
_GAP = 1.5  # signs between two names


def process_map(
    table: pd.DataFrame,
    *,
    stage: str,
    entered: str,
    advanced: str,
    lost: str,
    waiting: str,
    conversion: str,
    days: str,
    back: str,
    back_to: str,
    axis: str,
) -> go.Figure:
    """Draw a bar for each stage, parted by what became of those who entered it.

    Arrows between the bars say which share goes on, and which steps back; the days in a stage
    stand beneath its name.

    Parameters
    ----------
    table : DataFrame
        One row a stage, in order, and a last one for the end that is wanted.
    stage, entered : str
        Columns of the name, and of how many entered.
    advanced, lost, waiting : str
        Columns of the parts of the bar; all empty for the last row.
    conversion, days : str
        Columns of the share that goes on, and of the days in the stage; empty where not known.
    back, back_to : str
        Columns of the share that steps back, and of the stage it goes to; empty where none does.
    axis : str
        What is counted.

    Examples
    --------
    >>> rows = pd.DataFrame({"stage": ["demo", "won"], "n": [10, 4], "on": [4, None],
    ...                      "out": [5, None], "open": [1, None], "share": [0.44, None],
    ...                      "days": [30, None], "back": [0.0, None], "to": ["", ""]})
    >>> figure = process_map(rows, stage="stage", entered="n", advanced="on", lost="out",
    ...                      waiting="open", conversion="share", days="days", back="back",
    ...                      back_to="to", axis="deals")
    >>> [bar.name for bar in figure.data]
    ['went on', 'lost here', 'still here', 'won']
    """
    *stages, end = table.to_dict("records")
    names = [str(row[stage]) for row in stages]
    top = float(table[entered].max()) or 1.0
    figure = go.Figure()
    parts = ((advanced, "went on", _ON), (lost, "lost here", _OUT), (waiting, "still here", _STAY))
    for column, words, shade in parts:
        values = [int(row[column]) for row in stages]
        _add_bars(figure, list(range(len(stages))), values, words, shade, names, top)
    won = str(end[stage])
    _add_bars(figure, [len(stages)], [int(end[entered])], won, _WON, [won], top)
    few = len(table) <= _FEW
    size = 12 if few else 9
    for at, row in enumerate(stages):
        _words(figure, at, float(row[entered]), f"<b>{row[entered]:,}</b>", size)
    for at, row in enumerate(stages):
        if row[conversion] == row[conversion]:
            _arrow(figure, at + 0.5 - _REACH, at + 0.5 + _REACH, _FORWARD * top, PALETTE[7])
            _words(figure, at + 0.5, _FORWARD * top, f"{row[conversion]:.0%}", size)
        if row[back] > 0 and row[back_to] in names:
            to = names.index(str(row[back_to]))
            _arrow(figure, at, to, _BACK * top, _OUT)
            _words(figure, (at + to) / 2, _BACK * top, _share(row[back]), size)
    ticks = [_tick(str(row[stage]), row[days], few=few) for row in [*stages, end]]
    figure.update_layout(
        barmode="stack",
        bargap=0.28,
        height=500,
        xaxis={
            "title": {"text": folded(f"{axis}; days: half stay longer", AXIS)},
            "tickvals": list(range(len(ticks))),
            "ticktext": _apart(ticks) if few else ticks,
            "tickfont": {"size": 11},
            "tickangle": 0 if few else -90,
            "range": [-0.5, len(ticks) - 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        # The bars carry their numbers; an axis would take room from the names on a telephone.
        yaxis={"range": [0, _ROOM * top], "visible": False},
        legend={**BELOW, "traceorder": "normal"},
    )
    return figure


def _add_bars(
    figure: go.Figure,
    x: list[int],
    values: list[int],
    words: str,
    shade: str,
    names: list[str],
    top: float,
) -> None:
    figure.add_bar(
        x=x,
        y=values,
        marker={"color": shade},
        text=[f"{value:,}" if value >= _LEAST * top else "" for value in values],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": 11, "color": "#ffffff"},
        customdata=[label(name) for name in names],
        hovertemplate="%{customdata}<br>%{y:,}<extra></extra>",
        name=label(words),
    )


def _arrow(figure: go.Figure, start: float, stop: float, y: float, shade: str) -> None:
    figure.add_annotation(
        x=stop, y=y, ax=start, ay=y, xref="x", yref="y", axref="x", ayref="y", text="",
        showarrow=True, arrowhead=2, arrowsize=1.1, arrowwidth=1.5, arrowcolor=shade,
    )  # fmt: skip


def _words(figure: go.Figure, x: float, y: float, text: str, size: int) -> None:
    figure.add_annotation(
        x=x, y=y, text=text, showarrow=False, yanchor="bottom", font={"size": size, "color": INK}
    )


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.005 else "<1%"


def _tick(name: str, days: float, *, few: bool) -> str:
    words, between = (folded(name, _NAME), "<br>") if few else (label(name), ": ")
    return words if days != days else f"{words}{between}{days:,.0f} days"  # noqa: PLR0124 - NaN


def _apart(ticks: list[str]) -> list[str]:
    """Put every second name beneath its neighbours where they would touch on a telephone."""
    lines = [tick.split("<br>") for tick in ticks]
    room = _SIGNS / len(ticks) - _GAP
    if all(one + other <= 2 * room for one, other in pairwise(max(map(len, x)) for x in lines)):
        return ticks
    drop = "<br>" * max(map(len, lines))
    return [drop * (place % 2) + tick for place, tick in enumerate(ticks)]
