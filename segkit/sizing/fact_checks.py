"""What can be wrong with the facts of a market estimate: every fault in words, with its row."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from segkit.errors import ParameterError, nearest
from segkit.sizing.distributions import (
    Distribution,
    beta_share,
    fixed,
    lognormal,
    pert,
    triangular,
)

__all__ = ["ALL", "MEASURES", "SHAPES", "check_facts", "make_distributions", "segments_of"]

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
# How low, mode and high are read.
SHAPES = ("pert", "triangular", "lognormal", "beta")

_BETWEEN_P10_AND_P90 = 2.5631031310892007  # standard deviations of a normal
_SHOWN_ROWS = 5


def check_facts(table: pd.DataFrame) -> list[str]:
    """Name every fault of facts with `input, segment, measure, low, mode, high, shape, known`."""
    return [*_row_faults(table), *_name_faults(table)]


def make_distributions(table: pd.DataFrame) -> tuple[dict[str, Distribution], list[str]]:
    """Make the distribution of each fact, and name those that cannot be made."""
    made, faults = {}, []
    for row in table.to_dict("records"):
        try:
            made[row["input"]] = row["known"] or _make(
                row["low"], row["mode"], row["high"], row["shape"]
            )
        except ParameterError as refusal:
            label = f"row {row['row']} ({row['input']}), shape {row['shape']!r}"
            faults.append(f"market facts: {label}: {refusal}")
    return made, faults


def segments_of(table: pd.DataFrame) -> tuple[str, ...]:
    """List the segments whose accounts are counted; only "all" where none is."""
    counted = table.loc[table["measure"] == "accounts", "segment"].dropna()
    return tuple(sorted({*counted} - {ALL})) or (ALL,)


def _make(low: float, mode: float, high: float, shape: str) -> Distribution:
    if low == high:
        return fixed(low)
    if shape == "lognormal":
        return lognormal(low, high)
    if shape == "beta":
        return beta_share(mode, (high - low) / _BETWEEN_P10_AND_P90)
    return {"pert": pert, "triangular": triangular}[shape](low, mode, high)


def _row_faults(table: pd.DataFrame) -> list[str]:
    low, mode, high = table["low"], table["mode"], table["high"]
    known = table["measure"].isin(list(MEASURES))
    share = table["measure"].map(lambda name: MEASURES.get(name) == _SHARE).astype(bool)
    stated = table["known"].isna()
    finite = np.isfinite(low) & np.isfinite(mode) & np.isfinite(high) | ~stated
    ranged = finite & (low < high)
    checks = {
        "segment and measure must be named": table["input"].isna(),
        "low, mode and high must be finite numbers (the same one three times if known)": ~finite,
        "low <= mode <= high must hold": finite & ~((low <= mode) & (mode <= high)),
        "must not be negative": known & (low < 0),
        "is a share and must lie in 0..1": share & (high > 1),
        "counts no account; leave the segment out": (table["measure"] == "accounts") & (high == 0),
        f"shape must be one of {', '.join(SHAPES)}": stated & ~table["shape"].isin(SHAPES),
        "a share cannot be lognormal, which knows no upper end; use beta": stated
        & share
        & ranged
        & (table["shape"] == "lognormal"),
        "only a share can have the shape beta": known
        & stated
        & ~share
        & (table["shape"] == "beta"),
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
        f"row {row.row} ({row.input}) {row.low:g}, {row.mode:g}, {row.high:g}"
        for row in wrong.head(_SHOWN_ROWS).itertuples()
    ]
    more = len(wrong) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _name_faults(table: pd.DataFrame) -> list[str]:
    measures = [name for name in table["measure"].dropna().unique() if name not in MEASURES]
    faults = [
        f"market facts: unknown measure {name!r}.{_like(name, MEASURES)}" for name in measures
    ]
    segments = segments_of(table)
    strays = [name for name in table["segment"].dropna().unique() if name not in {*segments, ALL}]
    return faults + [
        f"market facts: segment {name!r} has no 'accounts'.{_like(name, {*segments, ALL})}"
        for name in strays
    ]


def _like(name: str, choices: Collection[str]) -> str:
    return nearest(name, choices) or f" Known: {', '.join(sorted(choices))}."
