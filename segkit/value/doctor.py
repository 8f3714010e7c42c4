"""The data doctor: what is wrong with events, counted, shown and decided by a stated policy."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date as Date  # noqa: N812 - `date` names the column of the events
from typing import Any

import pandas as pd

from segkit.engine import (
    LAST_DAY,
    Engine,
    EventQueries,
    locate,
    project,
    reduce_events,
    to_sql,
)
from segkit.errors import DataError, ParameterError
from segkit.value._days import day_of
from segkit.value._findings import findings_of
from segkit.value.policy import Policy

__all__ = ["Findings", "diagnose", "examine"]


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
    holdout : datetime.date or None
        The end of the hold-out, if there is one.
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
    holdout: Date | None
    policy: Policy
    sql: str = field(repr=False)

    def records(self) -> list[dict[str, Any]]:
        """List the findings as plain dicts; what does not apply is None."""
        known = self.table.astype(object).where(self.table.notna(), None)
        return [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]

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
    rows, extreme = findings_of(found, policy, thorough=thorough)
    names = ["finding", "rows", "customers", "money", "set_aside", "decision"]
    whole = {"rows": "int64", "customers": "Int64", "set_aside": "int64"}
    table = pd.DataFrame(rows, columns=names).astype(whole).round({"money": 2})
    aside = extreme if policy.extreme_spenders == "set aside" else extreme[:0]
    kept = _with_holdout(found.before.drop(aside), found.after)
    if kept.empty:
        raise DataError(
            "The policy sets aside every customer as an extreme spender. "
            "Give a larger extreme_spend, or keep them."
        )
    kept.index = found.customers[kept.index]
    findings = Findings(
        table=table,
        rows_read=int(found.fates["line_count"].sum()),
        rows_used=int(kept["line_count"].sum() + kept["later_lines"].sum()),
        rows_set_aside=int(table["set_aside"].sum()),
        as_of=found.as_of,
        holdout=None if holdout is None else last,
        policy=policy,
        sql=found.queries.customers,
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


def _span(as_of: Any, holdout: Any) -> tuple[Date, Date]:
    """Read the ends of calibration and of the whole observation."""
    if as_of is None:
        if holdout is not None:
            raise ParameterError("as_of", "customer_summary", "given with a holdout", as_of)
        return LAST_DAY, LAST_DAY
    split = day_of("as_of", "customer_summary", as_of)
    last = split if holdout is None else day_of("holdout", "customer_summary", holdout)
    if holdout is not None and last <= split:
        raise ParameterError("holdout", "customer_summary", f"a day after {split}", holdout)
    return split, last
