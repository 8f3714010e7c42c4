"""The conference table as it was filled in: weights of criteria, pairs and ranks of accounts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from segkit.consensus import AHP, ahp
from segkit.errors import DataError
from segkit.tables import CompanyTables

__all__ = ["criteria_weights", "panel_rows"]


def panel_rows(company: CompanyTables, kind: str) -> pd.DataFrame:
    """List the rows of one kind: "criteria", "accounts" or "ranking"; none without the table."""
    table = company.tables.get("conference_table")
    needed = {"panelist", "kind", "item_a"} | ({"rank"} if kind == "ranking" else {"ratio"})
    if table is None or not needed <= set(table):
        return pd.DataFrame(columns=["panelist", "kind", "item_a", "item_b", "ratio", "rank"])
    return table[table["kind"] == kind].reset_index(drop=True)


def criteria_weights(
    company: CompanyTables, wanted: Sequence[str] = ()
) -> tuple[AHP | None, tuple[str, ...]]:
    """Weigh criteria by the panel's pairs; None where the panel says nothing of them.

    Parameters
    ----------
    company : CompanyTables
    wanted : sequence of str
        Only these criteria; without any, all that were judged.
    """
    pairs = panel_rows(company, "criteria").dropna(subset=["ratio"])
    notes: tuple[str, ...] = ()
    if wanted:
        judged = pd.unique(pairs[["item_a", "item_b"]].to_numpy().ravel())
        others = [str(name) for name in judged if name not in wanted]
        pairs = pairs[pairs[["item_a", "item_b"]].isin(list(wanted)).all(axis=1)]
        if others:
            notes = (f"The panel also judged what is not measured here: {', '.join(others)}.",)
    if pairs.empty:
        return None, notes
    try:
        return ahp(pairs), notes
    except DataError as refusal:
        return None, (*notes, f"The panel's pairs give no weights: {refusal}")
