"""The data doctor: what is wrong with events, counted, shown and decided by a stated policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date as Date  # noqa: N812 - `date` names the column of the events
from typing import Any, Literal

import numpy as np
import pandas as pd

from segkit.engine import (
    DAY_ZERO,
    LAST_DAY,
    UNREADABLE,
    Engine,
    EventQueries,
    Reduction,
    locate,
    project,
    reduce_events,
    to_sql,
)
from segkit.errors import ParameterError

__all__ = ["AS_RECORDED", "Findings", "Policy", "diagnose", "examine"]

_CHOICES = {
    "duplicates": ("set aside", "keep"),
    "zero_amounts": ("set aside", "keep"),
    "refunds": ("net", "set aside"),
    "extreme_spenders": ("keep", "set aside"),
}
_FEWEST = 20
_Finding = tuple[str, Any, Any, Any, Any, str]


@dataclass(frozen=True)
class Policy:
    """What is done about each finding that can be decided in more than one way.

    Parameters
    ----------
    duplicates : {"set aside", "keep"}
        Rows equal in every column of the events: counted once, or each counted.
    zero_amounts : {"set aside", "keep"}
        Whether a customer's day of nothing but zero amounts is no purchase, or one.
    refunds : {"net", "set aside"}
        Negative amounts: taken off the same customer's spend of the same day, or left out.
        A day whose sum is not positive is no purchase in either case.
    extreme_spenders : {"keep", "set aside"}
        Customers whose spend after the first purchase is beyond `extreme_spend`, likely
        resellers or bots.
    extreme_spend : float, optional
        In money. Without it, one and a half interquartile ranges above the upper quartile of
        the logarithm of that spend [1]_; never among fewer than 20 customers who came back.

    Raises
    ------
    ParameterError
        If a decision is none of these.

    References
    ----------
    .. [1] Tukey, J. W. (1977). Exploratory Data Analysis. Addison-Wesley, section 2D.

    Examples
    --------
    >>> Policy(zero_amounts="drop")
    Traceback (most recent call last):
    segkit.errors.ParameterError: The 'zero_amounts' parameter of Policy must be ...
    """

    duplicates: Literal["set aside", "keep"] = "set aside"
    zero_amounts: Literal["set aside", "keep"] = "set aside"
    refunds: Literal["net", "set aside"] = "net"
    extreme_spenders: Literal["keep", "set aside"] = "keep"
    extreme_spend: float | None = None

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                expected = " or ".join(map(repr, choices))
                raise ParameterError(name, "Policy", expected, getattr(self, name))
        if self.extreme_spend is not None and not self.extreme_spend > 0:
            raise ParameterError("extreme_spend", "Policy", "positive", self.extreme_spend)


AS_RECORDED = Policy(duplicates="keep", zero_amounts="keep")
"""Every row counts as it stands, as in the published studies of the CDNOW data."""


@dataclass(frozen=True)
class Findings:
    """What the doctor found in events, and what became of each row.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per finding: `finding, rows, customers, money, set_aside, decision`. `rows` are
        the rows concerned, `set_aside` those left out because of it; no row is set aside twice.
    rows_read, rows_used, rows_set_aside : int
        `rows_read == rows_used + rows_set_aside`.
    as_of : datetime.date
        The end of the observation.
    policy : Policy
        The decisions followed.
    sql : str
        The portable statement that made one row per customer.
    """

    table: pd.DataFrame = field(compare=False)
    rows_read: int
    rows_used: int
    rows_set_aside: int
    as_of: Date
    policy: Policy
    sql: str = field(repr=False)

    def records(self) -> list[dict[str, Any]]:
        """List the findings as plain dicts; what does not apply is None."""
        records: list[dict[str, Any]] = json.loads(self.table.to_json(orient="records"))
        return records

    def to_json(self) -> str:
        """Write ledger, policy and findings as JSON."""
        ledger = {name: getattr(self, name) for name in ("rows_read", "rows_used")}
        ledger["rows_set_aside"] = self.rows_set_aside
        told = {"as_of": self.as_of.isoformat(), "policy": asdict(self.policy)}
        return json.dumps({**ledger, **told, "findings": self.records()}, indent=2)

    def to_sql(self, dialect: str = "duckdb") -> str:
        """Print the statement exactly as it runs on an engine of that dialect."""
        return to_sql(self.sql, dialect)

    def __str__(self) -> str:
        ledger = (
            f"{self.rows_read:,} rows read = {self.rows_used:,} used"
            f" + {self.rows_set_aside:,} set aside; observed until {self.as_of}"
        )
        return f"{ledger}\n{self.table.to_string(index=False)}"


def diagnose(
    events: Any,
    customer: str = "customer",
    date: str = "date",
    amount: str | None = "amount",
    as_of: Any = None,
    holdout: Any = None,
    *,
    policy: Policy | None = None,
    engine: Engine | None = None,
) -> Findings:
    """Find what is wrong with events before a model is fitted to them.

    The parameters are those of `customer_summary`, which decides in the same way. This looks
    further: whose rows are duplicates, also if they are kept, and what weekly data would lose.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.DataFrame(
    ...     {
    ...         "customer": ["ann", "ann", "ann", "ben", None],
    ...         "date": ["2024-01-05", "2024-01-05", "2024-03-01", "2024-02-30", "2024-01-01"],
    ...         "amount": [10.0, 10.0, 25.0, 7.0, 1.0],
    ...     }
    ... )
    >>> findings = diagnose(events)
    >>> findings.rows_read, findings.rows_used, findings.rows_set_aside
    (5, 2, 3)
    >>> findings.table.loc[findings.table["set_aside"] > 0, ["finding", "set_aside"]]
                              finding  set_aside
    0  customer missing or unreadable          1
    1      date missing or unreadable          1
    6                 exact duplicate          1
    """
    columns = customer, date, amount
    return examine(events, columns, as_of, holdout, policy, engine, thorough=True)[0]


def examine(
    events: Any,
    columns: tuple[str, str, str | None],
    as_of: Any,
    holdout: Any,
    policy: Policy | None,
    engine: Engine | None,
    *,
    thorough: bool = False,
) -> tuple[Findings, pd.DataFrame]:
    """Reduce events to customers, with the findings on the way.

    Returns
    -------
    tuple of Findings and pandas.DataFrame
        The frame is indexed by customer, sorted, with whole numbers `day_count, first_day,
        last_day` (counted from `DAY_ZERO`), `repeat_spend`, and of the hold-out `later_count`
        and `later_spend`.
    """
    policy = policy or Policy()
    split, last = _span(as_of, holdout)
    queries = EventQueries(
        project(locate(events, engine, text_ids=columns[0]), *columns),
        last_day=last,
        split_day=split,
        distinct=policy.duplicates == "set aside",
        zeros_buy=policy.zero_amounts == "keep",
        net_refunds=policy.refunds == "net",
    )
    found = reduce_events(queries, None if as_of is None else split)
    limit = policy.extreme_spend or _fence(found.before["repeat_spend"])
    extreme = found.before.index[found.before["repeat_spend"] > limit]
    rows = [
        *_of_rows(found, policy),
        *_of_copies(found, policy, thorough=thorough),
        *_of_days(found),
        _of_latecomers(found),
        _of_extreme(found, policy, extreme, limit),
        *_of_buyers(found),
        *_of_dates(found),
        *([_of_weeks(found)] if thorough else []),
    ]
    names = ["finding", "rows", "customers", "money", "set_aside", "decision"]
    whole = {"rows": "int64", "customers": "Int64", "set_aside": "int64"}
    table = pd.DataFrame(rows, columns=names).astype(whole)
    aside = extreme if policy.extreme_spenders == "set aside" else extreme[:0]
    kept = _with_holdout(found.before.drop(aside), found.after)
    findings = Findings(
        table=table,
        rows_read=int(found.fates["line_count"].sum()),
        rows_used=int(kept["line_count"].sum() + kept["later_lines"].sum()),
        rows_set_aside=int(table["set_aside"].sum()),
        as_of=found.as_of,
        policy=policy,
        sql=queries.customers,
    )
    return findings, kept


def _with_holdout(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    if after.empty:
        return before.assign(later_count=0, later_lines=0, later_spend=0.0)
    after = after.reindex(before.index)
    return before.assign(
        later_count=after["day_count"].fillna(0).astype("int64"),
        later_lines=after["line_count"].fillna(0).astype("int64"),
        later_spend=after["spend"].fillna(0.0),
    )


def _fence(spend: pd.Series) -> float:
    """Give the spend, in whole cents, beyond which a customer stands apart."""
    logs = np.log(spend[spend > 0])
    if len(logs) < _FEWEST:
        return np.inf
    low, high = np.quantile(logs, [0.25, 0.75])
    return float(np.ceil(100 * np.exp(high + 1.5 * (high - low))) / 100)


def _of_rows(found: Reduction, policy: Policy) -> Iterator[_Finding]:
    last = found.queries.last_day
    ended = f"the last date, {found.as_of}, is the end" if last == LAST_DAY else f"after {last}"
    decisions = dict.fromkeys(UNREADABLE, "set aside")
    decisions["after the end"] = f"set aside: {ended}"
    for fate, decision in decisions.items():
        rows, customers, money = found.fates.loc[fate]
        yield fate, rows, customers, money, rows, decision
    rows, customers, money = found.fates.loc["refund"]
    if policy.refunds == "net":
        yield "refund", rows, customers, money, 0, "taken off the day's spend"
    else:
        yield "refund", rows, customers, money, rows, "set aside"
    rows, customers, money = found.fates.loc["zero amount"]
    buys = "a purchase" if policy.zero_amounts == "keep" else "no purchase"
    yield "zero amount", rows, customers, money, 0, f"a day of nothing else is {buys}"


def _of_copies(found: Reduction, policy: Policy, *, thorough: bool) -> Iterator[_Finding]:
    decision = "kept" if policy.duplicates == "keep" else "counted once"
    if thorough:
        customers, rows, money = found.ask(found.queries.copies)
        yield "exact duplicate", rows, customers, money, found.copied, decision
    elif policy.duplicates == "set aside":
        rows = found.copied
        yield "exact duplicate", rows, pd.NA, found.copied_money, rows, decision


def _of_days(found: Reduction) -> Iterator[_Finding]:
    idle = found.idle
    rows, customers, money = idle["line_count"].sum(), idle["customer"].nunique(), idle["spend"]
    yield "day without spend", rows, customers, money.sum(), rows, "set aside: no purchase"
    days = pd.concat([found.before, found.after])
    merged = days["line_count"] - days["day_count"]
    customers = days.index[merged > 0].nunique()
    yield "same-day rows", merged.sum(), customers, np.nan, 0, "one purchase a customer and day"


def _of_latecomers(found: Reduction) -> _Finding:
    late = found.after[~found.after.index.isin(found.before.index)]
    rows, money = late["line_count"].sum(), late["spend"].sum()
    return "first seen in the hold-out", rows, len(late), money, rows, "set aside"


def _of_extreme(found: Reduction, policy: Policy, extreme: pd.Index, limit: float) -> _Finding:
    spent = pd.concat([found.before, found.after])
    spent = spent[spent.index.isin(extreme)]
    rows, money = spent["line_count"].sum(), spent["spend"].sum()
    aside = rows if policy.extreme_spenders == "set aside" else 0
    decision = f"{policy.extreme_spenders}: repeat spend above {limit:,.2f}"
    if np.isinf(limit):
        decision = f"not looked for: fewer than {_FEWEST} customers came back"
    return "extreme spender", rows, len(extreme), money, aside, decision


def _of_buyers(found: Reduction) -> Iterator[_Finding]:
    before = found.before
    new = before[before["first_day"] == (found.as_of - DAY_ZERO).days]
    rows, money = new["line_count"].sum(), new["spend"].sum()
    yield "first bought on the last day", rows, len(new), money, 0, "kept with T = 0"
    once = before[before["day_count"] == 1]
    rows, money = once["line_count"].sum(), once["spend"].sum()
    decision = f"kept: {len(once) / len(before):.1%} of customers"
    yield "one-time buyer", rows, len(once), money, 0, decision


def _of_dates(found: Reduction) -> Iterator[_Finding]:
    projection = found.queries.projection
    rows = found.fates["line_count"].sum()
    text = rows if projection.text_dates else 0
    yield "date in text", text, 0, np.nan, 0, "read as 2024-01-31 or 20240131"
    zone = projection.source.engine.time_zone or "the session's time zone"
    instants = rows if projection.zoned_dates else 0
    yield "instant", instants, 0, np.nan, 0, f"its day is taken in {zone}"


def _of_weeks(found: Reduction) -> _Finding:
    customers, lost = found.ask(found.queries.weeks)
    repeats = (found.before["day_count"] - 1).sum()
    decision = f"days kept; weeks would lose {lost / max(repeats, 1):.1%} of repeat purchases"
    return "several purchases a week", lost, customers, np.nan, 0, decision


def _span(as_of: Any, holdout: Any) -> tuple[Date, Date]:
    """Read the ends of calibration and of the whole observation."""
    if as_of is None:
        if holdout is not None:
            raise ParameterError("as_of", "customer_summary", "given with a holdout", as_of)
        return LAST_DAY, LAST_DAY
    split = _day("as_of", as_of)
    last = split if holdout is None else _day("holdout", holdout)
    if holdout is not None and last <= split:
        raise ParameterError("holdout", "customer_summary", f"a day after {split}", holdout)
    return split, last


def _day(name: str, value: Any) -> Date:
    try:
        stamp = None if isinstance(value, int | float) else pd.Timestamp(value)
    except (TypeError, ValueError):
        stamp = None
    if stamp is None or pd.isna(stamp) or not DAY_ZERO <= stamp.date() <= LAST_DAY:
        raise ParameterError(name, "customer_summary", "a day such as '2024-12-31'", value)
    return stamp.date()
