"""What becomes of the market estimate when its inputs are moved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from segkit.answers.market.size import estimates, level_row
from segkit.answers.wording import between, count, money
from segkit.charts import Picture, intervals
from segkit.charts.layout import digits, error_bars
from segkit.charts.theme import PALETTE
from segkit.errors import DataError
from segkit.frames import joined
from segkit.sizing import MarketSize, market_size
from segkit.sizing.fact_checks import MEASURES
from segkit.tables import CompanyTables
from segkit.widgets.live import live_figure, load_ipywidgets, status

__all__ = ["explore_market"]

_TIMES = (0.25, 3.0, 0.05)
_RANGE = (0.0, 2.0, 0.1)
_TOGETHER = (0.0, 0.9, 0.1)
_RANGES = ["low", "mode", "high"]
_WIDE = {"description_width": "9em"}
_LONG = {"width": "32em", "max_width": "100%"}


def explore_market(base: CompanyTables) -> Any:
    """Build sliders for each input of the market estimate, and the levels that follow.

    An input is chosen, its level and its range are moved, and TAM, SAM and SOM are drawn anew
    beside those of the answer. Controls are reached by Tab and moved by the arrow keys.

    Parameters
    ----------
    base : CompanyTables
        A company with the table market_facts.

    Returns
    -------
    ipywidgets.VBox
        The controls, or the reason why there is nothing to size.

    Raises
    ------
    MissingPackageError
        If ipywidgets or anywidget is not installed.

    Examples
    --------
    >>> import segkit
    >>> orders = pd.DataFrame({"customer": ["a"], "date": ["2026-01-05"], "amount": [12.5]})
    >>> controls = explore_market(segkit.CustomerBase.from_tables({"orders": orders}))
    >>> controls.children[0].value
    '<p role="status">There is no table market_facts: nothing is known of the market.</p>'
    """
    widgets = load_ipywidgets()
    try:
        sizes = _sizes(base)
    except DataError as refusal:
        return widgets.VBox([widgets.HTML(status(str(refusal)))])
    return _Controls(widgets, base, sizes).box


@dataclass
class _Change:
    """How one input is moved: all of it, and the width of its range around the mode."""

    times: float = 1.0
    width: float = 1.0


def _sizes(base: CompanyTables) -> dict[str, MarketSize]:
    """Size the market in each way that the facts suffice for."""
    facts = base.tables.get("market_facts")
    if facts is None:
        raise DataError("There is no table market_facts: nothing is known of the market.")
    sizes, _ = estimates(facts)
    return {size.way: size for size in sizes}


def _moved(facts: pd.DataFrame, changes: dict[str, _Change]) -> pd.DataFrame:
    """Move the ranges of the inputs that were changed; a share stays one."""
    moved = facts.astype(dict.fromkeys(_RANGES, "float64"))
    label = joined(moved, "segment", "measure")
    for name, change in changes.items():
        at = label == name
        low, mode, high = moved.loc[at, _RANGES].iloc[0]
        ends = mode + change.width * (np.array([low, mode, high]) - mode)
        bounds = MEASURES[moved.loc[at, "measure"].iloc[0]]
        moved.loc[at, _RANGES] = np.clip(change.times * ends, *bounds)
    return moved


class _Controls:
    """Sliders, the sentence and the figure that follow them.

    JupyterLab keeps arrow keys from lists: buttons and sliders are what keys reach there.
    """

    def __init__(self, widgets: Any, base: CompanyTables, sizes: dict[str, MarketSize]) -> None:
        self.facts, self.sizes = base["market_facts"], sizes
        self.currency = base.settings.currency
        self.changes: dict[str, _Change] = {}
        slide = partial(widgets.FloatSlider, continuous_update=False, style=_WIDE, layout=_LONG)
        self.way = widgets.ToggleButtons(options=list(sizes), description="Way", style=_WIDE)
        self.chosen = widgets.SelectionSlider(
            options=[""],
            description="Input",
            continuous_update=False,
            readout=False,  # it would cut long names
            style=_WIDE,
            layout=_LONG,
        )
        self.named = widgets.Label()
        (low, high, step), (least, most, by) = _TIMES, _RANGE
        self.times = slide(1.0, min=low, max=high, step=step, description="its values times")
        self.width = slide(1.0, min=least, max=most, step=by, description="its range times")
        low, high, step = _TOGETHER
        self.together = slide(0.0, min=low, max=high, step=step, description="common error")
        self.reset = widgets.Button(description="As in the answer", icon="undo")
        self.words = widgets.HTML()
        self.figure = _figure(self.sizes[self.way.value], self.currency)
        self.quiet = False
        self._offer()
        self._listen()
        self.box = widgets.VBox(
            [
                *([self.way] if len(sizes) > 1 else []),
                widgets.HBox([self.chosen, self.named]),
                *(self.times, self.width, self.together, self.reset, self.words, self.figure),
            ]
        )

    def _listen(self) -> None:
        self.way.observe(self._offer, names="value")
        self.chosen.observe(self._show, names="value")
        for slider in (self.times, self.width):
            slider.observe(self._change, names="value")
        self.together.observe(self._draw, names="value")
        self.reset.on_click(self._restore)

    def _offer(self, _: Any = None) -> None:
        """Offer the inputs of the way chosen, the strongest first."""
        table = self.sizes[self.way.value].tornado
        strongest = table.groupby("input")["swing"].max().sort_values(ascending=False)
        self.chosen.options = strongest.index.tolist()
        self._show()
        self._draw()

    def _show(self, _: Any = None) -> None:
        """Show how the chosen input stands, without moving it."""
        self.quiet = True
        change = self.changes.get(self.chosen.value, _Change())
        self.named.value = self.chosen.value
        self.times.value, self.width.value = change.times, change.width
        self.quiet = False

    def _change(self, _: Any) -> None:
        if self.quiet:
            return
        self.changes[self.chosen.value] = _Change(self.times.value, self.width.value)
        self._draw()

    def _restore(self, _: Any) -> None:
        self.changes.clear()
        self._show()
        self.together.value = 0.0
        self._draw()

    def _draw(self, _: Any = None) -> None:
        before = self.sizes[self.way.value]
        try:
            now = market_size(
                _moved(self.facts, self.changes),
                before.way,
                rank_correlation=self.together.value,
            )
        except DataError as refusal:
            self.words.value = status(str(refusal))
            return
        self._tell(now, before)
        with self.figure.batch_update():
            for trace, size in zip(self.figure.data, (now, before), strict=True):
                rows = _revenue(size)
                trace.x, trace.y = digits(rows["mean"]), rows["level"].tolist()
                if trace.error_x.array is not None:
                    trace.error_x = error_bars(rows["mean"], rows["p5"], rows["p95"])

    def _tell(self, now: MarketSize, before: MarketSize) -> None:
        amount = partial(money, currency=self.currency)
        parts = []
        for level in now.table["level"].unique():
            revenue, accounts = (level_row(now, level, unit) for unit in ("revenue", "accounts"))
            was = level_row(before, level, "revenue")["mean"]
            parts.append(
                f"{level} {amount(revenue['mean'])} "
                f"({between(revenue['p5'], revenue['p95'], amount)}), "
                f"{count(accounts['mean'])} accounts; in the answer {amount(was)}"
            )
        self.words.value = status(". ".join(parts) + ".")


def _revenue(size: MarketSize) -> pd.DataFrame:
    return size.table[size.table["unit"] == "revenue"]


def _figure(size: MarketSize, currency: str) -> Any:
    """Draw the levels twice, as answered and as asked; a live figure is built last."""
    draw = partial(
        intervals,
        name="level",
        estimate="mean",
        low="p5",
        high="p95",
        axis=f"{currency} a year (line: 90 % interval)",
        log=True,
    )
    figure = Picture("From the whole market to what can be won", "", _revenue(size), draw).figure()
    figure.data[0].update(name="as set above", showlegend=True)
    figure.add_scatter(
        x=figure.data[0].x,
        y=figure.data[0].y,
        mode="markers",
        marker={"size": 13, "symbol": "circle-open", "color": PALETTE[1], "line": {"width": 2}},
        name="in the answer",
    )
    return live_figure(figure)
