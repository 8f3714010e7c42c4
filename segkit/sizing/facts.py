"""The facts that a market estimate rests on: read, checked, and given a distribution each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError, nearest
from segkit.frames import take_columns
from segkit.sizing.distributions import Distribution, from_range

__all__ = ["ALL", "MEASURES", "NEUTRAL", "WAYS", "MarketFacts", "read_facts"]

ALL = "all"

# What is measured, and the bounds of its values.
_COUNT, _SHARE = (0.0, np.inf), (0.0, 1.0)
MEASURES: Mapping[str, tuple[float, float]] = {
    "accounts": _COUNT,
    "units per account": _COUNT,
    "price": _COUNT,
    "attach rate": _SHARE,
    "serviceable share": _SHARE,
    "win rate": _SHARE,
    "reach": _SHARE,
    "benefit per account": _COUNT,
    "switching cost": _COUNT,
    "value share captured": _SHARE,
    "category spend": _COUNT,
    "sales reps": _COUNT,
    "deals per rep": _COUNT,
}

# What each way of sizing cannot do without.
WAYS: Mapping[str, tuple[str, ...]] = {
    "bottom-up": ("accounts", "price"),
    "top-down": ("accounts", "category spend"),
    "value theory": ("accounts", "benefit per account", "value share captured"),
}

# What a measure that nobody stated is taken as: the value that changes nothing.
NEUTRAL: Mapping[str, Mapping[str, float]] = {
    "bottom-up": {"units per account": 1, "attach rate": 1, "serviceable share": 1, "reach": 1},
    "top-down": {"serviceable share": 1, "reach": 1},
    "value theory": {"switching cost": 0, "serviceable share": 1, "reach": 1},
}

# Totals: a fact about the whole market is not a fact about each segment.
_TOTALS = frozenset({"accounts", "category spend", "sales reps"})

_SHOWN_ROWS = 5


@dataclass(frozen=True)
class MarketFacts:
    """Checked facts: the segments of the market, and one distribution for each fact.

    Attributes
    ----------
    way : str
        Way of sizing the facts are complete for.
    segments : tuple of str
        Segments, by name; only "all" where the market is not divided.
    inputs : mapping of str to Distribution
        Distribution of each fact, by label ("schools: price").
    table : DataFrame
        The facts as given: `input, segment, measure, low, mode, high`.
    """

    way: str
    segments: tuple[str, ...]
    inputs: Mapping[str, Distribution]
    table: pd.DataFrame

    def find(self, segment: str, measure: str) -> str | None:
        """Name the input for a measure of a segment: its own, else that of the whole market."""
        own, whole = f"{segment}: {measure}", f"{ALL}: {measure}"
        if own in self.inputs:
            return own
        return whole if whole in self.inputs and measure not in _TOTALS else None

    def lacking(self, measure: str) -> list[str]:
        """Name the segments that know nothing of a measure."""
        return [segment for segment in self.segments if self.find(segment, measure) is None]


def read_facts(
    facts: Any, way: str, columns: Mapping[str, str], shape: str = "pert"
) -> MarketFacts:
    """Check a tidy frame of facts and give each a distribution.

    Parameters
    ----------
    facts : frame
        One row a fact.
    way : {"bottom-up", "top-down", "value theory"}
        Way of sizing that the facts must be complete for.
    columns : mapping
        Names of the columns that hold "segment", "measure", "low", "mode" and "high".
    shape : {"pert", "triangular"}
        Distribution between low and high.

    Raises
    ------
    DataError
        Names every fault of the facts at once.

    Examples
    --------
    >>> rows = [("all", "accounts", 776, 776, 776), ("all", "price", 20, 30, 50)]
    >>> names = ["segment", "measure", "low", "mode", "high"]
    >>> facts = read_facts(
    ...     pd.DataFrame(rows, columns=names), "bottom-up", {name: name for name in names}
    ... )
    >>> dict(facts.inputs)["all: price"]
    PERT(low=20.0, mode=30.0, high=50.0)
    """
    if way not in WAYS:
        raise ParameterError("way", "market_size", f"one of {list(WAYS)}", way)
    table = _tidy(facts, columns)
    faults = [*_row_faults(table), *_name_faults(table)]
    if faults:
        raise DataError("\n".join(faults))
    table = table.sort_values("input", ignore_index=True)
    ranges = zip(table["low"], table["mode"], table["high"], strict=True)
    known = (from_range(low, mode, high, shape) for low, mode, high in ranges)
    inputs = dict(zip(table["input"], known, strict=True))
    result = MarketFacts(way, _segments(table), inputs, table)
    faults = _gaps(result)
    if faults:
        raise DataError("\n".join(faults))
    return result


def _tidy(facts: Any, columns: Mapping[str, str]) -> pd.DataFrame:
    table = take_columns(facts, list(columns.values()), "market facts")
    table = table.set_axis(table.index.astype(str)).rename(
        columns={given: name for name, given in columns.items()}
    )
    for name in ("segment", "measure"):
        table[name] = table[name].astype("str").str.strip()
    for name in ("low", "mode", "high"):
        table[name] = pd.to_numeric(table[name], errors="coerce").astype(float)
    table.insert(0, "input", table["segment"] + ": " + table["measure"])
    return table


def _row_faults(table: pd.DataFrame) -> list[str]:
    low, mode, high = table["low"], table["mode"], table["high"]
    known = table["measure"].isin(list(MEASURES))
    share = table["measure"].map(lambda name: MEASURES.get(name) == _SHARE).astype(bool)
    finite = np.isfinite(low) & np.isfinite(mode) & np.isfinite(high)
    checks = {
        "segment and measure must be named": table["input"].isna(),
        "low, mode and high must be finite numbers (the same one three times if known)": ~finite,
        "low <= mode <= high must hold": finite & ~((low <= mode) & (mode <= high)),
        "must not be negative": known & (low < 0),
        "is a share and must lie in 0..1": share & (high > 1),
        "stands there more than once; keep one": table["input"].notna()
        & table["input"].duplicated(keep=False),
    }
    return [
        f"market facts: {words}: {_rows(table[wrong])}."
        for words, wrong in checks.items()
        if wrong.any()
    ]


def _rows(wrong: pd.DataFrame) -> str:
    shown = [
        f"row {row.Index} ({row.input}) {row.low:g}, {row.mode:g}, {row.high:g}"
        for row in wrong.head(_SHOWN_ROWS).itertuples()
    ]
    more = len(wrong) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _name_faults(table: pd.DataFrame) -> list[str]:
    measures = [name for name in table["measure"].dropna().unique() if name not in MEASURES]
    faults = [
        f"market facts: unknown measure {name!r}.{_like(name, MEASURES)}" for name in measures
    ]
    segments = _segments(table)
    strays = [name for name in table["segment"].dropna().unique() if name not in {*segments, ALL}]
    faults += [
        f"market facts: segment {name!r} has no 'accounts'.{_like(name, {*segments, ALL})}"
        for name in strays
    ]
    return faults


def _like(name: str, choices: Collection[str]) -> str:
    return nearest(name, choices) or f" Known: {', '.join(sorted(choices))}."


def _segments(table: pd.DataFrame) -> tuple[str, ...]:
    counted = table.loc[table["measure"] == "accounts", "segment"].dropna()
    return tuple(sorted({*counted} - {ALL})) or (ALL,)


def _gaps(facts: MarketFacts) -> list[str]:
    """Name what the way needs and no fact tells."""
    needed = [name for name in WAYS[facts.way] if not _is_whole(facts, name)]
    # A win rate for some segments only would make the others' silence look like a rate.
    if 0 < len(facts.lacking("win rate")) < len(facts.segments):
        needed.append("win rate")
    return [
        f"market facts: no {measure!r} for {', '.join(facts.lacking(measure))}; "
        f"the {facts.way} estimate needs it."
        for measure in needed
        if facts.lacking(measure)
    ]


def _is_whole(facts: MarketFacts, measure: str) -> bool:
    return measure == "category spend" and f"{ALL}: {measure}" in facts.inputs
