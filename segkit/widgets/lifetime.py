"""What the base is worth under another margin, discount rate and horizon."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.accounts.lifetime.customers import Assumptions, LifetimeBasis, Valuation
from segkit.answers.accounts.lifetime.value import lifetime_basis
from segkit.answers.wording import between, money, share
from segkit.charts import Picture, intervals
from segkit.charts.layout import digits, error_bars
from segkit.charts.theme import PALETTE
from segkit.errors import DataError
from segkit.tables import CompanyTables
from segkit.widgets.live import live_figure, load_ipywidgets, status

__all__ = ["what_if"]

_RATES = (0.01, 0.30)
_STEP = 0.005
_WIDE = {"description_width": "8em"}
_LONG = {"width": "32em", "max_width": "100%"}


def what_if(base: CompanyTables) -> Any:
    """Build sliders of margin, discount rate and horizon, and the value that follows.

    The models of leaving and of spend are fitted once; each step values the base anew. Sliders
    are reached by Tab and moved by the arrow keys.

    Parameters
    ----------
    base : CompanyTables
        A company with contracts or orders.

    Returns
    -------
    ipywidgets.VBox
        The controls, or the reason why there is nothing to value.

    Raises
    ------
    MissingPackageError
        If ipywidgets or anywidget is not installed.

    Examples
    --------
    >>> import segkit
    >>> orders = pd.DataFrame({"customer": ["a"], "date": ["2026-01-05"], "amount": [12.5]})
    >>> controls = what_if(segkit.CustomerBase.from_tables({"orders": orders}))
    >>> controls.children[0].value
    '<p role="status">NBD needs at least 2 customers, better hundreds. Got 1.</p>'
    """
    widgets = load_ipywidgets()
    try:
        basis = lifetime_basis(base)
        found = basis.valuation(basis.assumptions)
    except DataError as refusal:
        return widgets.VBox([widgets.HTML(status(str(refusal)))])
    return _Controls(widgets, basis, found).box


class _Controls:
    """Sliders, the sentence and the figure that follow them."""

    def __init__(self, widgets: Any, basis: LifetimeBasis, found: Valuation) -> None:
        self.basis, self.found = basis, found
        own = basis.assumptions
        slide = partial(
            widgets.FloatSlider,
            step=_STEP,
            readout_format=".1%",
            continuous_update=False,
            style=_WIDE,
            layout=_LONG,
        )
        self.margin = slide(own.margin, min=_STEP, max=1.0, description="Margin")
        low, high = min(_RATES[0], own.discount_rate), max(_RATES[1], own.discount_rate)
        self.rate = slide(own.discount_rate, min=low, max=high, description="Discount a year")
        self.horizon = widgets.SelectionSlider(
            options=[_length(years) for years in basis.horizons],
            value=_length(own.horizon),
            description="Horizon",
            continuous_update=False,
            style=_WIDE,
            layout=_LONG,
        )
        self.reset = widgets.Button(description="As in the answer", icon="undo")
        self.words = widgets.HTML()
        self.figure = _figure(basis, found)
        self._tell(own, found)
        for control in (self.margin, self.rate, self.horizon):
            control.observe(self._moved, names="value")
        self.reset.on_click(self._restore)
        controls = [self.margin, self.rate, self.horizon, self.reset]
        self.box = widgets.VBox([*controls, self.words, self.figure])

    def _moved(self, _: Any) -> None:
        asked = Assumptions(
            self.margin.value, self.rate.value, self.basis.horizons[self.horizon.index]
        )
        now = self.basis.valuation(asked)
        self._tell(asked, now)
        groups = now.groups.set_index("group").reindex(self.found.groups["group"])
        dots = self.figure.data[0]
        with self.figure.batch_update():
            dots.x = digits(groups["value"])
            dots.error_x = error_bars(groups["value"], groups["low"], groups["high"])

    def _restore(self, _: Any) -> None:
        own = self.basis.assumptions
        self.margin.value, self.rate.value = own.margin, own.discount_rate
        self.horizon.value = _length(own.horizon)

    def _tell(self, asked: Assumptions, now: Valuation) -> None:
        amount = partial(money, currency=self.basis.currency)
        total, before = now.total, self.found.total["value"]
        sentence = (
            f"With a margin of {share(asked.margin)}, a discount of {share(asked.discount_rate)} a "
            f"year and {_ahead(asked.horizon)}, the base is worth {amount(total['value'])} "
            f"({between(total['low'], total['high'], amount)}); in the answer {amount(before)}."
        )
        self.words.value = status(sentence)


def _figure(basis: LifetimeBasis, found: Valuation) -> Any:
    """Draw the groups twice, as answered and as asked; a live figure is built last."""
    draw = partial(
        intervals,
        name="group",
        estimate="value",
        low="low",
        high="high",
        axis=f"{basis.currency} a customer (dot: mean, line: 90 % interval)",
    )
    table: pd.DataFrame = found.groups
    figure = Picture("What one customer is worth", "", table, draw).figure()
    figure.data[0].update(name="as set above", showlegend=True)
    figure.add_scatter(
        x=figure.data[0].x,
        y=figure.data[0].y,
        mode="markers",
        marker={"size": 13, "symbol": "circle-open", "color": PALETTE[1], "line": {"width": 2}},
        name="in the answer",
    )
    return live_figure(figure)


def _ahead(years: float | None) -> str:
    return _length(years) if years is None else f"{_length(years)} ahead"


def _length(years: float | None) -> str:
    if years is None:
        return "no end"
    return f"{years:.3g} year{'' if years == 1 else 's'}"
