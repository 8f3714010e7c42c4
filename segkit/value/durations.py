"""Contracts with dates to what the models of churn need: how long each has lasted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.engine import DAY_ZERO
from segkit.errors import DataError
from segkit.frames import take_columns
from segkit.value._days import day_of, days_of, months_between
from segkit.value.units import Unit, days_in

__all__ = ["contract_durations"]

_MONTHS: dict[str, float] = {"month": 1.0, "year": 12.0}


def contract_durations(
    contracts: Any,
    start: str = "start",
    end: str | None = "end",
    *,
    as_of: Any,
    customer: str | None = None,
    margin: str | None = None,
    unit: Unit = "year",
) -> pd.DataFrame:
    """Reduce contracts with dates to how long each has lasted, and whether it has ended.

    Months and years go by the calendar, so that renewals fall on whole numbers: from 31 January
    to 28 February is one month.

    Parameters
    ----------
    contracts : frame
        One row a contract.
    start, end : str
        Columns of dates, instants (their day counts) or text such as 2024-01-31 or 20240131. A
        contract without an end, or with one after `as_of`, is running; None for no such column.
    as_of : date
        Day up to which contracts are known, or its text; those that begin later do not count.
    customer : str, optional
        Column of customers: their contracts become one row, from the first start to the last
        end, whatever lies between. Without it each contract has a row.
    margin : str, optional
        Column to hand on as `margin`: of a customer, the sum over the contracts that ran to the
        last.
    unit : {"year", "month", "week", "day"}
        Unit of the durations.

    Returns
    -------
    pandas.DataFrame
        A row a contract, or a customer, sorted: `duration`, `ended` and, if asked for, `margin`.
        `attrs` holds `unit`, `as_of`, `rows_read`, `rows_used` and the `findings`, a list of
        records: what was set aside, and how many rows.

    Raises
    ------
    DataError
        If columns are missing or hold no dates, or no contract is left.
    ParameterError
        If `as_of` is no day, or the unit unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> contracts = pd.DataFrame(
    ...     {
    ...         "account": ["ann", "ann", "ben"],
    ...         "start": ["2022-03-15", "2023-03-15", "2023-01-01"],
    ...         "end": ["2023-03-14", None, "2023-07-01"],
    ...     }
    ... )
    >>> contract_durations(contracts, as_of="2024-03-15", customer="account")
             duration  ended
    account
    ann           2.0  False
    ben           0.5   True
    """
    days_in(unit, "contract_durations")
    today = day_of("as_of", "contract_durations", as_of)
    names = [name for name in (start, end, customer, margin) if name is not None]
    table = take_columns(contracts, names, "The contracts")
    if margin is not None and not pd.api.types.is_numeric_dtype(table[margin]):
        found = table[margin].dtype
        raise DataError(f"The contracts: {margin!r} must hold numbers. Found {found}.")
    if customer is not None:
        table = table.reset_index(drop=True)
    dated = _dated(table, start, end, np.datetime64(today, "D"))
    fates = _fates(table, dated, (start, end, customer), today)
    findings = _findings(fates)
    kept = dated[fates == ""].assign(margin=table[margin] if margin else 0.0)
    used = len(kept)
    if customer is not None:
        kept = _by_customer(kept, table[customer])
    spells = pd.DataFrame({"duration": _lasted(kept, unit), "ended": ~kept["running"]})
    if margin is not None:
        spells["margin"] = kept["margin"]
    spells.attrs = {
        "unit": unit,
        "as_of": today.isoformat(),
        "rows_read": len(table),
        "rows_used": used,
        "findings": findings,
    }
    return spells


def _dated(table: pd.DataFrame, start: str, end: str | None, today: Any) -> pd.DataFrame:
    """Read first and last day of each contract as known on a day, and what cannot be read."""
    first, _ = days_of(table[start])
    ends, odd = (None, False) if end is None else days_of(table[end])
    last = np.full(len(table), np.datetime64("NaT", "D")) if ends is None else ends
    running = np.isnat(last) | (last > today)
    columns = {"first": first, "last": np.where(running, today, last), "running": running}
    return pd.DataFrame(columns, index=table.index).assign(odd=odd, stated=last)


def _fates(
    table: pd.DataFrame, dated: pd.DataFrame, names: tuple[str, str | None, str | None], today: Any
) -> pd.Series[str]:
    """Say why a contract is set aside, the first reason that applies; nothing where it is not."""
    start, end, customer = names
    faults = {} if customer is None else {f"{customer} missing": table[customer].isna()}
    faults |= {
        f"{start} missing or unreadable": ~(dated["first"] >= pd.Timestamp(DAY_ZERO)),
        f"{end} unreadable": dated["odd"],
        f"{end} before {start}": dated["stated"] < dated["first"],
        f"{start} after {today}": dated["first"] > pd.Timestamp(today),
    }
    return pd.Series(np.select(list(faults.values()), list(faults), ""), table.index)


def _findings(fates: pd.Series[str]) -> list[dict[str, Any]]:
    aside = fates[fates != ""].value_counts()
    if aside.sum() == len(fates):
        told = "; ".join(f"{fate}: {rows:,}" for fate, rows in aside.items())
        raise DataError(f"The contracts: none is left of {len(fates):,}. Rows by kind: {told}.")
    return [{"finding": fate, "rows": int(rows)} for fate, rows in aside.items()]


def _lasted(spells: pd.DataFrame, unit: Unit) -> pd.Series[float]:
    first, last = (spells[name].to_numpy().astype("datetime64[D]") for name in ("first", "last"))
    if unit in _MONTHS:
        return pd.Series(months_between(first, last) / _MONTHS[unit], spells.index)
    return pd.Series((last - first) / np.timedelta64(1, "D") / days_in(unit, ""), spells.index)


def _by_customer(contracts: pd.DataFrame, customer: pd.Series[Any]) -> pd.DataFrame:
    """Join the contracts of a customer; what they pay is that of those which ran to the last."""
    names = customer.loc[contracts.index]
    over = contracts["last"] == contracts.groupby(names)["last"].transform("max")
    anyone = contracts.groupby(names)["running"].transform("any")
    final = contracts["running"] | (~anyone & over)
    joined = contracts.assign(margin=contracts["margin"].where(final)).groupby(names)
    parts = {"first": joined["first"].min(), "last": joined["last"].max()}
    margin = joined["margin"].sum(min_count=1)
    return pd.DataFrame({**parts, "running": joined["running"].any(), "margin": margin})
