"""Faults: what the check found, said so that the reader can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segkit.tables.names import tidy

__all__ = ["Fault", "Severity", "shorten"]

Severity = Literal["stops", "sets aside", "note"]
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing the check found in a table.

    Attributes
    ----------
    table, column : str
        Where it is; empty where it concerns the whole company or the whole table.
    kind : str
        What it is, such as "missing column", "unreadable value" or "duplicate key".
    message : str
        What was found, what follows from it and, where there is something to do, what.
    rows : int
        How many rows it concerns.
    examples : tuple of (str, str)
        The first five rows, by the number a reader sees in the source, and their values.
    severity : {"stops", "sets aside", "note"}
        The table cannot be used; the rows cannot; or nothing is left out.

    Examples
    --------
    >>> print(Fault("orders", "date", "unreadable value", "not a date", 1, (("line 4", "soon"),)))
    orders.date: not a date (1 row: line 4 'soon')
    """

    table: str
    column: str
    kind: str
    message: str
    rows: int = 0
    examples: tuple[tuple[str, str], ...] = ()
    severity: Severity = "note"

    def __str__(self) -> str:
        place = ".".join(part for part in (self.table, self.column) if part)
        text = f"{place}: {self.message}" if place else self.message
        count = f"{self.rows:,} row" + "s" * (self.rows != 1) if self.rows else ""
        shown = ", ".join(f"{row} {value!r}" if value else row for row, value in self.examples)
        dots = ", ..." if shown and self.rows > len(self.examples) else ""
        details = ": ".join(part for part in (count, shown + dots) if part)
        return f"{text} ({details})" if details else text


def shorten(value: object) -> str:
    """Write a foreign value as short text.

    Examples
    --------
    >>> shorten("x" * 100)
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'
    """
    text = tidy(str(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
