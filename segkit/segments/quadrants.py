"""What each customer is: level and trend, what it costs to serve, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from segkit.intervals import mean_interval
from segkit.segments.ledger import Money
from segkit.segments.slopes import slopes

__all__ = [
    "ACTIONS",
    "PORTFOLIO_ACTIONS",
    "QUADRANTS",
    "PortfolioThresholds",
    "contributions",
    "high_level",
    "quadrants",
    "returns",
]

Numbers = NDArray[np.float64]

QUADRANTS = ("cash", "falling", "rising", "small")
ACTIONS = ("protect", "grow", "fix", "migrate")
RETURNS = ("pays", "costly", "loses")

_GRID = {  # one action for each of RETURNS
    "cash": ("protect", "fix", "fix"),
    "falling": ("protect", "fix", "fix"),
    "rising": ("grow", "grow", "fix"),
    "small": ("protect", "fix", "migrate"),
}
PORTFOLIO_ACTIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (quadrant, kind): action
        for quadrant, row in _GRID.items()
        for kind, action in zip(RETURNS, row, strict=True)
    }
)
"""Action by (quadrant, return), one for each customer.

Protect what pays, put more into what pays and rises ("grow"), mend price or service where cost
eats the margin ("fix"), and let go what is small and loses ("migrate": to a cheaper channel or to
the competition). Change it by `{**PORTFOLIO_ACTIONS, ("small", "pays"): "grow"}`.
"""


@dataclass(frozen=True)
class PortfolioThresholds:
    """Where one kind of customer ends and the next begins; change any by its name.

    Attributes
    ----------
    core : float
        High level: the fewest customers that together hold this share of the revenue.
    level : float or None
        High level: this revenue or more, in place of `core`.
    recent : int
        Periods that the level and the contribution are summed over.
    history : int
        Most periods that a trend is taken from.
    false_trends : float
        Most of the trends named that may be chance (Benjamini-Hochberg over all customers).
    change : float
        Least rise or fall over the recent number of periods, as a share of their mean revenue.
    service : float
        Most of the margin (revenue less direct cost) that cost to serve may eat.
    """

    core: float = 0.8
    level: float | None = None
    recent: int = 12
    history: int = 36
    false_trends: float = 0.1
    change: float = 0.05
    service: float = 0.5


def high_level(revenue: Numbers, thresholds: PortfolioThresholds) -> float:
    """Give the least revenue of a high level: of the fewest that together hold the core share.

    Examples
    --------
    >>> high_level(np.array([10.0, 50.0, 25.0, 15.0]), PortfolioThresholds(core=0.7))
    25.0
    """
    if thresholds.level is not None:
        return thresholds.level
    ranked = np.sort(revenue)[::-1]
    needed = int(np.searchsorted(np.cumsum(ranked), thresholds.core * ranked.sum()))
    return float(ranked[min(needed, ranked.size - 1)])


def quadrants(money: Money, thresholds: PortfolioThresholds) -> tuple[pd.DataFrame, float]:
    """Place each row of money by level and trend; give the least revenue of a high level too.

    Returns
    -------
    pandas.DataFrame
        `revenue, slope, slope_low, slope_high, p, p_adjusted, change, trend, quadrant`.
    float
    """
    whole = money.amounts["revenue"]
    paid = whole[:, -thresholds.history :]
    first = np.maximum(money.first - (whole.shape[1] - paid.shape[1]), 0)
    table = slopes(paid, first)
    table.insert(0, "revenue", whole[:, -thresholds.recent :].sum(axis=1))
    known = table["p"].notna()
    table["p_adjusted"] = np.nan
    if known.any():
        table.loc[known, "p_adjusted"] = false_discovery_control(table.loc[known, "p"])
    mean = paid.sum(axis=1) / np.maximum(paid.shape[1] - first, 1)
    table["change"] = thresholds.recent * table["slope"] / np.where(mean > 0, mean, np.nan)
    sure = (table["p_adjusted"] <= thresholds.false_trends) & (
        table["change"].abs() >= thresholds.change
    )
    up, down = sure & (table["slope"] > 0), sure & (table["slope"] < 0)
    cut = high_level(table["revenue"].to_numpy(), thresholds)
    high = (table["revenue"] >= cut) & (table["revenue"] > 0)
    table["trend"] = np.select([~known, up, down], ["unknown", "up", "down"], "flat")
    table["quadrant"] = np.select(
        [high & down, high, up], ["falling", "cash", "rising"], default="small"
    )
    return table, cut


def contributions(money: Money, recent: int) -> pd.DataFrame:
    """Give what is left of revenue after direct cost and cost to serve, with its 90 % interval.

    The interval is that of the periods' mean, times their number (Student's t): what another year
    like this one would leave.
    """
    part = {name: values[:, -recent:] for name, values in money.amounts.items()}
    left = part["revenue"] - part["cost"] - part["service"]
    n = left.shape[1]
    deviations = left.std(axis=1, ddof=1) if n > 1 else np.zeros(len(left))
    low, high = mean_interval(left.mean(axis=1), deviations, np.full(len(left), n))
    cost, service = part["cost"].sum(axis=1), part["service"].sum(axis=1)
    margin = part["revenue"].sum(axis=1) - cost
    return pd.DataFrame(
        {
            "cost": cost,
            "service": service,
            "contribution": left.sum(axis=1),
            "contribution_low": low * n,
            "contribution_high": high * n,
            "service_share": np.where(margin > 0, service / np.where(margin > 0, margin, 1), np.inf)
            if money.amounts["service"].any()
            else 0.0,
        }
    )


def returns(table: pd.DataFrame, thresholds: PortfolioThresholds) -> NDArray[np.object_]:
    """Say what each customer leaves: it pays, is costly, or loses money for certain.

    What it brings in by recommending counts. A loss is certain where the whole interval of the
    contribution lies below zero.
    """
    loses = table["contribution_high"] + table["referral"] < 0
    costly = (table["worth"] <= 0) | (table["service_share"] > thresholds.service)
    return np.select([loses, costly], ["loses", "costly"], default="pays").astype(object)
