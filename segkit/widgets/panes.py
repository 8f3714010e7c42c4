"""What a panelist sees: one pair at a time, or a list to put in order."""

from __future__ import annotations

import math
from functools import partial
from itertools import combinations
from typing import Any

import pandas as pd

from segkit.answers.wording import listed, share
from segkit.consensus import ahp, borda
from segkit.errors import DataError
from segkit.widgets.judgement_file import ALONE, Judgement
from segkit.widgets.live import status
from segkit.widgets.steps import LONG, WIDE, Save, Steps

__all__ = ["Pairs", "Ranking"]

_MOST = 9
_SCALE = [*(1 / n for n in range(_MOST, 1, -1)), *(float(n) for n in range(1, _MOST + 1))]


class Pairs(Steps[tuple[str, str], float]):
    """One pair at a time, on Saaty's scale from 1 to 9."""

    noun = "pair"

    def __init__(self, widgets: Any, items: dict[str, str], save: Save) -> None:
        self.items = items
        self.slider = widgets.SelectionSlider(
            options=[(_side(value), value) for value in _SCALE],
            value=1.0,
            readout=False,  # the words below say it with the names
            description="How much",
            style=WIDE,
            layout=LONG,
        )
        super().__init__(widgets, list(combinations(items, 2)), [self.slider], save)
        self.slider.observe(self._tell, names="value")

    def read(self, rows: pd.DataFrame) -> dict[tuple[str, str], float]:
        """Read ratios, whichever way round they were asked."""
        said = {}
        for a, b, ratio in rows[["item_a", "item_b", "ratio"]].itertuples(index=False, name=None):
            if (a, b) in self.keys:
                said[a, b] = ratio
            elif (b, a) in self.keys:
                said[b, a] = 1 / ratio
        return said

    def made(self, key: tuple[str, str], said: float) -> list[Judgement]:
        """Write a ratio."""
        return [Judgement(*key, ratio=said)]

    def entered(self) -> float:
        """Take the ratio of the slider."""
        return float(self.slider.value)

    def ask(self, key: tuple[str, str], said: float | None) -> str:
        """Name both items."""
        # A ratio from elsewhere may lie between the steps.
        self.slider.value = min(_SCALE, key=lambda step: abs(math.log(step / (said or 1.0))))
        self._tell()
        first, second = (self.items[item] for item in key)
        return f"Which counts more: {first} (to the right) or {second} (to the left)?"

    def result(self, rows: pd.DataFrame) -> str:
        """Say the weights, and the first judgement to talk over."""
        known = rows[rows["item_a"].isin(self.items) & rows["item_b"].isin(self.items)]
        try:
            found = ahp(known, items=list(self.items))
        except DataError:
            return "more pairs are needed before there are weights."
        order = found.table.sort_values("rank", kind="stable")
        weights = listed(
            [
                f"{self.items[row['item']]} {share(row['weight'])}"
                for row in order.to_dict("records")
            ]
        )
        words = f"{weights}; consistency ratio {found.consistency_ratio:.2f}."
        if found.consistent or found.to_discuss.empty:
            return words
        first = found.to_discuss.iloc[0]
        return (
            f"{words} Above 0.10: look again at {self.items[first['item_a']]} against "
            f"{self.items[first['item_b']]} (said {first['ratio']:.2g}, the rest implies "
            f"{first['implied']:.2g})."
        )

    def _tell(self, _: Any = None) -> None:
        first, second = (self.items[item] for item in self.keys[self.at])
        value = float(self.slider.value)
        more, less = (first, second) if value > 1 else (second, first)
        words = f"{more} counts {_times(value)} {less}."
        self.meaning.value = status(
            words if value != 1 else f"{first} and {second} count the same."
        )


class Ranking:
    """A list, the best first, that buttons put in order."""

    def __init__(self, widgets: Any, items: dict[str, str], save: Save) -> None:
        self.items, self.save = items, save
        self.order = list(items)
        self.labels = [widgets.Label(layout={"width": "24em"}) for _ in items]
        narrow = {"width": "4em"}
        rows = []
        for place, label in enumerate(self.labels):
            up = widgets.Button(description="↑", layout=narrow, disabled=place == 0)
            down = widgets.Button(description="↓", layout=narrow)
            down.disabled = place == len(self.labels) - 1
            up.tooltip, down.tooltip = f"Move place {place + 1} up", f"Move place {place + 1} down"
            up.on_click(partial(self._swap, place - 1))
            down.on_click(partial(self._swap, place))
            rows.append(widgets.HBox([up, down, label]))
        self.moved = widgets.HTML(status("Put the best first."))
        self.keep = widgets.Button(description="Save ranking", button_style="primary")
        self.keep.on_click(self._keep)
        self.box = widgets.VBox([self.moved, *rows, self.keep])
        self._show()

    def load(self, rows: pd.DataFrame) -> None:
        """Take the order this panelist saved; items new since stand last."""
        ranks = dict(zip(rows["item_a"], rows["rank"], strict=True))
        self.order = sorted(self.items, key=lambda item: ranks.get(item, float("inf")))
        self._show()

    def result(self, rows: pd.DataFrame) -> str:
        """Say the order by Borda points."""
        known = rows[rows["item_a"].isin(self.items)]
        try:
            found = borda(known, item="item_a")
        except DataError:
            return "nothing is ranked yet."
        return f"{listed([self.items[item] for item in found.order[:3]])} come first."

    def _swap(self, place: int, _: Any) -> None:
        order = self.order
        order[place], order[place + 1] = order[place + 1], order[place]
        self._show()
        first, second = (self.items[item] for item in order[place : place + 2])
        self.moved.value = status(f"{first} is now number {place + 1}, before {second}.")

    def _show(self) -> None:
        for place, (label, item) in enumerate(zip(self.labels, self.order, strict=True), 1):
            label.value = f"{place}. {self.items[item]}"

    def _keep(self, _: Any) -> None:
        ranks = enumerate(self.order, start=1)
        self.save([Judgement(item, ALONE, rank=float(rank)) for rank, item in ranks])


def _side(value: float) -> str:
    """Name a step of the slider; no two alike."""
    return "equal" if value == 1 else f"{'right' if value > 1 else 'left'} {_times(value)[0]}"


def _times(value: float) -> str:
    times = round(max(value, 1 / value))
    return "the same" if times == 1 else f"{times} times as much as"
