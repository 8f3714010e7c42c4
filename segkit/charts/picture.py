"""A figure together with the sentence that states its finding and the table behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import BELOW
from segkit.charts.theme import TEMPLATE, heading, sentence

__all__ = ["Picture"]

_DIGITS = 4
_HEIGHT = 400
_LINE, _TITLE_LINE = 19, 22


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure to be drawn from a table, with the finding it shows.

    Parameters
    ----------
    title : str
        What is drawn.
    finding : str
        One sentence that says what the reader should see.
    table : DataFrame
        The numbers drawn; shown beside the figure for those who cannot see it.
    draw : callable
        Turns the table into a figure.
    about : str
        Which part of its answer it belongs to, where an answer shows several.
    """

    title: str
    finding: str
    table: pd.DataFrame
    draw: Callable[[pd.DataFrame], go.Figure]
    about: str = ""

    def figure(self) -> go.Figure:
        """Draw the figure; finding and table travel with it in `layout.meta`."""
        figure = self.draw(self.table)
        title, words = heading(self.title), sentence(self.finding)
        room = _LINE * (words.count("<br>") + 1) if words else 0
        room += _TITLE_LINE * title.count("<br>")
        above = figure.layout.margin.t or TEMPLATE.layout.margin.t
        figure.update_layout(
            template=TEMPLATE,
            title={"text": title, "subtitle": {"text": words}},
            margin_t=above + room,
            height=(figure.layout.height or _HEIGHT) + room,
            meta={"segkit": {"finding": self.finding, "table": _plain(self.table)}},
        )
        # A legend above the figure wraps on a narrow page, and would cover the words there.
        if figure.layout.legend.y is None:
            figure.update_layout(legend=BELOW)
        return figure


def _plain(table: pd.DataFrame) -> dict[str, Any]:
    rows = table.astype(object).to_numpy().tolist()
    return {
        "columns": [str(name) for name in table.columns],
        "rows": [[_cell(value) for value in row] for row in rows],
    }


def _cell(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return None
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if abs(value) < 1 else round(value, 2)
    if isinstance(value, (bool, int, str)):
        return value
    return str(value)
