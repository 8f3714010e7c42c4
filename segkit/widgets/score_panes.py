"""What a panelist sees of needs and market: two scores of an outcome, the range of an input."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from segkit.answers.segments.panel import ranges
from segkit.answers.wording import begun, between, listed, money, share
from segkit.errors import DataError
from segkit.frames import joined
from segkit.sizing import MarketSize, panel_market_size
from segkit.widgets.judgement_file import Judgement
from segkit.widgets.live import pointed, status
from segkit.widgets.steps import LONG, WIDE, Save, Steps

__all__ = ["Ranges", "Scores"]

_LOWEST, _MIDDLE, _HIGHEST = 1, 3, 5
_SIDES = ("importance", "satisfaction")
_ENDS = {"low": "Lowest", "mode": "Most likely", "high": "Highest"}
_SHOWN = 3
_MOST = 6


class Scores(Steps[str, dict[str, float]]):
    """One outcome at a time: how much it matters to users, and how well it is met today."""

    noun = "outcome"

    def __init__(self, widgets: Any, items: dict[str, str], save: Save) -> None:
        self.items = items
        self.sliders = {
            side: widgets.IntSlider(
                value=_MIDDLE,
                min=_LOWEST,
                max=_HIGHEST,
                description=begun(side),
                style=WIDE,
                layout=LONG,
            )
            for side in _SIDES
        }
        super().__init__(widgets, list(items), list(self.sliders.values()), save)
        self.meaning.value = status("1: not at all; 5: very much. 4 and 5 count.")

    def read(self, rows: pd.DataFrame) -> dict[str, dict[str, float]]:
        """Read outcomes of which both sides are scored."""
        return _read(rows, set(self.items), _SIDES)

    def made(self, key: str, said: dict[str, float]) -> list[Judgement]:
        """Write both scores."""
        return [Judgement(key, side, value=score) for side, score in said.items()]

    def entered(self) -> dict[str, float]:
        """Take the scores of the sliders."""
        return {side: float(slider.value) for side, slider in self.sliders.items()}

    def ask(self, key: str, said: dict[str, float] | None) -> str:
        """Name the outcome."""
        for side, slider in self.sliders.items():
            slider.value = round((said or {}).get(side, _MIDDLE))
        return f"{self.items[key]}: how important is it to users, and how well is it met today?"

    def result(self, rows: pd.DataFrame) -> str:
        """Say where importance exceeds satisfaction most."""
        known = rows[rows["item_a"].isin(self.items)].dropna(subset=["value"])
        means = known.pivot_table(index="item_a", columns="item_b", values="value", sort=False)
        means = means.reindex(columns=list(_SIDES)).dropna()
        gaps = (means["importance"] - means["satisfaction"]).sort_values(
            ascending=False, kind="stable"
        )
        if gaps.empty:
            return "no outcome is scored yet."
        if gaps.iloc[0] <= 0:
            return "every outcome scored is met at least as well as it matters."
        first = [
            f"{self.items[str(item)]} ({means.loc[item, 'importance']:.2g} against "
            f"{means.loc[item, 'satisfaction']:.2g})"
            for item in gaps[gaps > 0].index[:_SHOWN]
        ]
        return f"matters more than it is met: {listed(first)}."


class Ranges(Steps[str, dict[str, float]]):
    """One input of the market estimate at a time: lowest, most likely, highest.

    Boxes begin empty, for a number that is shown draws all others near.
    """

    noun = "input"

    def __init__(
        self, widgets: Any, facts: pd.DataFrame, size: MarketSize, save: Save, currency: str = ""
    ) -> None:
        self.facts, self.way, self.currency = facts, size.way, currency
        labels = joined(facts, "segment", "measure")
        units = facts["unit"] if "unit" in facts else pd.Series("", index=facts.index)
        self.units = dict(zip(labels, units.fillna(""), strict=True))
        self.items = {str(label): str(label) for label in labels}
        self.boxes = {
            end: widgets.Text(description=words, placeholder="a number", style=WIDE)
            for end, words in _ENDS.items()
        }
        swings = size.tornado.groupby("input")["swing"].max()
        strongest = swings[swings > 0].sort_values(ascending=False, kind="stable").index[:_MOST]
        super().__init__(widgets, list(map(str, strongest)), list(self.boxes.values()), save)

    def read(self, rows: pd.DataFrame) -> dict[str, dict[str, float]]:
        """Read inputs whose range is whole."""
        return _read(rows, set(self.keys), tuple(_ENDS))

    def made(self, key: str, said: dict[str, float]) -> list[Judgement]:
        """Write the range."""
        return [Judgement(key, end, value=number) for end, number in said.items()]

    def entered(self) -> dict[str, float] | None:
        """Read the boxes; say all that is wrong with them."""
        said, faults = {}, []
        for end, box in self.boxes.items():
            try:
                said[end] = float(pointed(box.value))
            except ValueError:
                found = repr(box.value) if box.value.strip() else "empty"
                faults.append(f"{_ENDS[end]} is {found}; a number such as 4500 or 0.25 is needed.")
        numbers = list(said.values())
        if any(not 0 <= number < float("inf") for number in numbers):
            faults.append("Numbers below 0, or without end, are none of an input.")
        if numbers != sorted(numbers):
            faults.append("The lowest must not exceed the most likely, nor that the highest.")
        if faults:
            self.meaning.value = status(f"Not saved. {' '.join(faults)}")
            return None
        return said

    def ask(self, key: str, said: dict[str, float] | None) -> str:
        """Name the input and its unit."""
        for end, box in self.boxes.items():
            box.value = f"{said[end]:.6g}" if said else ""
        self.meaning.value = ""
        unit = f" ({self.units[key]})" if self.units.get(key) else ""
        return f"{key}{unit}: what is its lowest, its most likely and its highest value?"

    def result(self, rows: pd.DataFrame) -> str:
        """Say the whole market by each panelist, pooled, and as stated."""
        said = ranges(rows[rows["item_a"].isin(self.keys)])
        if said.empty:
            return "no range is stated yet."
        try:
            found = panel_market_size(self.facts, said, self.way, n_draws=2_000)
        except DataError as fault:
            return str(fault)
        amount = partial(money, currency=self.currency)
        pool = _market(found.pooled)
        words = f"the whole market is {amount(pool['mean'])} a year "
        words += f"({between(pool['p5'], pool['p95'], amount)}); as stated "
        words += amount(_market(found.stated)["mean"])
        if len(said["panelist"].unique()) > 1:
            words += f"; {share(pool['disagreement'])} of the doubt is disagreement"
        return f"{words}."


def _market(table: pd.DataFrame) -> Mapping[Any, Any]:
    rows = table[(table["level"] == "TAM") & (table["unit"] == "revenue")]
    return rows.to_dict("records")[0]


def _read(
    rows: pd.DataFrame, items: set[str], sides: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Read numbers by item; items of which a side is missing count as not judged."""
    said: dict[str, dict[str, float]] = {}
    known = rows[rows["item_a"].isin(items) & rows["item_b"].isin(sides)].dropna(subset=["value"])
    for item, side, value in known[["item_a", "item_b", "value"]].itertuples(
        index=False, name=None
    ):
        said.setdefault(item, {})[side] = float(value)
    return {item: values for item, values in said.items() if len(values) == len(sides)}
