"""Roles of people: recorded ones first, then what the records of a title teach, then the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.frames import JsonResult, take_columns
from segkit.process.rules import ROLES, RoleRules, role_rules

__all__ = ["RoleAssignment", "assign_roles"]

Flags = NDArray[np.bool_]

# So many recorded roles of a title say more about it than a rule for all companies.
_LEAST_RECORDS = 10


@dataclass(frozen=True, eq=False)
class RoleAssignment(JsonResult):
    """Roles of every row of a frame.

    Attributes
    ----------
    table : DataFrame
        One row for each row given, in its order and with its index: `roles` (such as
        "influencer; decider"; empty where unknown) and `source`: "recorded"; "same title" (what
        most recorded roles of that title say); "rules" (read from the title); or "none".
    agreement : DataFrame
        How well roles would have been read where they are recorded: for each `role` the rows
        `recorded`, the share of these that was `found`, and the share of those read that was
        `right`. A row's own record is left out when it is read.
    unknown_titles : DataFrame
        Titles of the rows left without a role: `title, rows`, the most frequent first.
    unknown_recorded : DataFrame
        Recorded words that no rule understands: `recorded, rows`.
    notes : tuple of str
        How many rows each source covers.
    """

    table: pd.DataFrame
    agreement: pd.DataFrame
    unknown_titles: pd.DataFrame
    unknown_recorded: pd.DataFrame
    notes: tuple[str, ...]


def assign_roles(
    frame: Any,
    *,
    title: str,
    function: str | None = None,
    seniority: str | None = None,
    recorded: str | None = None,
    rules: RoleRules | None = None,
) -> RoleAssignment:
    """Give each row its roles.

    Recorded roles come first. Where none is recorded but ten or more other rows of the same title
    have records, the row gets the roles that at least half of these hold (none, where no role is
    that common). All others are read from the title by `rules`.

    Parameters
    ----------
    frame : pandas, Polars or Arrow frame
        One row a person, or one a person and deal.
    title : str
        Column of the job title.
    function, seniority, recorded : str, optional
        Columns of the department, the level and the recorded roles.
    rules : RoleRules, optional
        Rule table; by default the one that comes with segkit.

    Raises
    ------
    DataError
        If columns are missing; names all of them.

    Examples
    --------
    >>> people = pd.DataFrame(
    ...     {"title": ["CHRO", "Payroll Clerk", "Wizard"], "role": ["Approver", None, None]}
    ... )
    >>> assign_roles(people, title="title", recorded="role").table
          roles    source
    0  approver  recorded
    1      user     rules
    2                none
    """
    rules = rules or role_rules()
    given = {"title": title, "function": function, "seniority": seniority, "recorded": recorded}
    columns = [column for column in given.values() if column is not None]
    taken = take_columns(frame, columns, "people")
    people = pd.DataFrame(
        {part: "" if column is None else _texts(taken[column]) for part, column in given.items()},
        index=taken.index,
    )
    # Many people share a title: each kind is read once.
    kind, kinds = pd.factorize(pd.MultiIndex.from_frame(people))
    said = [rules.recorded(recorded) for *_, recorded in kinds]
    recorded_flags = _flags([roles for roles, _ in said])[kind]
    read = _flags([rules.classify(*parts) for *parts, _ in kinds])[kind]
    has_record: Flags = np.asarray(recorded_flags.any(axis=1))
    written = people["title"].map({title: rules.plain(title) for title in people["title"].unique()})
    taught, is_taught = _taught(written, recorded_flags, has_record)
    read = np.where(is_taught[:, None], taught, read)
    held = np.where(has_record[:, None], recorded_flags, read)
    source = np.select(
        [has_record, ~held.any(axis=1), is_taught], ["recorded", "none", "same title"], "rules"
    )
    table = pd.DataFrame({"roles": _as_texts(held), "source": source}, index=taken.index)
    unread = people.loc[(source == "none") & (people["title"] != ""), "title"]
    unknown = pd.Series([words for _, words in said], dtype=object).iloc[kind].explode()
    return RoleAssignment(
        table=table.astype("str"),
        agreement=_agreement(recorded_flags[has_record], read[has_record]),
        unknown_titles=_counted(unread, "title"),
        unknown_recorded=_counted(unknown.dropna().astype("str"), "recorded"),
        notes=tuple(_notes(table["source"])),
    )


def _flags(roles: Sequence[Sequence[str]]) -> Flags:
    """Turn lists of roles into flags, one column for each of `ROLES`."""
    flags = [[role in held for role in ROLES] for held in roles]
    return np.array(flags, dtype=bool).reshape(len(roles), len(ROLES))


def _as_texts(flags: Flags) -> list[str]:
    kind, kinds = pd.factorize(flags @ (1 << np.arange(len(ROLES))))
    texts = [
        "; ".join(role for place, role in enumerate(ROLES) if bits >> place & 1) for bits in kinds
    ]
    return [texts[number] for number in kind]


def _taught(titles: pd.Series, recorded: Flags, has_record: Flags) -> tuple[Flags, Flags]:
    """Read each row from the records of the other rows with its title."""
    code, _ = pd.factorize(titles)
    records = np.bincount(code, weights=has_record)[code] - has_record
    holders = np.column_stack(
        [np.bincount(code, weights=flags)[code] - flags for flags in recorded.T]
    )
    is_taught = (records >= _LEAST_RECORDS) & (titles != "").to_numpy()
    return holders >= 0.5 * records[:, None], is_taught


def _agreement(recorded: Flags, read: Flags) -> pd.DataFrame:
    both = (recorded & read).sum(axis=0)
    held, named = recorded.sum(axis=0), read.sum(axis=0)
    unknown = np.full(len(ROLES), np.nan)
    return pd.DataFrame(
        {
            "role": ROLES,
            "recorded": held,
            "found": np.divide(both, held, out=unknown.copy(), where=held > 0),
            "right": np.divide(both, named, out=unknown.copy(), where=named > 0),
        }
    )


def _texts(column: pd.Series) -> pd.Series:
    return column.astype("str").fillna("").str.strip()


def _counted(values: pd.Series, name: str) -> pd.DataFrame:
    counts = values.value_counts().rename_axis(name).rename("rows").reset_index()
    return counts.sort_values(["rows", name], ascending=[False, True], ignore_index=True)


def _notes(source: pd.Series) -> list[str]:
    counts = source.value_counts()
    words = {
        "recorded": "have recorded roles",
        "same title": "get the roles that most records of their title hold",
        "rules": "get theirs from rules for job titles",
        "none": "have none: nothing known of them tells a role",
    }
    return [
        f"{counts[source]:,} of {counts.sum():,} rows {text}."
        for source, text in words.items()
        if source in counts
    ]
