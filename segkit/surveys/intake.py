"""Tasks out of long frames: one row for each item shown, whole tasks used or set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segkit.errors import DataError, nearest
from segkit.frames import as_pandas
from segkit.surveys.logit import Ints

__all__ = ["TaskRows", "find_columns", "labels", "usual_column"]

Flags = NDArray[np.bool_]

_USUAL = {
    "respondent": ("respondent", "respondent_id", "id", "person", "user_id"),
    "task": ("task", "set", "question", "block"),
    "item": ("item", "alternative", "feature", "object", "statement"),
    "choice": ("choice",),
    "best": ("best",),
    "worst": ("worst",),
    "chosen": ("chosen", "choice", "choose", "selected"),
    "rating": ("rating", "score"),
}
_SHOWN = 5
_CHANCE = 1e-3


def find_columns(
    frame: Any, given: dict[str, str | None], what: str, optional: Sequence[str] = ()
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Find the column of each part: the one named, or one of a usual name.

    Raises
    ------
    DataError
        Naming all that are not there.
    """
    table = as_pandas(pd.DataFrame(frame) if isinstance(frame, Mapping) else frame, what)
    there = [str(name) for name in table.columns]
    found, faults = {}, []
    for part, name in given.items():
        usual = _USUAL.get(part, ())
        known = name if name is not None else usual_column(part, table)
        if known in there:
            found[part] = str(known)
        elif known is not None:
            faults.append(f"{what}: no column {known!r}.{nearest(known, there)}")
        elif part not in optional:
            faults.append(
                f"{what}: no column for the {part} ({' or '.join(repr(each) for each in usual)}); "
                f"name yours with {part}=..."
            )
    if faults:
        columns = ", ".join(repr(name) for name in there)
        raise DataError("\n".join([*faults, f"Columns found: {columns}."]))
    twice = sorted(name for name in set(found.values()) if there.count(name) > 1)
    if twice:
        raise DataError(f"{what}: several columns are named {', '.join(map(repr, twice))}.")
    if table.empty:
        raise DataError(f"{what} hold no rows.")
    return table, found


def usual_column(part: str, table: pd.DataFrame) -> str | None:
    """Find a column of a part by its usual names.

    Examples
    --------
    >>> usual_column("task", pd.DataFrame(columns=["set", "item"]))
    'set'
    """
    return next((each for each in _USUAL.get(part, ()) if each in table.columns), None)


def labels(index: pd.Index, flags: Flags) -> str:
    """Name the first rows that are flagged.

    Examples
    --------
    >>> labels(pd.RangeIndex(9), np.arange(9) > 6)
    '7, 8'
    """
    rows = index[flags]
    more = ", ..." if len(rows) > _SHOWN else ""
    return ", ".join(str(row) for row in rows[:_SHOWN]) + more


class TaskRows:
    """Rows sorted into tasks, and the reasons why some tasks are not used.

    Parameters
    ----------
    table : DataFrame
        Columns `respondent` and `task`, and whatever else is needed; rows of a task stand in
        the order in which they were shown.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        lost = (table["respondent"].isna() | table["task"].isna()).to_numpy()
        self.nameless = (int(lost.sum()), labels(table.index, lost))
        table = table[~lost]
        if table.empty:
            raise DataError("No row names both a respondent and a task.")
        person, persons = pd.factorize(table["respondent"])
        task, tasks = pd.factorize(table["task"])
        joint = person.astype(np.int64) * len(tasks) + task
        order = np.argsort(joint, kind="stable")
        self.frame = table.iloc[order]
        joint = joint[order]
        self.starts: Ints = np.flatnonzero(np.diff(joint, prepend=-1))
        self.person: Ints = person[order][self.starts]
        self.persons = pd.Index(persons)
        self.reasons = np.full(len(self.starts), "", dtype=object)
        self.remarks: list[str] = []

    @property
    def sizes(self) -> Ints:
        """Rows of each task."""
        return np.diff(np.append(self.starts, len(self.frame)))

    @property
    def task_of_rows(self) -> Ints:
        """Task of each row."""
        return np.repeat(np.arange(len(self.starts)), self.sizes)

    def per_task(self, values: Any) -> NDArray[Any]:
        """Add up over the rows of each task."""
        return np.asarray(np.add.reduceat(np.asarray(values, dtype=np.int64), self.starts))

    def set_aside(self, flags: Flags, reason: str) -> None:
        """Leave out tasks, the first reason counts."""
        self.reasons[flags & (self.reasons == "")] = reason

    def same_place(self, chosen: Flags) -> Flags:
        """Flag persons whose choice stood at one place in all of their tasks, by no accident.

        So many tasks that a person who picks blindly would do so less than once in a thousand.
        Where that is true of most, the rows are not in the order shown, and nobody is flagged.
        """
        used = self.reasons == ""
        place = np.arange(len(self.frame)) - np.repeat(self.starts, self.sizes)
        at = np.zeros(len(self.starts), dtype=np.intp)
        at[self.task_of_rows[chosen]] = place[chosen]
        person, at, sizes = self.person[used], at[used], np.log(self.sizes[used])
        if not len(person):
            return np.zeros(len(self.persons), dtype=bool)
        first = np.flatnonzero(np.diff(person, prepend=-1))
        still = np.minimum.reduceat(at, first) == np.maximum.reduceat(at, first)
        rarity = np.add.reduceat(sizes, first) - np.minimum.reduceat(sizes, first)
        flags = np.zeros(len(self.persons), dtype=bool)
        flags[person[first]] = still & (rarity > -np.log(_CHANCE))
        if 2 * flags.sum() > len(first):
            self.remarks.append(
                "Most choices stand at one place of their tasks: rows seem sorted by choice, so "
                "that who always clicks the same place cannot be seen."
            )
            flags[:] = False
        return flags

    def used(self) -> tuple[pd.DataFrame, Ints, Ints, pd.Index]:
        """Give the rows used, the first of each task, who answered it, and their names."""
        keep = self.reasons == ""
        if not keep.any():
            raise DataError("\n".join(["No task can be used.", *self.notes()]))
        person, known = pd.factorize(self.person[keep])
        sizes = self.sizes[keep]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        return self.frame[np.repeat(keep, self.sizes)], starts, person, self.persons[known]

    def ledger(self) -> pd.DataFrame:
        """Count what was used and what was not: `reason, tasks, rows, first_rows`."""
        owner = np.repeat(self.reasons, self.sizes)
        lines = [
            {
                "reason": reason or "used",
                "tasks": int((self.reasons == reason).sum()),
                "rows": int((owner == reason).sum()),
                "first_rows": labels(self.frame.index, owner == reason) if reason else "",
            }
            for reason in ["", *sorted(set(pd.unique(self.reasons)) - {""})]
        ]
        if self.nameless[0]:
            lines.append(
                {
                    "reason": "no respondent or no task",
                    "tasks": 0,
                    "rows": self.nameless[0],
                    "first_rows": self.nameless[1],
                }
            )
        return pd.DataFrame(lines)

    def notes(self) -> list[str]:
        """Say what was set aside."""
        aside = [
            f"{line['tasks']:,} tasks ({line['rows']:,} rows) are set aside: {line['reason']} "
            f"(rows {line['first_rows']})."
            for line in self.ledger().to_dict("records")
            if line["reason"] != "used"
        ]
        return [*self.remarks, *aside]
