"""The opportunity landscape: importance and satisfaction of outcomes, segment by segment."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from segkit.answers.wording import count
from segkit.charts import PALETTE, Picture, label, position_map

__all__ = ["landscapes"]

_BANDS = (
    "extreme",
    "high",
    "worth considering",
    "unattractive",
    "over-served",
)
_NAMED = 10
_WORTH = 10.0
_ENDS = (0.0, 10.5)
# From where satisfaction meets importance, or is nil, to where importance is full.
_LINES = {15: ((7.5, 0), (10, 5)), 12: ((6, 0), (10, 8)), 10: ((5, 0), (10, 10))}
_GREY = PALETTE[7]


def landscapes(
    scored: pd.DataFrame, names: dict[str, str], segments: Sequence[str]
) -> tuple[Picture, ...]:
    """Draw the landscape of each segment; the largest opportunities bear their names."""
    return tuple(
        _landscape(scored[scored["segment"] == segment], names, segment)
        for segment in segments
        if (scored["segment"] == segment).any()
    )


def _landscape(rows: pd.DataFrame, names: dict[str, str], segment: str) -> Picture:
    rows = rows.sort_values("rank", ignore_index=True)
    table = rows.assign(what=rows["outcome"].map(lambda outcome: names.get(outcome, outcome)))
    high = int((table["opportunity"] > 12).sum())
    over = int((table["band"] == "over-served").sum())
    return Picture(
        title=f"Opportunity landscape: {segment}",
        finding=(
            f"{count(high)} of {count(len(table))} outcomes have an opportunity above 12, "
            f"{count(over)} are over-served; first: “{table['what'].iloc[0]}”."
        ),
        table=table[["outcome", "what", "importance", "satisfaction", "opportunity", "band"]].round(
            2
        ),
        draw=_draw,
        about="landscape",
    )


def _draw(table: pd.DataFrame) -> go.Figure:
    worth = int((table["opportunity"] >= _WORTH).sum())
    named = max(min(worth, _NAMED), 1)
    figure = position_map(
        table.head(named),
        name="outcome",
        x="importance",
        y="satisfaction",
        group="band",
        x_axis="importance (10: to all)",
        y_axis="satisfaction (10: all are)",
        x_range=_ENDS,
        y_range=_ENDS,
        order=_BANDS,
    )
    others = table.iloc[named:]
    figure.add_scatter(
        x=others["importance"].tolist(),
        y=others["satisfaction"].tolist(),
        mode="markers",
        marker={"size": 9, "color": _GREY},
        text=[label(name) for name in others["outcome"]],
        hovertemplate="%{text}<br>%{x:.1f}; %{y:.1f}<extra></extra>",
        name="others",
        showlegend=True,
    )
    for score, ((x0, y0), (x1, y1)) in _LINES.items():
        figure.add_shape(
            type="line", x0=x0, y0=y0, x1=x1, y1=y1, line={"dash": "dot", "color": _GREY}
        )
        figure.add_annotation(
            x=x0, y=y0, text=str(score), showarrow=False, xanchor="right", yanchor="bottom"
        )
    return figure
