"""Deals and the people in them, reduced to one row a deal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, nearest
from segkit.process.events import read_ids
from segkit.process.rules import ROLES

__all__ = ["reduce_to_deals"]

Flags = NDArray[np.bool_]

# One person with this share of the contacts carries a deal alone.
_SINGLE_THREAD = 0.8
_SHOWN = 5


def reduce_to_deals(rows: pd.DataFrame, states: Mapping[str, str]) -> pd.DataFrame:
    """Reduce rows of people in deals to one row a deal.

    Parameters
    ----------
    rows : DataFrame
        Columns `deal, person, roles, outcome` and, where known, `touches`.
    states : mapping of str to str
        "won" or "lost" for the outcomes, in lower case, that decide a deal.

    Returns
    -------
    DataFrame
        One row a deal: `deal, outcome, state`, number of `people`, of `roles` and of people whose
        role is `unknown`, `single_threaded`, and a flag for each role.

    Raises
    ------
    DataError
        Names every fault of roles and outcomes at once.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     [("d1", "ann", "decider", "won"), ("d1", "bob", "", "won"), ("d2", None, "", "open")],
    ...     columns=["deal", "person", "roles", "outcome"],
    ... )
    >>> deals = reduce_to_deals(rows, {"won": "won", "lost": "lost"})
    >>> deals[["deal", "state", "people", "roles", "unknown"]]
      deal      state  people  roles  unknown
    0   d1        won       2      1        1
    1   d2  undecided       0      0        0
    """
    rows = rows.assign(
        deal=read_ids(rows["deal"]),
        person=read_ids(rows["person"]),
        roles=rows["roles"].map(_written),
        outcome=rows["outcome"].astype("str").str.strip().replace("", None),
    )
    rows = rows[rows["deal"].notna()]
    roles = {text: _flags(text) for text in rows["roles"].dropna().unique()}
    faults = [*_role_faults(roles), *_outcome_faults(rows, states)]
    if faults:
        raise DataError("\n".join(faults))
    codes, names = pd.factorize(rows["deal"])
    present = rows["person"].notna().to_numpy()
    by_text = {text: bit for text, (bit, _) in roles.items()}
    bits = rows["roles"].map(by_text).fillna(0).to_numpy(np.int64)
    held = np.zeros(len(names), dtype=np.int64)
    np.bitwise_or.at(held, codes[present], bits[present])
    people = rows.assign(deal=codes)[present].drop_duplicates(["deal", "person"])["deal"]
    outcome = rows["outcome"].groupby(codes).first().fillna("")
    table = pd.DataFrame(
        {
            "deal": names,
            "outcome": outcome,
            "state": outcome.str.casefold().map(states).fillna("undecided"),
            "people": np.bincount(people, minlength=len(names)),
            "roles": np.bitwise_count(held),
            "unknown": np.bincount(codes[present & (bits == 0)], minlength=len(names)),
        }
    )
    table["single_threaded"] = table["people"] == 1
    if "touches" in rows:
        table["single_threaded"] |= _carried_alone(rows.assign(deal=codes)[present], len(names))
    return table.assign(**{role: held >> place & 1 == 1 for place, role in enumerate(ROLES)})


def _written(roles: Any) -> Any:
    """Write a list of roles as text, leaving out what is empty."""
    if isinstance(roles, list | tuple | set | np.ndarray):
        return "; ".join(str(role) for role in roles if pd.notna(role))
    return str(roles) if pd.notna(roles) else None


def _flags(text: str) -> tuple[int, list[str]]:
    """Read roles such as "user; decider" as one bit a role, and name the words that are none."""
    words = [word.strip().casefold() for word in re.split("[;,]", str(text)) if word.strip()]
    return (
        sum(1 << ROLES.index(word) for word in {*words} & {*ROLES}),
        [word for word in words if word not in ROLES],
    )


def _carried_alone(present: pd.DataFrame, n_deals: int) -> Flags:
    """Flag deals in which one person has nearly all contacts."""
    per_person = present.groupby(["deal", "person"])["touches"].max()
    by_deal = per_person.groupby(level="deal")
    share = by_deal.max() / by_deal.sum()
    return np.asarray(share.reindex(range(n_deals)) >= _SINGLE_THREAD)


def _role_faults(roles: Mapping[str, tuple[int, list[str]]]) -> list[str]:
    unknown = dict.fromkeys(word for _, words in roles.values() for word in words)
    return [
        f"roles: {word!r} is none of {', '.join(ROLES)}.{nearest(word, ROLES)} "
        "Read recorded words with assign_roles first."
        for word in list(unknown)[:_SHOWN]
    ]


def _outcome_faults(rows: pd.DataFrame, states: Mapping[str, str]) -> list[str]:
    pairs = rows[["deal", "outcome"]].dropna()
    pairs = pairs.loc[~pairs.assign(outcome=pairs["outcome"].str.casefold()).duplicated()]
    double = pairs.loc[pairs["deal"].duplicated(), "deal"].unique()
    faults = []
    if len(double):
        shown = ", ".join(map(repr, double[:_SHOWN]))
        faults.append(f"outcome: {len(double)} deals have more than one, such as {shown}.")
    found = pairs["outcome"].unique()
    if not {name.casefold() for name in found} & set(states):
        faults.append(
            f"outcome: no deal is won or lost. Expected {', '.join(states)}; found "
            f"{', '.join(found[:_SHOWN]) or 'nothing'}. Name yours with `won` and `lost`."
        )
    return faults
