"""Events to one row per customer: frequency, recency, T and monetary value."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.engine import DAY_ZERO, Engine
from segkit.value.doctor import examine
from segkit.value.policy import Policy
from segkit.value.units import Unit, days_in

__all__ = ["customer_summary"]


def customer_summary(
    events: Any,
    customer: str = "customer",
    date: str = "date",
    amount: str | None = "amount",
    as_of: Any = None,
    unit: Unit = "day",
    holdout: Any = None,
    *,
    policy: Policy | None = None,
    engine: Engine | None = None,
) -> pd.DataFrame:
    """Reduce events to what the purchase and spend models need of each customer.

    A purchase is a customer's day with a positive sum of amounts. The first purchase starts a
    customer; those after it are repeat purchases. The work is one portable SQL statement, equal
    to the last bit on every engine.

    Parameters
    ----------
    events : frame, path or name of a table
        A pandas, Polars (eager or lazy) or Arrow frame; the path of a Parquet or CSV file or a
        pattern such as `"orders/*.parquet"`; with an engine, the name of a table.
    customer, date, amount : str
        Columns. Dates are dates, instants (which become days in the engine's time zone) or text
        such as 2024-01-31 or 20240131. Amounts are rounded to cents, halves away from zero.
        Without amounts (`amount=None`) every row is a purchase and there is no monetary value.
    as_of : date, optional
        Last day observed, or its text as above; later rows are set aside. Without it, the last
        day in the data.
    unit : {"day", "week", "month", "year"}
        Unit of the ages: exact days divided by 1, 7, 30.4375 or 365.25.
    holdout : date, optional
        Last day of a hold-out, which begins the day after `as_of`.
    policy : Policy, optional
        Decisions about refunds, duplicates, zero amounts and extreme spenders.
    engine : Engine, optional
        Where SQL runs: `DuckDB` (the default; also for its options), `Spark` or `Database`.

    Returns
    -------
    pandas.DataFrame
        A row per customer, sorted by the id: `frequency` (repeat purchases, int64), `recency`
        (age at the last purchase), `T` (age at `as_of`) and `monetary_value` (mean spend of a
        repeat purchase; 0 if there is none). With a hold-out also `frequency_holdout`
        (purchases), `duration_holdout` (its length) and `monetary_value_holdout` (mean spend of
        a purchase; 0 if there is none). `attrs` holds `unit`, `as_of` and the `findings`, a
        list of records; `diagnose` gives them with their ledger.

    Raises
    ------
    DataError
        If columns are missing or of the wrong kind, a file is not there, or no purchase is left.
    ParameterError
        If an argument is out of bounds.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). "Counting your customers" the easy way.
    Marketing Science 24(2), 275-284.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame(
    ...     {
    ...         "customer": ["ann", "ann", "ann", "ben"],
    ...         "date": ["2024-01-01", "2024-01-08", "2024-01-22", "2024-01-15"],
    ...         "amount": [20.0, 10.0, 30.0, 5.0],
    ...     }
    ... )
    >>> customer_summary(events, as_of="2024-01-29", unit="week")
              frequency  recency    T  monetary_value
    customer
    ann               2      3.0  4.0            20.0
    ben               0      0.0  2.0             0.0
    """
    days = days_in(unit, "customer_summary")
    columns_read = customer, date, amount
    findings, found = examine(events, columns_read, as_of, holdout, policy, engine)
    repeats = found["day_count"] - 1
    days_seen = (findings.as_of - DAY_ZERO).days - found["first_day"]
    columns: dict[str, Any] = {
        "frequency": repeats,
        "recency": (found["last_day"] - found["first_day"]) / days,
        "T": days_seen / days,
        "monetary_value": (found["repeat_spend"] / repeats).where(repeats > 0, 0.0),
    }
    if findings.holdout is not None:
        count = found["later_count"]
        columns |= {
            "frequency_holdout": count,
            "duration_holdout": (findings.holdout - findings.as_of).days / days,
            "monetary_value_holdout": (found["later_spend"] / count).where(count > 0, 0.0),
        }
    summary = pd.DataFrame(columns, index=found.index.rename(customer))
    if amount is None:
        summary = summary.drop(columns=summary.filter(like="monetary").columns)
    summary.attrs = {
        "unit": unit,
        "as_of": findings.as_of.isoformat(),
        "findings": findings.records(),
    }
    return summary
