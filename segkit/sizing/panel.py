"""The market as each member of a panel sees it, and as all of them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, nearest
from segkit.frames import JsonResult, as_pandas, joined, take_columns
from segkit.sizing.market import MarketSize, market_size

__all__ = ["PanelMarket", "panel_market_size"]

Floats = NDArray[np.float64]

_RANGE = ["low", "mode", "high"]


@dataclass(frozen=True, eq=False)
class PanelMarket(JsonResult):
    """Market estimates of a panel; intervals p5 to p95 hold 90 % of the draws.

    Attributes
    ----------
    way : str
        Way of sizing.
    table : DataFrame
        One row a panelist, level and unit: `panelist, level, unit, mean, p5, p50, p95`.
    pooled : DataFrame
        The same of all panelists together, `level, unit, mean, p5, p50, p95`, and `disagreement`:
        the share of the pool's variance that lies between the panelists, not within them.
    stated : DataFrame
        The same without the panel, from the facts as stated.
    notes : tuple of str
    """

    way: str
    table: pd.DataFrame
    pooled: pd.DataFrame
    stated: pd.DataFrame
    notes: tuple[str, ...]


def panel_market_size(
    facts: Any,
    judgements: Any,
    way: str = "bottom-up",
    *,
    panelist: str = "panelist",
    input: str = "input",  # noqa: A002 - what market_size calls it
    low: str = "low",
    mode: str = "mode",
    high: str = "high",
    n_draws: int = 20_000,
    random_state: int = 0,
) -> PanelMarket:
    """Estimate the market by the ranges of each panelist, and pool the estimates.

    A panelist's ranges take the place of those in the facts; what they did not judge stays as
    stated. The pool gives each panelist the same weight: its distribution is the mean of theirs
    (linear opinion pool, Stone 1961), so that its interval holds the doubt of each and the
    disagreement of all. Mean ranges would hide the latter.

    Parameters
    ----------
    facts : frame
        As `market_size` takes them: `segment, measure, low, mode, high`, perhaps `shape`.
    judgements : frame
        One row a panelist and input.
    way : {"bottom-up", "top-down", "value theory"}
        Way of sizing.
    panelist, input, low, mode, high : str
        Columns of the judgements; an input is named like "schools: price".
    n_draws : int
        Draws of each input for each panelist, at least 100.
    random_state : int
        Seed.

    Raises
    ------
    DataError
        If a range or an input is faulty; names all faults, and whose they are.
    ParameterError
        If a parameter is out of bounds.

    Examples
    --------
    >>> names = ["segment", "measure", "low", "mode", "high"]
    >>> facts = pd.DataFrame(
    ...     [("all", "accounts", 100, 100, 100), ("all", "price", 8, 10, 12)], columns=names
    ... )
    >>> said = pd.DataFrame(
    ...     [("Ann", "all: price", 9, 10, 11), ("Bob", "all: price", 18, 20, 22)],
    ...     columns=["panelist", "input", "low", "mode", "high"],
    ... )
    >>> found = panel_market_size(facts, said)
    >>> found.pooled.loc[[1], ["level", "unit", "mean", "disagreement"]].round(2)
      level     unit    mean  disagreement
    1   TAM  revenue  1500.0          0.99
    """
    stated = as_pandas(facts, "The facts")
    said = take_columns(judgements, [panelist, input, low, mode, high], "judgements")
    said = said.set_axis(["panelist", "input", *_RANGE], axis=1)
    base = market_size(stated, way, n_draws=n_draws, random_state=random_state)
    labels = joined(stated, "segment", "measure")
    _refuse(_unknown(said, labels) + _twice(said))
    used = said[said["input"].isin(base.inputs["input"])]
    if used.empty:
        raise DataError(
            f"judgements: nobody judged an input of the {way} way. Its inputs: "
            f"{', '.join(base.inputs['input'])}."
        )
    sizes: dict[str, MarketSize] = {}
    faults = []
    for who, own in used.groupby("panelist", sort=False):
        try:
            sizes[str(who)] = market_size(
                _replaced(stated, labels, own), way, n_draws=n_draws, random_state=random_state
            )
        except DataError as fault:
            faults += [f"judgements of {who}: {line}" for line in str(fault).splitlines()]
    _refuse(faults)
    return PanelMarket(
        way=way,
        table=pd.concat(
            [size.table.assign(panelist=who) for who, size in sizes.items()], ignore_index=True
        )[["panelist", *base.table.columns]],
        pooled=_pool(list(sizes.values())),
        stated=base.table,
        notes=_idle(said, used, way),
    )


def _replaced(stated: pd.DataFrame, labels: pd.Series[str], own: pd.DataFrame) -> pd.DataFrame:
    """Put a panelist's ranges in the place of those stated."""
    facts = stated.astype(dict.fromkeys(_RANGE, "float64"))
    for row in own.to_dict("records"):
        facts.loc[labels == row["input"], _RANGE] = [float(row[end]) for end in _RANGE]
    return facts


def _pool(sizes: list[MarketSize]) -> pd.DataFrame:
    """Take the draws of all panelists as draws of one mixture with equal weights."""
    rows = []
    # A level that one panelist's facts give, all do: they differ in numbers only.
    for place, name in enumerate(sizes[0].draws.columns):
        drawn: list[Floats] = [size.draws[name].to_numpy() for size in sizes]
        whole = np.concatenate(drawn)
        total = float(whole.var())
        between = float(np.var([own.mean() for own in drawn]))
        p5, p50, p95 = np.quantile(whole, [0.05, 0.5, 0.95])
        level, unit = sizes[0].table.iloc[place][["level", "unit"]]
        rows.append(
            {"level": level, "unit": unit, "mean": float(whole.mean())}
            | {"p5": float(p5), "p50": float(p50), "p95": float(p95)}
            | {"disagreement": between / total if total > 0 else 0.0}
        )
    return pd.DataFrame(rows)


def _unknown(said: pd.DataFrame, labels: pd.Series[str]) -> list[str]:
    known = labels.tolist()
    return [
        f"judgements: {name!r} is no input of the facts.{nearest(str(name), known)}"
        for name in said["input"].unique()
        if name not in known
    ]


def _twice(said: pd.DataFrame) -> list[str]:
    again = said[said.duplicated(["panelist", "input"])]
    return [
        f"judgements: {row.panelist} judges {row.input} more than once; keep one."
        for row in again.drop_duplicates(["panelist", "input"]).itertuples()
    ]


def _idle(said: pd.DataFrame, used: pd.DataFrame, way: str) -> tuple[str, ...]:
    names = [name for name in said["input"].unique() if name not in set(used["input"])]
    return (f"Judged, but no input of the {way} way: {', '.join(names)}.",) if names else ()


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DataError("\n".join(faults))
