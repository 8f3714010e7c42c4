"""A table on its way from what was found to what is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from segkit.tables.faults import Fault, Severity, shorten
from segkit.tables.mapping import TableSettings
from segkit.tables.match import match_columns
from segkit.tables.parse import Reading, infer_column, read_column
from segkit.tables.raw import RawTable
from segkit.tables.schema import Column, Table
from segkit.tables.settings import Settings

__all__ = ["Draft"]

_SHOWN = 5
_TEXT = Column("", "text", "")


class Draft:
    """A table being checked: what was read, which rows are set aside and why.

    Each row is set aside under the first reason it is given; faults count all rows they concern.

    Parameters
    ----------
    table : Table
        What the schema asks for.
    raw : RawTable
        What was found.
    settings : Settings
        How to read it.

    Attributes
    ----------
    readings : dict of str to Reading
        The columns of the schema that are there.
    extra : dict of str to Reading
        The others.
    faults : list of Fault
        What was found so far.
    kept : ndarray of bool
        Rows to check: those the settings keep, whose cells stand under their columns.
    """

    def __init__(self, table: Table, raw: RawTable, settings: Settings) -> None:
        entry = settings.tables.get(table.name, TableSettings())
        match = match_columns(table, list(raw.frame.columns), entry)
        self.table = table
        self.raw = raw
        self.entry = entry
        self.columns = match.columns
        self.faults: list[Fault] = list(match.faults)
        self.readings = {
            name: self._read(column, raw.frame[match.columns[name]], settings)
            for name, column in table.columns.items()
            if name in match.columns
        }
        self.extra = {
            name: infer_column(raw.frame[foreign], settings)
            for name, foreign in match.extra.items()
        }
        self.faults += [Fault(table.name, "", *note) for note in raw.notes]
        for name, reading in (self.readings | self.extra).items():
            self.faults += [Fault(table.name, name, *note) for note in reading.notes]
        self.kept = np.ones(len(raw.frame), bool)
        self._codes: np.ndarray = np.zeros(len(raw.frame), np.int32)
        self._reasons = [""]

    def _read(self, column: Column, raw: pd.Series, settings: Settings) -> Reading:
        mapped = self.entry.values.get(column.name, {})  # noqa: PD011 - of the settings
        # A date in the key tells rows apart by its time of day; elsewhere it is a day.
        times = column.name in self.table.key
        return read_column(raw, column, settings, mapped, times=times)

    @property
    def read(self) -> int:
        """Count the rows found."""
        return len(self._codes)

    @property
    def used(self) -> np.ndarray:
        """Mark the rows that no reason sets aside."""
        return np.asarray(self._codes == 0)

    @property
    def stopped(self) -> bool:
        """Say whether the table cannot be used at all."""
        return any(fault.severity == "stops" for fault in self.faults)

    @property
    def reasons(self) -> dict[str, int]:
        """Count the rows set aside by reason."""
        counts = np.bincount(self._codes, minlength=len(self._reasons))
        return {
            reason: int(count)
            for reason, count in zip(self._reasons[1:], counts[1:], strict=True)
            if count
        }

    def set_aside(self, rows: np.ndarray, reason: str) -> None:
        """Set rows aside that are not set aside already."""
        if reason not in self._reasons:
            self._reasons.append(reason)
        self._codes[rows & self.used] = self._reasons.index(reason)

    def say(
        self, kind: str, message: str, *, column: str = "", severity: Severity = "note"
    ) -> None:
        """Report what concerns no row in particular."""
        self.faults.append(Fault(self.table.name, column, kind, message, severity=severity))

    def texts(self, foreign: str) -> pd.Series:
        """Give a column of the source as text, empty cells as ""."""
        return read_column(self.raw.frame[foreign], _TEXT, Settings()).typed.fillna("")

    def fault(
        self,
        kind: str,
        message: str,
        rows: np.ndarray,
        *,
        column: str = "",
        reason: str = "",
        show: Callable[[int], object] | None = None,
    ) -> None:
        """Report a fault of the kept rows among `rows`, if any; a reason sets them aside.

        Parameters
        ----------
        kind, message, column
            As in `Fault`.
        rows : ndarray of bool
            Rows concerned.
        reason : str
            Why they are set aside; empty: they are not.
        show : callable, optional
            What to show of the row at a place; default: its value in the column.
        """
        concerned = rows & self.kept
        places = np.flatnonzero(concerned).tolist()
        if not places:
            return
        show = show or self._shower(column)
        examples = tuple((self.label(place), shorten(show(place))) for place in places[:_SHOWN])
        if reason:
            self.set_aside(concerned, reason)
        severity: Severity = "sets aside" if reason else "note"
        found = Fault(self.table.name, column, kind, message, len(places), examples, severity)
        self.faults.append(found)

    def _shower(self, column: str) -> Callable[[int], object]:
        foreign = self.columns.get(column)
        if foreign is None:
            return lambda _: ""
        cells = self.raw.frame[foreign]
        return lambda place: "" if pd.isna(cells.iloc[place]) else cells.iloc[place]

    def label(self, place: int) -> str:
        """Name a row as its reader finds it in the source, such as "line 17"."""
        return f"{self.raw.unit} {self.raw.numbers[place]}"

    def empty(self, column: str, rows: np.ndarray) -> None:
        """Take the values of some rows out of a column."""
        reading = self.readings[column]
        self.readings[column] = replace(reading, typed=reading.typed.mask(rows))

    def frame(self) -> pd.DataFrame:
        """Build the table of the rows that are used."""
        used = self.used
        columns: Mapping[str, Reading] = self.readings | self.extra
        return pd.DataFrame(
            {name: reading.typed[used].reset_index(drop=True) for name, reading in columns.items()}
        )

    def aside(self) -> pd.DataFrame:
        """List the rows set aside as they were found, each with its place and reason."""
        rows = ~self.used
        reasons = np.array(self._reasons, dtype=object)[self._codes[rows]]
        frame = self.raw.frame[rows].reset_index(drop=True)
        names = [f"{name} " if name in {"row", "reason"} else name for name in frame]
        frame = frame.set_axis(names, axis=1)
        frame.insert(0, "row", [self.label(place) for place in np.flatnonzero(rows).tolist()])
        frame.insert(1, "reason", pd.Series(reasons, dtype="str"))
        return frame
