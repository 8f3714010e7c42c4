"""Tables as they were found, before anything is read into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from segkit.tables.names import listing, tidy

__all__ = ["RawTable", "Source", "header", "raw_table", "words"]

Note = tuple[str, str]


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as found: columns of text or of the source's own types, and where rows stood.

    Attributes
    ----------
    frame : DataFrame
        Text columns are categorical, so that each distinct word is read once.
    unit : str
        What a row is called where the reader looks it up: "line" of a text file or "row".
    numbers : ndarray of int
        Number of each row there.
    shifted : ndarray of bool
        Rows with more cells than the header.
    notes : tuple of (kind, message)
        What had to be settled in order to read it.
    """

    frame: pd.DataFrame
    unit: str
    numbers: np.ndarray
    shifted: np.ndarray
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Source:
    """Something that holds one table.

    Attributes
    ----------
    name : str
        What the table is called there.
    origin : str
        Where it is, in words for a message.
    load : callable
        Reads it; raises DataError.
    names : tuple of str
        Other names under which the settings may call it.
    small : bool
        It costs nothing to look into it.
    """

    name: str
    origin: str
    load: Callable[[], RawTable]
    names: tuple[str, ...] = field(default=())
    small: bool = False


def raw_table(
    frame: pd.DataFrame,
    cells: Sequence[object],
    unit: str = "row",
    numbers: np.ndarray | None = None,
    shifted: np.ndarray | None = None,
    notes: Sequence[Note] = (),
) -> RawTable:
    """Make a raw table; rows without any value, and such columns without a name, are left out.

    Parameters
    ----------
    frame : DataFrame
        The columns, in the order of `cells`.
    cells : sequence
        What the header says.
    unit, numbers, shifted, notes
        As in `RawTable`; rows count from 1 unless `numbers` are given.

    Examples
    --------
    >>> raw = raw_table(pd.DataFrame([["1", None], [None, None]]), ["id", ""])
    >>> list(raw.frame), raw.numbers.tolist()
    (['id'], [1])
    """
    blank = [_blank(frame.iloc[:, place]) for place in range(frame.shape[1])]
    columns = {
        place: name
        for place, cell in enumerate(cells)
        if (name := " ".join(tidy(str(cell)).split())) or not blank[place].all()
    }
    names, said = header(columns)
    rows = len(frame)
    numbers = np.arange(1, rows + 1) if numbers is None else numbers
    shifted = np.zeros(rows, bool) if shifted is None else shifted
    empty = np.logical_and.reduce([~shifted, *blank])
    if empty.any():
        said.append(("empty rows", f"rows without any value were left out: {empty.sum():,}"))
    frame = frame.iloc[:, list(columns)].set_axis(names, axis=1)
    kept = ~empty
    return RawTable(
        frame[kept].reset_index(drop=True), unit, numbers[kept], shifted[kept], (*notes, *said)
    )


def _blank(column: pd.Series) -> np.ndarray:
    if isinstance(column.dtype, pd.CategoricalDtype):
        empty = [not str(word).strip() for word in column.cat.categories]
        return np.array([*empty, True])[column.cat.codes.to_numpy()]  # code -1 is the last
    return column.isna().to_numpy()


def words(values: Sequence[object] | np.ndarray | pd.Series) -> pd.Categorical:
    """Hold a column of text, or of mixed values, as codes of its distinct values.

    Examples
    --------
    >>> words(["a", "b", "a"]).codes.tolist()
    [0, 1, 0]
    """
    cells = _cells(values) if isinstance(values, Sequence) else values
    try:
        codes, distinct = pd.factorize(cells)
    except TypeError:  # lists and mappings have no hash
        codes, distinct = pd.factorize(
            _cells([None if cell is None or cell is pd.NA else str(cell) for cell in cells])
        )
    return pd.Categorical.from_codes(codes, categories=pd.Index(distinct, dtype=object))


def _cells(values: Sequence[object]) -> np.ndarray:
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return cells


def header(cells: Mapping[int, str]) -> tuple[list[str], list[Note]]:
    """Name the columns by place: empty names and repeated ones are numbered.

    Examples
    --------
    >>> names, notes = header({0: "id", 1: "", 2: "id"})
    >>> names
    ['id', 'column 2', 'id 2']
    """
    names: list[str] = []
    repeated = []
    for place, cell in cells.items():
        name = base = cell or f"column {place + 1}"
        count = 1
        while name in names:
            count += 1
            name = f"{base} {count}"
        if count > 1:
            repeated.append(name)
        names.append(name)
    unnamed = [name for name, cell in zip(names, cells.values(), strict=True) if not cell]
    notes = []
    if unnamed:
        notes.append(("empty header", f"columns without a name are called {listing(unnamed)}"))
    if repeated:
        said = f"names that occur twice became {listing(repeated)}; the first one counts"
        notes.append(("duplicate header", said))
    return names, notes
