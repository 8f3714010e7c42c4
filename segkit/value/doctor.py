"""The data doctor: what is wrong with events, counted, shown and decided by a stated policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date as Date  # noqa: N812 - `date` names the column of the events
from datetime import timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from segkit.engine import DAY_ZERO, LAST_DAY, Engine, EventQueries, locate, project, to_sql
from segkit.errors import DataError, ParameterError

__all__ = ["AS_RECORDED", "Findings", "Policy", "diagnose", "examine"]

_UNREADABLE = ("customer missing", "date missing or unreadable", "amount missing or unreadable")
_FATES = (*_UNREADABLE, "after the end", "refund", "zero amount", "paid")
_Finding = tuple[str, Any, Any, Any, Any, str]
_CHOICES = {
    "duplicates": ("set aside", "keep"),
    "zero_amounts": ("set aside", "keep"),
    "refunds": ("net", "set aside"),
    "extreme_spenders": ("keep", "set aside"),
}


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
        In money. Without it, one and a half interquartile ranges above the upper
        quartile of the logarithm of the spend (Tukey's outer values [1]_).

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
        the rows concerned, `set_aside` those of them left out because of this finding; no row
        is set aside twice.
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

    def to_sql(self, dialect: str = "duckdb") -> str:
        """Print the statement exactly as it runs on an engine of that dialect."""
        return to_sql(self.sql, dialect)

    def records(self) -> list[dict[str, Any]]:
        """List the findings as plain dicts; money that does not apply is None."""
        records: list[dict[str, Any]] = json.loads(self.table.to_json(orient="records"))
        return records

    def to_json(self) -> str:
        """Write findings, ledger and policy as JSON."""
        return json.dumps(
            {
                "rows_read": self.rows_read,
                "rows_used": self.rows_used,
                "rows_set_aside": self.rows_set_aside,
                "as_of": self.as_of.isoformat(),
                "policy": asdict(self.policy),
                "findings": self.records(),
            },
            indent=2,
        )

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

    The parameters are those of `customer_summary`, which decides in the same way; this looks
    further, for duplicates even if they are kept, and for what weekly data would lose.

    Returns
    -------
    Findings

    Examples
    --------
    >>> import pandas as pd
from pandas.api.types import is_integer_dtype
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
    0            customer missing          1
    1  date missing or unreadable          1
    6             exact duplicate          1
    """
    return examine(
        events,
        customer,
        date,
        amount,
        as_of,
        holdout,
        policy or Policy(),
        engine,
        thorough=True,
    )[0]


