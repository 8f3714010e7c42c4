"""The result of a check as plain data, for a screen or a file."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.tables.company import CompanyTables
from segkit.tables.faults import Fault

__all__ = ["check_report"]


def check_report(company: CompanyTables) -> dict[str, Any]:
    """Lay out faults and ledger as plain data that JSON can hold.

    Parameters
    ----------
    company : CompanyTables
        Checked tables.

    Returns
    -------
    dict
        `usable` (no fault stops a table), `company`, `currency`, `as_of` (ISO day or None),
        `faults` (each with `table, column, kind, severity, message, rows, examples, text`),
        `ledger` (each table with `read, used, set_aside` and `reasons`, a list of `reason, rows`).

    Examples
    --------
    >>> orders = pd.DataFrame({"account_id": ["a"], "date": ["2026-01-05"], "amount": [10.0]})
    >>> report = check_report(CompanyTables.from_tables({"orders": orders}))
    >>> report["usable"], report["as_of"], report["ledger"][0]["used"]
    (True, '2026-01-05', 1)
    """
    return {
        "usable": all(fault.severity != "stops" for fault in company.faults),
        "company": company.settings.company,
        "currency": company.settings.currency,
        "as_of": None if pd.isna(company.as_of) else f"{company.as_of:%Y-%m-%d}",
        "faults": [_plain(fault) for fault in company.faults],
        "ledger": [
            {
                "table": str(row["table"]),
                "read": int(row["read"]),
                "used": int(row["used"]),
                "set_aside": int(row["set_aside"]),
                "reasons": _reasons(company.set_aside[row["table"]]),
            }
            for _, row in company.ledger.iterrows()
        ],
    }


def _plain(fault: Fault) -> dict[str, Any]:
    return {
        "table": fault.table,
        "column": fault.column,
        "kind": fault.kind,
        "severity": fault.severity,
        "message": fault.message,
        "rows": fault.rows,
        "examples": [{"row": row, "value": value} for row, value in fault.examples],
        "text": str(fault),
    }


def _reasons(rows: pd.DataFrame) -> list[dict[str, Any]]:
    counts = rows["reason"].value_counts(sort=False)
    return [{"reason": str(reason), "rows": int(count)} for reason, count in counts.items()]
