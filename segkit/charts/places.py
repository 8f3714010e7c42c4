"""Figures of places: what lies where between two measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from types import MappingProxyType

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segkit.charts.layout import AXIS, BELOW, LINE, NARROW, digits, faint, grouped, style
from segkit.charts.name_places import places_of_names
from segkit.charts.theme import PALETTE, colour, folded, label

__all__ = ["nine_cells", "position_map"]

_HEIGHT = 460
_PADDING = 0.14
_MOST_NAMES = 15
_LOWEST, _HIGHEST = 1.0, 5.0
_ADVICE = {"invest": PALETTE[0], "select": PALETTE[7], "harvest": PALETTE[1]}
# What to do in a cell, by the sum of its two levels.
_SHADES = tuple(_ADVICE[word] for word in ("harvest", "harvest", "select", "invest", "invest"))
_SHADED = 0.1


def position_map(
    table: pd.DataFrame,
    *,
    name: str,
    x: str,
    y: str,
    group: str,
    x_axis: str,
    y_axis: str,
    x_cuts: Sequence[float] = (),
    y_cuts: Sequence[float] = (),
    size: str | None = None,
    log_x: bool = False,
    x_format: str | None = None,
    y_format: str | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    order: Sequence[str] = (),
    colours: Mapping[str, str] = MappingProxyType({}),
) -> go.Figure:
    """Draw points between two measures, and the lines that part them.

    Parameters
    ----------
    table : DataFrame
        One row a point; a few are named beside it, clear of each other, many when pointed at.
    name, x, y, group : str
        Columns: label, position, and what colours the point.
    x_axis, y_axis : str
        What the axes show, with units.
    x_cuts, y_cuts : sequence of float
        Where the fields part.
    size : str, optional
        Column shown by the area of the point.
    log_x : bool
        Draw `x` on a logarithmic axis.
    x_format, y_format : str, optional
        Formats of the numbers on the axes.
    x_range, y_range : tuple of float, optional
        Ends of the axes; as wide as points and cuts ask for if not given.
    order : sequence of str
        All groups there can be: each keeps its colour from figure to figure.
    colours : mapping of str to str
        Colours of groups; others take the next of the palette.

    Examples
    --------
    >>> rows = pd.DataFrame({"who": ["<b>A", "B"], "price": [0.9, 1.1], "share": [0.3, 0.1],
    ...                      "route": ["direct", "online"]})
    >>> figure = position_map(rows, name="who", x="price", y="share", group="route",
    ...                       x_axis="price", y_axis="share", x_cuts=[1.0])
    >>> figure.data[0].text
    ('&lt;b&gt;A',)
    """
    across = table[x].to_numpy(float)
    ends = x_range or _ends(across, x_cuts, log=log_x), y_range or _ends(table[y], y_cuts)
    named = len(table) <= _MOST_NAMES
    placed = table.assign(_name=[folded(text, NARROW) for text in table[name]], _place="top center")
    if named:
        drawn = np.column_stack([_along(across, ends[0], log=log_x), _along(table[y], ends[1])])
        placed["_place"] = places_of_names(drawn, placed["_name"].tolist())
    placed["_area"] = _areas(table, size)
    figure = go.Figure()
    for number, key, rows in grouped(placed.sort_values(group, kind="stable"), group, order):
        shade = colours.get(str(key)) or colour(key, number)
        figure.add_scatter(
            x=digits(rows[x]),
            y=digits(rows[y]),
            mode="markers+text" if named else "markers",
            text=rows["_name"].tolist(),
            textposition=rows["_place"].tolist() if named else None,
            textfont={"size": 12},
            cliponaxis=False,
            marker={
                "size": rows["_area"].round(1).tolist(),
                "color": shade if named else faint(shade),
                "symbol": style(number)[0],
                "line": {"color": shade, "width": 1},
            },
            hovertemplate="%{text}<br>%{x:,.4~s}; %{y:,.4~g}<extra></extra>",
            name=label(key),
            showlegend=True,
        )
    for cut in x_cuts:
        figure.add_vline(x=cut, line=LINE)
    for cut in y_cuts:
        figure.add_hline(y=cut, line=LINE)
    figure.update_layout(
        height=_HEIGHT,
        legend=BELOW,
        xaxis=_axis(x_axis, [*np.log10(ends[0])] if log_x else ends[0], x_format)
        | ({"type": "log"} if log_x else {}),
        yaxis=_axis(y_axis, ends[1], y_format),
    )
    return figure


def nine_cells(
    table: pd.DataFrame, *, name: str, x: str, y: str, group: str, cuts: Sequence[float]
) -> go.Figure:
    """Draw positions in the nine cells of strength and attractiveness, shaded by what to do.

    Parameters
    ----------
    table : DataFrame
        One row an item.
    name, x, y, group : str
        Columns: label, strength and attractiveness from 1 to 5, and the advice.
    cuts : sequence of float
        The two cuts of each side.

    Examples
    --------
    >>> rows = pd.DataFrame({"product": ["A"], "strength": [4.0], "pull": [2.0], "do": ["select"]})
    >>> figure = nine_cells(
    ...     rows, name="product", x="strength", y="pull", group="do", cuts=[7 / 3, 11 / 3]
    ... )
    >>> len(figure.layout.shapes)
    13
    """
    figure = position_map(
        table,
        name=name,
        x=x,
        y=y,
        group=group,
        x_axis="our strength, 1 to 5",
        y_axis="attractiveness, 1 to 5",
        x_cuts=cuts,
        y_cuts=cuts,
        x_range=(_LOWEST, _HIGHEST),
        y_range=(_LOWEST, _HIGHEST),
        colours=_ADVICE,
    )
    edges = (_LOWEST, *cuts, _HIGHEST)
    for across, up in product(range(len(edges) - 1), repeat=2):
        figure.add_shape(
            type="rect",
            x0=edges[across],
            x1=edges[across + 1],
            y0=edges[up],
            y1=edges[up + 1],
            fillcolor=_SHADES[across + up],
            opacity=_SHADED,
            line={"width": 0},
            layer="below",
        )
    figure.update_xaxes(showgrid=False, dtick=1)
    figure.update_yaxes(showgrid=False, dtick=1)
    return figure


def _axis(title: str, ends: Sequence[float], tickformat: str | None) -> dict[str, object]:
    return {
        "title": {"text": folded(title, AXIS)},
        "range": [round(float(end), 4) for end in ends],
        "tickformat": tickformat,
        "zeroline": False,
        "nticks": 6,
    }


def _ends(
    values: pd.Series | np.ndarray, cuts: Sequence[float], *, log: bool = False
) -> tuple[float, float]:
    """Reach over all points and cuts, with room for names."""
    seen = np.r_[np.asarray(values, float), [*cuts]]
    seen = np.log10(seen) if log else seen
    low, high = float(seen.min()), float(seen.max())
    room = _PADDING * ((high - low) or abs(high) or 1.0)
    ends = low - room, high + room
    return (10 ** ends[0], 10 ** ends[1]) if log else ends


def _along(
    values: pd.Series | np.ndarray, ends: tuple[float, float], *, log: bool = False
) -> np.ndarray:
    """Say where values lie along an axis, from 0 to 1."""
    shown, (low, high) = np.asarray(values, float), ends
    if log:
        shown, low, high = np.log10(shown), np.log10(low), np.log10(high)
    along: np.ndarray = (shown - low) / (high - low)
    return along


def _areas(table: pd.DataFrame, size: str | None) -> np.ndarray:
    if size is None:
        return np.full(len(table), 13.0)
    sizes = table[size].to_numpy(float)
    areas: np.ndarray = 9 + 21 * np.sqrt(sizes / (sizes.max() or 1.0))
    return areas
