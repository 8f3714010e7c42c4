"""The conference table as it was filled in: weights of criteria, pairs and ranks of accounts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from segkit.answers.users.wishes import short_names
from segkit.consensus import AHP, ahp
from segkit.errors import DataError
from segkit.tables import CompanyTables

__all__ = ["criteria_weights", "item_names", "panel_rows", "ranges"]

_COLUMN = {"criteria": "ratio", "accounts": "ratio", "ranking": "rank"}


def panel_rows(company: CompanyTables, kind: str) -> pd.DataFrame:
    """List the rows of one kind, such as "criteria" or "ranking"; none without the table."""
    table = company.tables.get("conference_table")
    column = _COLUMN.get(kind, "value")
    if table is None or not {"panelist", "kind", "item_a", column} <= set(table):
        return pd.DataFrame(columns=["panelist", "kind", "item_a", "item_b", column])
    return table[table["kind"] == kind].reset_index(drop=True)


def item_names(company: CompanyTables) -> dict[str, str]:
    """Give accounts their names - where two share one, the id too - and outcomes short ones."""
    accounts = company.tables.get("accounts")
    if accounts is None or "name" not in accounts:
        return short_names(company)
    names = accounts.set_index("account_id")["name"].dropna().astype(str)
    names = names.mask(names.duplicated(keep=False), names + " (" + names.index + ")")
    return {str(one): str(name) for one, name in names.items()} | short_names(company)


def ranges(rows: pd.DataFrame) -> pd.DataFrame:
    """Lay out the ranges of market inputs that are whole, one row a panelist and input.

    Examples
    --------
    >>> said = pd.DataFrame({"panelist": "Ann", "item_a": "all: price",
    ...                      "item_b": ["low", "mode", "high"], "value": [8.0, 9.0, 12.0]})
    >>> ranges(said)
      panelist       input  low  mode  high
    0      Ann  all: price  8.0   9.0  12.0
    """
    ends = ["low", "mode", "high"]
    wide = rows.dropna(subset=["value"]).pivot_table(
        index=["panelist", "item_a"], columns="item_b", values="value", sort=False
    )
    whole = wide.reindex(columns=ends).dropna()
    whole = whole.rename_axis(columns=None).reset_index()
    return whole.set_axis(["panelist", "input", *ends], axis=1)


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
