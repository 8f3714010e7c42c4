"""Choose columns, weights and the number of segments, and see what becomes of the segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from segkit.answers.segments.customers import bases, customer_rows
from segkit.answers.segments.pictures import map_of, profile_of, stability_of, suggest_names
from segkit.answers.wording import count, share
from segkit.charts import Picture
from segkit.errors import DataError
from segkit.segments import Column, Segmenter
from segkit.tables import CompanyTables
from segkit.widgets.live import live_figure, load_ipywidgets, status

__all__ = ["explore_segments"]

_MOST_ROWS = 5_000
_MOST_LEVELS = 20
_PAIRS = 3
_K = (2, 8)
_WEIGHTS = (0.5, 3.0, 0.5)
_WIDE = {"description_width": "8em"}


def explore_segments(source: Any) -> Any:
    """Build controls of columns, weights and number, with stability, profile and map beside them.

    Each change fits anew, with few resamples: what looks good here is confirmed by
    `Segmenter` or `base.ask("S2")`. Controls are reached by Tab; buttons and boxes take the space
    bar, sliders the arrow keys.

    Parameters
    ----------
    source : CompanyTables or frame
        A company, or any eager frame with one row a customer; of more than 5,000 rows a sample.

    Returns
    -------
    ipywidgets.VBox
        The controls, or the reason why there is nothing to group.

    Raises
    ------
    MissingPackageError
        If ipywidgets or anywidget is not installed.

    Examples
    --------
    >>> controls = explore_segments(pd.DataFrame({"name": ["a", "b"]}))
    >>> controls.children[0].value.partition(":")[0]
    '<p role="status">No column can group these customers'
    """
    widgets = load_ipywidgets()
    try:
        frames = _frames(source)
    except DataError as refusal:
        return widgets.VBox([widgets.HTML(status(str(refusal)))])
    return _Controls(widgets, frames).box


@dataclass
class _Choice:
    """What is grouped: rows, the wish for each column, and their number of segments."""

    frame: pd.DataFrame
    needs: bool = False
    weights: dict[str, float] = field(default_factory=dict)

    def fit(self, columns: list[str], k: int) -> tuple[Segmenter, list[str]]:
        """Fit quickly and suggest names.

        Raises
        ------
        DataError
            If these columns cannot be grouped into so many segments.
        """
        if not columns:
            raise DataError("Choose at least one column.")
        wishes = {name: Column(weight=self.weights.get(name, 1.0)) for name in columns}
        model = Segmenter(wishes, k=k, pairs=_PAIRS).fit(self.frame[columns])
        return model, suggest_names(model, needs=self.needs)


class _Controls:
    """The controls, the sentence and the figures that follow them.

    JupyterLab keeps arrow keys from lists: buttons, boxes and sliders are what keys reach there.
    """

    def __init__(self, widgets: Any, choices: Mapping[str, _Choice]) -> None:
        self.widgets, self.choices = widgets, choices
        self.basis = widgets.ToggleButtons(options=list(choices), description="Group by")
        self.ticks: list[Any] = []
        self.boxes = widgets.Box(layout=widgets.Layout(flex_flow="row wrap"))
        self.every = [widgets.Button(description=words) for words in ("All columns", "No column")]
        slide = partial(widgets.FloatSlider, continuous_update=False, style=_WIDE)
        self.weighed = widgets.SelectionSlider(
            options=[""],
            description="Weight of",
            continuous_update=False,
            readout=False,  # it would cut long names
            style=_WIDE,
        )
        self.named = widgets.Label()
        low, high, step = _WEIGHTS
        self.weight = slide(1.0, min=low, max=high, step=step, description="counts times")
        self.k = widgets.IntSlider(
            3, min=_K[0], max=_K[1], description="Segments", continuous_update=False, style=_WIDE
        )
        self.words = widgets.HTML()
        self.controls = [
            *([self.basis] if len(choices) > 1 else []),
            self.boxes,
            widgets.HBox(self.every),
            widgets.HBox([self.weighed, self.named]),
            *(self.weight, self.k, self.words),
        ]
        self.figures: dict[str, Any] = {}
        self.quiet = False
        self.box = widgets.VBox(self.controls)
        self._offer()
        self._listen()

    def _listen(self) -> None:
        self.basis.observe(self._offer, names="value")
        self.weighed.observe(self._show_weight, names="value")
        self.weight.observe(self._weigh, names="value")
        self.k.observe(self._draw, names="value")
        for button, ticked in zip(self.every, (True, False), strict=True):
            button.on_click(partial(self._tick_all, ticked))

    @property
    def choice(self) -> _Choice:
        return self.choices[self.basis.value]

    @property
    def columns(self) -> list[str]:
        names = self.choice.frame.columns
        return [name for name, tick in zip(names, self.ticks, strict=True) if tick.value]

    def _offer(self, _: Any = None) -> None:
        """Offer the columns of the basis chosen."""
        names = list(self.choice.frame.columns)
        layout = self.widgets.Layout(width="auto", margin="0 1em 0 0")
        self.ticks = [
            self.widgets.Checkbox(True, description=name, indent=False, layout=layout)
            for name in names
        ]
        for tick in self.ticks:
            tick.observe(self._draw, names="value")
        self.boxes.children = self.ticks
        self.weighed.options = names
        self._show_weight()
        self._draw()

    def _tick_all(self, ticked: bool, _: Any) -> None:
        self.quiet = True
        for tick in self.ticks:
            tick.value = ticked
        self.quiet = False
        self._draw()

    def _show_weight(self, _: Any = None) -> None:
        self.named.value = self.weighed.value
        self.weight.value = self.choice.weights.get(self.weighed.value, 1.0)

    def _weigh(self, _: Any) -> None:
        before = self.choice.weights.get(self.weighed.value, 1.0)
        if self.weight.value != before:
            self.choice.weights[self.weighed.value] = self.weight.value
            self._draw()

    def _draw(self, _: Any = None) -> None:
        if self.quiet:  # many boxes are being ticked, one at a time
            return
        columns, shown = self.columns, []
        try:
            model, names = self.choice.fit(columns, self.k.value)
        except DataError as refusal:
            self.words.value = status(str(refusal))
        else:
            self.words.value = _summary(model, names)
            drawn = [profile_of(model, names), map_of(model, self.choice.frame[columns], names)]
            if not model.selection_.empty:
                drawn.insert(0, stability_of(model, names))
            shown = [self._live(picture) for picture in drawn]
        self.box.children = [*self.controls, *shown]

    def _live(self, picture: Picture) -> Any:
        """Show a picture in its live figure, which is made once: each carries all of plotly."""
        # The words above say what is found; a live figure would set them over its title.
        drawn = replace(picture, finding="").figure()
        live = self.figures.get(picture.title)
        if live is None:
            # Last, and from a finished figure.
            live = self.figures[picture.title] = live_figure(drawn)
            return live
        live.data = []
        live.add_traces(drawn.data)
        live.update_layout(drawn.layout.to_plotly_json(), overwrite=True)
        return live


def _summary(model: Segmenter, names: list[str]) -> str:
    found = model.stability_
    parts = [
        f"“{name}” {share(row['share'])}"
        + ("" if np.isnan(row["slsw"]) else f", stability {row['slsw']:.2f}")
        for name, row in zip(names, found.to_dict("records"), strict=True)
    ]
    words = model.explanation_[0].upper() + model.explanation_[1:]
    return status(f"{words} Of {count(found['size'].sum())} customers: {'; '.join(parts)}.")


def _frames(source: Any) -> dict[str, _Choice]:
    if isinstance(source, CompanyTables):
        rows, _ = customer_rows(source)
        found = {
            basis.name: _Choice(_usable(basis.prepared()), basis.centred)
            for basis in bases(source, rows)
        }
        return {name: choice for name, choice in found.items() if len(choice.frame.columns)} or {
            "customers": _Choice(_groupable(rows))
        }
    try:
        frame = nw.from_native(source, eager_only=True).to_pandas()
    except TypeError:
        kind = type(source).__name__
        raise DataError(
            f"A company or a frame is needed, one row a customer. Got {kind}."
        ) from None
    frame.columns = frame.columns.map(str)
    return {"customers": _Choice(_groupable(frame))}


def _groupable(frame: pd.DataFrame) -> pd.DataFrame:
    found = _usable(frame)
    if len(found.columns):
        return found
    raise DataError(
        "No column can group these customers: numbers, yes and no, or categories of 2 to "
        f"{_MOST_LEVELS} levels are needed. Found {', '.join(map(str, frame.columns)) or 'none'}."
    )


def _usable(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep columns that can group, and of many rows a sample."""
    kept = [name for name, values in frame.items() if _tells_apart(values)]
    if len(frame) > _MOST_ROWS:
        frame = frame.sample(_MOST_ROWS, random_state=0)
    return frame[kept].reset_index(drop=True)


def _tells_apart(values: pd.Series[Any]) -> bool:
    try:
        levels = values.nunique()
    except TypeError:  # lists and the like
        return False
    if pd.api.types.is_numeric_dtype(values):
        return levels > 1
    dated = pd.api.types.is_datetime64_any_dtype(values)
    return not dated and 1 < levels <= min(_MOST_LEVELS, len(values) // 2)
