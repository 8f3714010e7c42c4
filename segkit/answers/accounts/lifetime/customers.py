"""What lifetime value from contracts and from orders share: assumptions, and the account list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from segkit.answers.wording import counted, money
from segkit.scoring import abc
from segkit.tables import CompanyTables

__all__ = [
    "Assumptions",
    "LifetimeBasis",
    "Valuation",
    "account_list",
    "base_worth",
    "value_tiers",
]


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a value rests on besides the data.

    Attributes
    ----------
    margin : float
        Share of revenue that is kept.
    discount_rate : float
        A year.
    horizon : float or None
        Years ahead; None: without an end.
    """

    margin: float
    discount_rate: float
    horizon: float | None


@dataclass(frozen=True, eq=False)
class Valuation:
    """What the base is worth under some assumptions.

    Attributes
    ----------
    total : Series
        `value, low, high` of the whole base.
    groups : DataFrame
        `group, customers, value, low, high`: what one customer of each group is worth.
    """

    total: pd.Series[float]
    groups: pd.DataFrame


class LifetimeBasis(Protocol):
    """Fitted models that value the base under any assumptions."""

    @property
    def currency(self) -> str:
        """Currency of the values."""

    @property
    def assumptions(self) -> Assumptions:
        """The assumptions that the answer rests on."""

    @property
    def horizons(self) -> tuple[float | None, ...]:
        """Horizons in years that the data bear, the longest last."""

    def valuation(self, assumptions: Assumptions) -> Valuation:
        """Value the base anew; the models stay as they are."""


def value_tiers(values: pd.Series[Any]) -> pd.Series[Any]:
    """Name the tier of each value: A hold the first 80 % of the sum, B the next 15 %, C the rest.

    A customer belongs to the tier in which their share begins, so that the largest is always A.

    Examples
    --------
    >>> value_tiers(pd.Series([10.0, 700.0, 90.0, 200.0])).tolist()
    ['C', 'A', 'B', 'A']
    """
    if not (values > 0).any():
        return pd.Series("C", index=values.index, dtype="str")
    return abc(values, crossing="first").table["class"].set_axis(values.index)


def base_worth(
    total: pd.Series[Any], customers: int, when: str, currency: str, margin: float
) -> str:
    """Say what the base is worth, with its interval; where all is kept, that is revenue.

    Examples
    --------
    >>> total = pd.Series({"value": 9.0, "low": 7.0, "high": 11.0})
    >>> base_worth(total, 1, "in a year", "USD", margin=1.0)
    'The 1 customer is worth USD 9.00 of revenue in a year (USD 7.00 to USD 11.00)'
    """
    value, low, high = (money(total[name], currency) for name in ("value", "low", "high"))
    verb = "is" if customers == 1 else "are"
    what = value if margin < 1 else f"{value} of revenue"
    return f"The {counted(customers, 'customer')} {verb} worth {what} {when} ({low} to {high})"


def account_list(company: CompanyTables, valued: pd.DataFrame) -> pd.DataFrame:
    """Join values with what the company knows of its accounts, the most valuable first.

    Parameters
    ----------
    company : CompanyTables
        Gives name and segment, where it has accounts.
    valued : DataFrame
        One row an account, indexed by its id, with a column `value`; a column `segment` takes
        the place of the company's own.
    """
    known = company.tables.get("accounts", pd.DataFrame({"account_id": []}))
    table = valued.rename_axis("account_id").reset_index()
    for column in ("segment", "name"):
        if column in table:
            table.insert(1, column, table.pop(column))
        elif column in known:
            table.insert(1, column, table["account_id"].map(_by_account(known, column)))
    table.insert(table.columns.get_loc("value"), "tier", value_tiers(table["value"]))  # type: ignore[arg-type]  # the name is unique
    return table.sort_values(["value", "account_id"], ascending=[False, True], ignore_index=True)


def _by_account(accounts: pd.DataFrame, column: str) -> pd.Series[Any]:
    return accounts.drop_duplicates("account_id").set_index("account_id")[column]
