"""Colours and layout that every figure shares, and the way foreign text enters a figure."""

from __future__ import annotations

import html
import textwrap

import plotly.graph_objects as go

__all__ = [
    "DIVERGING",
    "GRID",
    "INK",
    "PALETTE",
    "TEMPLATE",
    "colour",
    "folded",
    "heading",
    "label",
    "sentence",
]

# Every colour has a contrast of at least 3:1 on white and on the dark page of the report.
PALETTE = (
    "#2f6fd0",  # blue
    "#c2570c",  # orange
    "#0f8577",  # teal
    "#9a5bd0",  # violet
    "#c93a44",  # red
    "#7d7a12",  # olive
    "#c0459a",  # pink
    "#6f7885",  # grey
)
# What was found has one colour in every figure; what was not found stays grey.
_FOUND = {
    **dict.fromkeys(("up", "rising", "strength", "wins more", "opportunity", "high"), PALETTE[0]),
    **dict.fromkeys(("down", "falling", "weakness", "wins less", "threat", "low"), PALETTE[1]),
    **dict.fromkeys(
        ("none", "stable", "on a par", "no evidence", "not enough data", "middle"), PALETTE[7]
    ),
}
INK = "#4b5563"
GRID = "rgba(128,128,128,0.25)"
DIVERGING = ((0.0, "#c2570c"), (0.5, "#f4f4f2"), (1.0, "#2f6fd0"))
_WIDTH = 34
_LINES = 3
# In half of a screen a notebook's figure is 620 pixels wide; plotly folds no text by itself.
_WIDE, _WIDE_TITLE = 88, 72

_AXIS = {
    "gridcolor": GRID,
    "zerolinecolor": GRID,
    "linecolor": GRID,
    "automargin": True,
    "title": {"standoff": 12},
}
TEMPLATE = go.layout.Template(
    layout={
        "colorway": PALETTE,
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "title": {
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "pad": {"t": 8},
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "font": {"size": 16},
            "subtitle": {"font": {"size": 13, "color": INK}},
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 16, "r": 24, "t": 56, "b": 48},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "right", "x": 1},
        "hoverlabel": {"align": "left"},
    }
)


def colour(group: object, number: int) -> str:
    """Choose the colour of a group: that of its verdict, else the next of the palette.

    Examples
    --------
    >>> colour("rising", 5) == PALETTE[0], colour("schools", 1) == PALETTE[1]
    (True, True)
    """
    return _FOUND.get(str(group), PALETTE[number % len(PALETTE)])


def label(text: object) -> str:
    """Make foreign text safe and short enough to stand in a figure.

    Plotly reads a small set of HTML tags in labels; escaping shows them as they were written.

    Examples
    --------
    >>> label("<b>Acme</b>")
    '&lt;b&gt;Acme&lt;/b&gt;'
    """
    return folded(text, _WIDTH, _LINES)


def sentence(text: object) -> str:
    """Make a sentence safe to stand above a figure, on as many lines as it needs."""
    return folded(text, _WIDE, None)


def heading(text: object) -> str:
    """Make a title safe to stand above a figure, in letters larger than those of a sentence."""
    return folded(text, _WIDE_TITLE, None)


def folded(text: object, width: int, lines: int | None = 4) -> str:
    """Fold foreign text into lines; made safe as in `label`."""
    # A number and its per cent sign stay on one line.
    whole = str(text).replace(" %", "\N{NO-BREAK SPACE}%")
    wrapped = textwrap.wrap(whole, width, max_lines=lines, placeholder=" …") or [""]
    return "<br>".join(html.escape(line, quote=False) for line in wrapped)
