"""Groups of contracts: the model that speaks for each, what they are worth, and the tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from segkit.adjustment import holm
from segkit.errors import DataError
from segkit.survival import kaplan_meier
from segkit.value._histories import Floats
from segkit.value.churn import ChurnModel
from segkit.value.likelihood_ratio import LEVEL
from segkit.value.timing import Payments

__all__ = [
    "Group",
    "churn_tests",
    "curve_of",
    "each_contract",
    "group_of",
    "notes_on",
    "row_of",
    "total_of",
]

_NOBODY = 1e-300  # stands for 0, which has no log


@dataclass(frozen=True, eq=False)
class Group:
    """A group, its contracts (years, left, margin), and the model that speaks for it.

    `pace` is how many of the model's periods make a year.
    """

    name: str
    rows: pd.DataFrame
    model: ChurnModel
    pace: float
    pooled: bool
    refused: str = ""

    @cached_property
    def active(self) -> pd.DataFrame:
        return self.rows[~self.rows["left"]]


def group_of(name: str, rows: pd.DataFrame, base: Group, min_ended: int) -> Group:
    """Fit a group of its own, or let the base speak for one with too little to fit."""
    if rows["left"].sum() < min_ended:
        return replace(base, name=name, rows=rows)
    try:
        model = type(base.model)().fit(rows["years"] * base.pace, rows["left"])
    except DataError as refusal:
        return replace(base, name=name, rows=rows, refused=str(refusal))
    return Group(name, rows, model, base.pace, pooled=False)


def each_contract(group: Group, payments: Payments, level: float) -> pd.DataFrame:
    """Value each contract; those that have ended are worth 0."""
    tenure, margin = group.active["years"].to_numpy(), group.active["margin"].to_numpy()
    value = margin * group.model.annuity(tenure, payments)
    low, high = group.model.interval_of(lambda m: margin * m.annuity(tenure, payments), level)
    columns = {"value": value, "low": low, "high": high}
    table = pd.DataFrame(columns, group.active.index).reindex(group.rows.index, fill_value=0.0)
    table.insert(0, "group", group.name)
    return table


def _worth(groups: Sequence[Group], payments: Payments, level: float) -> tuple[float, float, float]:
    """Value, low and high of the active contracts of groups that share one model."""
    active = pd.concat([group.active for group in groups])
    tenure, margin = active["years"].to_numpy(), active["margin"].to_numpy()

    def worth(model: ChurnModel) -> Floats:
        return np.asarray(margin @ model.annuity(tenure, payments))

    low, high = groups[0].model.interval_of(worth, level)
    return float(worth(groups[0].model)), float(low), float(high)


def row_of(group: Group, payments: Payments, level: float) -> dict[str, Any]:
    margin = group.rows["margin"].mean()
    new_low, new_high = group.model.interval_of(lambda m: margin * m.annuity(0.0, payments), level)
    # By the cumulative hazard, so that the ends are shares of customers.
    hazards = group.model.interval_of(
        lambda m: -np.log(np.maximum(m.survival(group.pace), _NOBODY)), level
    )
    churn_low, churn_high = -np.expm1(np.negative(hazards))
    value, low, high = _worth([group], payments, level)
    return {
        "group": group.name,
        "customers": len(group.rows),
        "active": len(group.active),
        "ended": int(group.rows["left"].sum()),
        "years": group.rows["years"].sum(),
        "churn": 1 - group.model.survival(group.pace),
        "churn_low": float(churn_low),
        "churn_high": float(churn_high),
        "pooled": group.pooled,
        "value": value,
        "low": low,
        "high": high,
        "new_customer": float(margin * group.model.annuity(0.0, payments)),
        "new_low": float(new_low),
        "new_high": float(new_high),
    }


def total_of(groups: Sequence[Group], payments: Payments, level: float) -> pd.Series[float]:
    """Sum the groups; distances to the ends add in squares where churn was estimated apart."""
    blocks = [[group] for group in groups if not group.pooled]
    pooled = [group for group in groups if group.pooled]
    worth = np.array(
        [_worth(block, payments, level) for block in [*blocks, *([pooled] if pooled else [])]]
    )
    value, low, high = worth.T
    total = value.sum()
    below, above = np.hypot.reduce(value - low), np.hypot.reduce(high - value)
    return pd.Series({"value": total, "low": total - below, "high": total + above}, name="total")


def curve_of(group: Group, level: float) -> pd.DataFrame:
    found = kaplan_meier(group.rows["years"], group.rows["left"])
    low, high = found.band(level)
    columns = {
        "group": group.name,
        "years": found.times,
        "kaplan_meier": found.waiting,
        "low": low,
        "high": high,
        "fitted": group.model.survival(found.times * group.pace),
    }
    return pd.DataFrame(columns)


def churn_tests(groups: Sequence[Group]) -> pd.DataFrame:
    """Test each group for uneven churn; p-values are adjusted for the number of groups."""
    found = [group.model.heterogeneity_ for group in groups]
    adjusted = holm([test.p_value for test in found])
    columns = {
        "likelihood_ratio": [test.statistic for test in found],
        "p_value": adjusted,
        "fits": adjusted >= LEVEL,
    }
    return pd.DataFrame(columns, index=pd.Index([group.name for group in groups], name="group"))


def notes_on(
    groups: Sequence[Group], tests: pd.DataFrame, churn: str, min_ended: int
) -> Iterator[str]:
    stands_in = (
        "the churn of the whole base stands in, and the interval does not know how far theirs may "
        "differ."
    )
    few = [group.name for group in groups if group.pooled and not group.refused]
    if few:
        yield f"Fewer than {min_ended} contracts ended in {', '.join(few)}: {stands_in}"
    for group in groups:
        if group.refused:
            yield f"{group.name} has no churn of its own, so {stands_in} {group.refused}"
    uneven = [str(name) for name, fits in tests["fits"].items() if not fits]
    if uneven and churn == "constant":
        yield (
            f"Constant churn does not fit {', '.join(uneven)}: those who stay become more loyal, "
            "so it undervalues them. See churn='exponential-gamma'."
        )
    for group in groups:
        if group.model.unidentified_ and not group.pooled:
            yield f"{group.name}: churn is as good as constant; differences cannot be estimated."