def examine(
    events: Any,
    customer: str,
    date: str,
    amount: str | None,
    as_of: Any,
    holdout: Any,
    policy: Policy,
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
    split, last = _span(as_of, holdout)
    projection = project(locate(events, engine, text_ids=customer), customer, date, amount)
    queries = EventQueries(
        projection,
        last_day=last,
        split_day=split,
        distinct=policy.duplicates == "set aside",
        zeros_buy=policy.zero_amounts == "keep",
        net_refunds=policy.refunds == "net",
    )
    case = _Case(queries, policy, observed_to=None if as_of is None else split)
    table, kept = case.table(thorough=thorough), case.kept
    findings = Findings(
        table=table,
        rows_read=int(case.fates["line_count"].sum()),
        rows_used=int(kept["line_count"].sum() + kept["later_lines"].sum()),
        rows_set_aside=int(table["set_aside"].sum()),
        as_of=case.as_of,
        policy=policy,
        sql=queries.customers,
    )
    return findings, kept


class _Case:
    """The answers of the statements, and what follows from them."""

    def __init__(self, queries: EventQueries, policy: Policy, observed_to: Date | None) -> None:
        self.queries, self.policy, self.projection = queries, policy, queries.projection
        self.fates = self._ask(queries.fates).set_index("fate").reindex(_FATES, fill_value=0)
        self.groups = _typed(self._ask(queries.customers))
        bought = self.groups[self.groups["bought"]].set_index("customer")
        self.before, self.after = bought[~bought["later"]], bought[bought["later"]]
        if self.before.empty:
            raise DataError(self._nothing_left(observed_to))
        self.as_of = observed_to or _date_of(self.groups["last_day"].max())
        self.limit = policy.extreme_spend or _fence(self.before["repeat_spend"])
        self.extreme = self.before.index[self.before["repeat_spend"] > self.limit]

    def _ask(self, sql: str) -> pd.DataFrame:
        return self.projection.source.engine.query(sql)

    def _nothing_left(self, observed_to: Date | None) -> str:
        until = "" if observed_to is None else f" until {observed_to}"
        counts = "; ".join(f"{fate}: {n}" for fate, n in self.fates["line_count"].items() if n)
        return f"No customer has a purchase{until}. Rows by kind: {counts}.{self._text_forms(' ')}"

    def _text_forms(self, before: str) -> str:
        forms = "dates in text are read as 2024-01-31 or 20240131"
        return before + forms if self.projection.text_dates else ""

    @property
    def kept(self) -> pd.DataFrame:
        """The customers that a model will see."""
        kept = self.before
        if self.policy.extreme_spenders == "set aside":
            kept = kept.drop(self.extreme)
        after = self.after.reindex(kept.index)
        return kept.assign(
            later_count=after["day_count"].fillna(0).astype("int64"),
            later_lines=after["line_count"].fillna(0).astype("int64"),
            later_spend=after["spend"].fillna(0.0),
        )

    def table(self, *, thorough: bool) -> pd.DataFrame:
        """List the findings; the thorough ones cost a statement each."""
        found = [*self._rows(), *self._copies(thorough=thorough), *self._days()]
        found += [*self._customers(), *self._forms()]
        if thorough:
            found.append(self._weeks())
        columns = ["finding", "rows", "customers", "money", "set_aside", "decision"]
        table = pd.DataFrame(found, columns=columns)
        return table.astype({"rows": "int64", "customers": "int64", "set_aside": "int64"})

    def _rows(self) -> Iterator[_Finding]:
        after_end = f"set aside: after {self.queries.last_day}"
        if self.queries.last_day == LAST_DAY:
            after_end = f"none: the last date, {self.as_of}, is the end"
        decisions = dict.fromkeys(_FATES[:3], "set aside") | {"after the end": after_end}
        decisions["date missing or unreadable"] += self._text_forms("; ")
        for fate, decision in decisions.items():
            rows, customers, money = self.fates.loc[fate]
            yield fate, rows, customers, money, rows, decision
        rows, customers, money = self.fates.loc["refund"]
        if self.policy.refunds == "net":
            yield "refund", rows, customers, money, 0, "taken off the day's spend"
        else:
            yield "refund", rows, customers, money, rows, "set aside"
        rows, customers, money = self.fates.loc["zero amount"]
        buys = "a purchase" if self.policy.zero_amounts == "keep" else "no purchase"
        yield "zero amount", rows, customers, money, 0, f"a day of nothing else is {buys}"

    def _copies(self, *, thorough: bool) -> Iterator[_Finding]:
        counted = ["zero amount", "paid", *(["refund"] if self.policy.refunds == "net" else [])]
        gone = self.fates["line_count"][counted].sum() - self.groups["line_count"].sum()
        if not (gone or thorough):
            if self.policy.duplicates == "set aside":
                yield "exact duplicate", 0, 0, 0.0, 0, "counted once"
            return
        customers, rows, money = self._ask(self.queries.copies).iloc[0].fillna(0)
        kept = self.policy.duplicates == "keep"
        yield "exact duplicate", rows, customers, money, gone, "kept" if kept else "counted once"

    def _days(self) -> Iterator[_Finding]:
        empty = self.groups[~self.groups["bought"]]
        rows, money = empty["line_count"].sum(), empty["spend"].sum()
        decision = "set aside: no purchase"
        yield "day without spend", rows, empty["customer"].nunique(), money, rows, decision
        days = pd.concat([self.before, self.after])
        merged = days["line_count"] - days["day_count"]
        customers = days.index[merged > 0].nunique()
        decision = "a customer's rows of one day are one purchase"
        yield "same-day rows", merged.sum(), customers, np.nan, 0, decision

    def _customers(self) -> Iterator[_Finding]:
        late = self.after[~self.after.index.isin(self.before.index)]
        rows = late["line_count"].sum()
        decision = "set aside: not yet a customer at the end of calibration"
        yield "first seen in the hold-out", rows, len(late), late["spend"].sum(), rows, decision

        spent = pd.concat([self.before, self.after])
        spent = spent[spent.index.isin(self.extreme)]
        rows, money = spent["line_count"].sum(), spent["spend"].sum()
        aside = rows if self.policy.extreme_spenders == "set aside" else 0
        decision = f"{self.policy.extreme_spenders}: repeat spend above {self.limit:,.2f}"
        yield "extreme spender", rows, len(self.extreme), money, aside, decision

        new = self.before[self.before["first_day"] == _number(self.as_of)]
        rows, money = new["line_count"].sum(), new["spend"].sum()
        yield "first bought on the last day", rows, len(new), money, 0, "kept with T = 0"

        once = self.before[self.before["day_count"] == 1]
        rows, money = once["line_count"].sum(), once["spend"].sum()
        decision = f"kept: {len(once) / len(self.before):.1%} of customers"
        yield "one-time buyer", rows, len(once), money, 0, decision

    def _forms(self) -> Iterator[_Finding]:
        rows = self.fates["line_count"].drop("date missing or unreadable").sum()
        text = rows if self.projection.text_dates else 0
        yield "date in text", text, 0, np.nan, 0, "read as 2024-01-31 or 20240131"
        instants = rows if self.projection.zoned_dates else 0
        zone = self.projection.source.engine.time_zone or "the session's time zone"
        yield "instant", instants, 0, np.nan, 0, f"its day is taken in {zone}"

    def _weeks(self) -> _Finding:
        customers, days = self._ask(self.queries.weeks).iloc[0].fillna(0)
        repeats = (self.before["day_count"] - 1).sum()
        decision = f"days kept; weeks would lose {days / max(repeats, 1):.1%} of repeat purchases"
        return "several purchases a week", days, customers, np.nan, 0, decision


def _typed(groups: pd.DataFrame) -> pd.DataFrame:
    """Give the rows the same types and order whatever engine they come from."""
    types = dict.fromkeys(("bought", "later"), "bool")
    types |= dict.fromkeys(("day_count", "line_count", "first_day", "last_day"), "int64")
    types |= dict.fromkeys(("spend", "repeat_spend"), "float64")
    whole = is_integer_dtype(groups["customer"].dtype)
    typed = groups.astype(types | {"customer": "int64" if whole else "str"})
    return typed.sort_values(["customer", "bought", "later"], ignore_index=True)


def _fence(spend: pd.Series) -> float:
    logs = np.log(spend[spend > 0])
    if logs.empty:
        return np.inf
    low, high = np.quantile(logs, [0.25, 0.75])
    return float(np.exp(high + 1.5 * (high - low)))


def _number(day: Date) -> int:
    return (day - DAY_ZERO).days


def _date_of(number: int) -> Date:
    return DAY_ZERO + timedelta(days=int(number))


def _span(as_of: Any, holdout: Any) -> tuple[Date, Date]:
    """Read the ends of calibration and of the whole observation."""
    if as_of is None:
        if holdout is not None:
            raise ParameterError("as_of", "customer_summary", "given with a holdout", as_of)
        return LAST_DAY, LAST_DAY
    split = _read_day("as_of", as_of)
    last = split if holdout is None else _read_day("holdout", holdout)
    if holdout is not None and last <= split:
        raise ParameterError("holdout", "customer_summary", f"a day after {split}", holdout)
    return split, last


def _read_day(name: str, value: Any) -> Date:
    try:
        day = None if isinstance(value, int | float) else pd.Timestamp(value).date()
    except (TypeError, ValueError):
        day = None
    if day is None or not DAY_ZERO <= day <= LAST_DAY:
        raise ParameterError(name, "customer_summary", "a day such as '2024-12-31'", value)
    return day
