"""The row ledger: rows read = rows used + rows set aside, for every table."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from segkit.tables.draft import Draft

__all__ = ["build_ledger"]


def build_ledger(drafts: Iterable[Draft]) -> pd.DataFrame:
    """Count the rows of each table.

    Returns
    -------
    DataFrame
        Columns `table, read, used, set_aside, reasons`; `read == used + set_aside`. `reasons`
        counts each row set aside once, such as "duplicate key 2; date unreadable 1".

    Examples
    --------
    >>> list(build_ledger([]))
    ['table', 'read', 'used', 'set_aside', 'reasons']
    """
    rows = [
        (
            draft.table.name,
            draft.read,
            int(draft.used.sum()),
            sum(draft.reasons.values()),
            "; ".join(f"{reason} {count:,}" for reason, count in draft.reasons.items()),
        )
        for draft in drafts
    ]
    counts = dict.fromkeys(("read", "used", "set_aside"), "int64")
    types = {"table": "str", **counts, "reasons": "str"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)
