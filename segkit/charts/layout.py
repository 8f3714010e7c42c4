"""What the figures of segments share: room for long names on a narrow page, and signs."""

from __future__ import annotations

import html
import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.theme import INK, PALETTE, label

__all__ = [
    "AXIS",
    "FAINT",
    "FRAME",
    "LINE",
    "NARROW",
    "ROW",
    "STACKED",
    "folded",
    "four_digits",
    "mark",
    "style",
]

ROW = 42
FRAME = 170
FAINT = 0.55
# On a telephone a figure is 340 pixels wide: long names must leave room for what is drawn.
NARROW, AXIS = 20, 24
# Names of segments stand above each other: side by side they run out of the page.
STACKED = {"orientation": "v", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"}
LINE = {"dash": "dot", "color": INK, "width": 1.5}
_NAME = 22
# One shape a segment, so that colour is never the only sign.
_SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "pentagon")


def mark(figure: go.Figure, x: float, name: str) -> None:
    """Draw a level to compare with; its name stands above, clear of the axis."""
    figure.add_vline(x=x, line=LINE)
    figure.add_annotation(
        x=np.log10(x) if figure.layout.xaxis.type == "log" else x,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=label(name),
        showarrow=False,
    )
    # The legend stands above the name.
    figure.update_layout(legend_y=1 + _NAME / max((figure.layout.height or 400) - FRAME, 100))


def folded(text: object, width: int) -> str:
    """Fold foreign text into lines; made safe as in `label`."""
    lines = textwrap.wrap(str(text), width, max_lines=3, placeholder=" …") or [""]
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def style(number: int) -> tuple[str, str]:
    """Give shape and colour of a segment."""
    return _SHAPES[number % len(_SHAPES)], PALETTE[number % len(PALETTE)]


def four_digits(values: pd.Series) -> list[float | None]:
    """Keep four significant digits of what is plotted; missing values become None."""
    # Four digits: pictures of hundreds of points travel inside the report.
    return [None if value != value else float(f"{value:.4g}") for value in values.astype(float)]  # noqa: PLR0124 - NaN
