"""References between tables: what a row refers to must be there, and be used itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segkit.tables.draft import Draft
from segkit.tables.schema import Column

__all__ = ["check_references"]


def check_references(drafts: Mapping[str, Draft]) -> None:
    """Check references, over and over until no further row is set aside.

    A required reference to what is not there, or was set aside there, sets the row aside; an
    optional one is emptied. A table that is absent, or has no usable row, is not asked.

    Parameters
    ----------
    drafts : mapping of str to Draft
        Tables whose other checks are done, by name.
    """
    links = [
        _Link(draft, column, drafts[column.refers[0]], column.refers[1])
        for draft in drafts.values()
        for column in draft.table.columns.values()
        if column.name in draft.readings and column.refers and _can_tell(column.refers, drafts)
    ]
    while sum(link.set_aside() for link in links if link.column.required):
        pass
    for link in links:
        link.report()


def _can_tell(refers: tuple[str, str], drafts: Mapping[str, Draft]) -> bool:
    table, column = refers
    return table in drafts and column in drafts[table].readings and bool(drafts[table].used.any())


class _Link:
    """A column that refers to a column of another table, or of its own."""

    def __init__(self, draft: Draft, column: Column, other: Draft, name: str) -> None:
        self.draft = draft
        self.column = column
        self.other = other
        known, values = other.readings[name].typed, draft.readings[column.name].typed
        # One number a value, -1 for none: comparing numbers is far quicker than comparing text.
        codes, found = pd.factorize(np.concatenate([_objects(known), _objects(values)]))
        self._count = len(found)
        self._known, self._values = np.split(codes, [len(known)])
        self._never = (self._values >= 0) & ~self._among(self._known)

    def set_aside(self) -> bool:
        """Set aside the rows whose reference has no usable row; say whether any fell."""
        before = int(self.draft.used.sum())
        name, table = self.column.name, self.other.table.name
        self.draft.set_aside(self._never & self.draft.kept, f"{name} unknown in {table}")
        self.draft.set_aside(self._fallen() & self.draft.kept, f"{name} set aside in {table}")
        return int(self.draft.used.sum()) < before

    def _fallen(self) -> np.ndarray:
        """Mark the rows whose reference is there, but set aside."""
        there = self._among(self._known[self.other.used])
        return np.asarray((self._values >= 0) & ~self._never & ~there)

    def _among(self, codes: np.ndarray) -> np.ndarray:
        listed = np.zeros(self._count + 1, dtype=bool)
        listed[codes[codes >= 0]] = True
        return np.asarray(listed[self._values])

    def report(self) -> None:
        """Report the faults; what an optional column refers to in vain is emptied."""
        name, table, required = self.column.name, self.other.table.name, self.column.required
        fallen = self._fallen()
        fate = "the rows are set aside" if required else "the values are left empty"
        for rows, what in ((self._never, "unknown in"), (fallen, "set aside in")):
            self.draft.fault(
                "orphan reference",
                f"{what} {table}; {fate}",
                rows,
                column=name,
                reason=f"{name} {what} {table}" if required else "",
            )
        if not required:
            self.draft.empty(name, self._never | fallen)


def _objects(values: pd.Series[Any]) -> np.ndarray:
    return values.astype(object).to_numpy()
