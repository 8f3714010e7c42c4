"""What there is to spend and to cover accounts with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.frames import JsonResult, take_columns

__all__ = ["GuardRail", "accounts_coverable", "budget_split", "guard_rail"]

# Of a yearly budget: begin with at least a tenth; more than three tenths is above the average of
# those who practise it.
_LEAST, _MOST = 0.1, 0.3
_ROUNDING = 1e-12


@dataclass(frozen=True)
class GuardRail(JsonResult):
    """A plan held against the rule of thumb.

    Attributes
    ----------
    share : float
        Planned share of the budget.
    verdict : str
        "below", "within" (the ends included) or "above".
    low, high : float
        The amounts between which a plan is within.
    """

    share: float
    verdict: str
    low: float
    high: float


def guard_rail(
    planned: float, budget: float, *, low: float = _LEAST, high: float = _MOST
) -> GuardRail:
    """Hold the money planned for target accounts against 10 to 30 % of the yearly budget.

    Parameters
    ----------
    planned, budget : float
        What target accounts are to get, and the whole budget of the year.
    low, high : float
        Shares that bound the rule of thumb.

    Raises
    ------
    ParameterError
        If the budget is not positive, the plan negative or beyond it, or the bounds out of order.

    Examples
    --------
    >>> guard_rail(50_000, 400_000).verdict, guard_rail(150_000, 400_000).verdict
    ('within', 'above')
    """
    if not 0 < budget < np.inf:
        raise ParameterError("budget", "guard_rail", "a positive number", budget)
    if not 0 <= planned <= budget:
        raise ParameterError("planned", "guard_rail", "a number from 0 to the budget", planned)
    if not 0 <= low <= high <= 1:
        raise ParameterError("low, high", "guard_rail", "0 <= low <= high <= 1", (low, high))
    share = planned / budget
    verdict = "within"
    if share < low - _ROUNDING:
        verdict = "below"
    elif share > high + _ROUNDING:
        verdict = "above"
    return GuardRail(share, verdict, low * budget, high * budget)


def budget_split(costs: Any, *, category: str = "category", amount: str = "amount") -> pd.DataFrame:
    """Split a budget by kind of cost; the shares sum to 1.

    Parameters
    ----------
    costs : pandas, Polars or Arrow frame
        One row an expense.
    category, amount : str
        Columns: kind of cost (people, technology, third party) and money.

    Returns
    -------
    DataFrame
        `category, amount, share`, the largest first; expenses without a kind are "unknown".

    Raises
    ------
    DataError
        If an amount is negative or missing, or nothing was spent.

    Examples
    --------
    >>> spent = pd.DataFrame({"category": ["people", "technology"], "amount": [750.0, 250.0]})
    >>> budget_split(spent)["share"].tolist()
    [0.75, 0.25]
    """
    table = take_columns(costs, [category, amount], "the budget")
    money = pd.to_numeric(table[amount], errors="coerce").astype(float)
    wrong = money[~(np.isfinite(money) & (money >= 0))]
    if len(wrong):
        rows = ", ".join(f"row {row}: {value:g}" for row, value in wrong.head(5).items())
        raise DataError(f"the budget: {amount!r} must be a number of at least 0. Got {rows}.")
    if not money.sum() > 0:
        raise DataError("the budget: nothing was spent; there is nothing to split.")
    kinds = table[category].astype(object).where(table[category].notna(), "unknown").astype("str")
    split = money.groupby(kinds).sum().sort_values(ascending=False)
    share = split / split.sum()
    assert abs(share.sum() - 1) < 1e-9
    return pd.DataFrame(
        {"category": split.index, "amount": split.to_numpy(), "share": share.to_numpy()}
    )


def accounts_coverable(
    tiers: Any,
    *,
    people: float,
    hours: float,
    tier: str = "tier",
    accounts: str = "accounts",
    hours_per_account: str = "hours_per_account",
) -> pd.DataFrame:
    """Count the accounts of each tier that a team can cover: people x hours / hours per account.

    Parameters
    ----------
    tiers : pandas, Polars or Arrow frame
        One row a tier, the one to be covered first on top.
    people : float
        People in the team.
    hours : float
        Productive hours of one of them; any measure of effort will do if accounts are measured
        in the same.
    tier, accounts, hours_per_account : str
        Columns: name, accounts in the tier, and what one of them takes.

    Returns
    -------
    DataFrame
        `tier, accounts, hours_per_account`; `coverable`, the whole accounts of this tier alone
        that the team could cover; `covered` and `share_covered`, if the tiers are served in their
        order.

    Raises
    ------
    DataError
        If a number is missing or negative, or an account takes no time.
    ParameterError
        If there are no people or no hours.

    Examples
    --------
    >>> tiers = pd.DataFrame(
    ...     {"tier": ["A", "B"], "accounts": [30, 400], "hours_per_account": [40.0, 10.0]}
    ... )
    >>> found = accounts_coverable(tiers, people=2, hours=1000)
    >>> found["coverable"].tolist(), found["covered"].tolist()
    ([50, 200], [30, 80])
    """
    for name, value in (("people", people), ("hours", hours)):
        if not 0 < value < np.inf:
            raise ParameterError(name, "accounts_coverable", "a positive number", value)
    table = take_columns(tiers, [tier, accounts, hours_per_account], "the tiers")
    table = table.set_axis(["tier", "accounts", "hours_per_account"], axis=1)
    for name in ("accounts", "hours_per_account"):
        table[name] = pd.to_numeric(table[name], errors="coerce").astype(float)
    numbers = table[["accounts", "hours_per_account"]].to_numpy()
    sound = np.isfinite(numbers).all(axis=1) & (numbers[:, 0] >= 0) & (numbers[:, 1] > 0)
    wrong = table[~sound]
    if len(wrong):
        rows = "; ".join(
            f"{name}: {count:g}, {each:g}"
            for name, count, each in wrong.head(5).itertuples(index=False)
        )
        raise DataError(
            f"the tiers: accounts must be at least 0 and hours per account above 0. Got {rows}."
        )
    left, covered = people * hours, []
    for count, each in table[["accounts", "hours_per_account"]].itertuples(index=False):
        served = int(min(count, left / each + _ROUNDING))
        covered.append(served)
        left -= served * each
    whole = np.floor(people * hours / table["hours_per_account"] + _ROUNDING).astype("int64")
    # A sorted frame keeps its labels, by which pandas would divide one tier by another.
    served_of = pd.Series(covered, table.index, dtype=float)
    share = served_of / table["accounts"].where(table["accounts"] > 0)
    return table.assign(coverable=whole, covered=covered, share_covered=share.fillna(1.0))
