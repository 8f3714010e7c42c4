"""The facts that a market estimate rests on: read, checked, and given a distribution each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import joined, take_columns
from segkit.sizing.columns import names_of
from segkit.sizing.distributions import Distribution, as_distribution
from segkit.sizing.fact_checks import (
    ALL,
    SHAPES,
    check_facts,
    make_distributions,
    segments_of,
)

__all__ = ["NEUTRAL", "WAYS", "MarketFacts", "read_facts"]

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
_SHAPE = "shape"


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
        One row a fact: `input, segment, measure`.
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
    """Check facts and give each a distribution.

    Parameters
    ----------
    facts : frame or mapping
        One row a fact, or one entry: what `market_size` takes.
    way : {"bottom-up", "top-down", "value theory"}
        Way of sizing that the facts must be complete for.
    columns : mapping
        Names of the columns that hold "segment", "measure", "low", "mode" and "high".
    shape : str
        How a row that names no shape of its own is read.

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
    pert(low=20, mode=30, high=50)
    """
    if way not in WAYS:
        raise ParameterError("way", "market_size", f"one of {list(WAYS)}", way)
    if shape not in SHAPES:
        raise ParameterError("shape", "market_size", f"one of {list(SHAPES)}", shape)
    table = _entries(facts) if isinstance(facts, Mapping) else _tidy(facts, columns, shape)
    _raise(check_facts(table))
    table = table.sort_values("input", ignore_index=True)
    inputs, faults = make_distributions(table)
    _raise(faults)
    result = MarketFacts(way, segments_of(table), inputs, table[["input", "segment", "measure"]])
    _raise(_gaps(result))
    return result


def _raise(faults: list[str]) -> None:
    if faults:
        raise DataError("\n".join(faults))


def _tidy(facts: Any, columns: Mapping[str, str], shape: str) -> pd.DataFrame:
    own = [_SHAPE] if _SHAPE in names_of(facts) else []
    table = take_columns(facts, [*columns.values(), *own], "market facts")
    table = table.assign(row=table.index.astype(str)).rename(
        columns={given: name for name, given in columns.items()}
    )
    for name in ("segment", "measure"):
        table[name] = table[name].astype("str").str.strip()
    for name in ("low", "mode", "high"):
        table[name] = pd.to_numeric(table[name], errors="coerce").astype(float)
    table[_SHAPE] = table[_SHAPE].fillna(shape) if own else shape
    return table.assign(input=joined(table, "segment", "measure"), known=None)


def _entries(facts: Mapping[Any, Any]) -> pd.DataFrame:
    """Lay out a mapping of "price", "schools: price" or ("schools", "price") to what is known."""
    rows, faults = [], []
    for key, value in facts.items():
        segment, measure = _place(key)
        label = f"{segment}: {measure}"
        try:
            known = as_distribution(value)
        except ParameterError as refusal:
            faults.append(
                f"market facts: {label}: a number, (low, mode, high) or a distribution is needed. "
                f"Got {value!r}. {refusal}"
            )
            continue
        low, middle, high = known.ppf([0.0, 0.5, 1.0])
        rows.append((key, label, segment, measure, low, middle, high, known.kind, known))
    _raise(faults)
    names = ["row", "input", "segment", "measure", "low", "mode", "high", _SHAPE, "known"]
    return pd.DataFrame(rows, columns=names).astype(
        dict.fromkeys(("low", "mode", "high"), float) | {"known": object}
    )


def _place(key: Any) -> tuple[str, str]:
    if isinstance(key, tuple) and len(key) == 2:
        segment, measure = key
        return str(segment).strip(), str(measure).strip()
    segment, _, measure = str(key).rpartition(":")
    return segment.strip() or ALL, measure.strip()


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
