"""The file that a panel fills: pairs, ranks, scores and ranges, saved as they are made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from segkit.errors import DataError
from segkit.widgets.shared_file import alone, read_rows, write_rows

__all__ = ["ALONE", "Judgement", "JudgementFile", "merge_judgements"]

ALONE = "-"
"""Second item of a rank, which has none."""
_TEXT = ["panelist", "kind", "item_a", "item_b"]
_NUMBERS = ["ratio", "rank", "value"]
COLUMNS = (*_TEXT, *_NUMBERS)
_REQUIRED = COLUMNS[:-1]  # files of pairs and ranks alone have no value


class Judgement(NamedTuple):
    """What one panelist says of an item or a pair.

    Examples
    --------
    >>> Judgement("fit", "margin", ratio=3.0)
    Judgement(item_a='fit', item_b='margin', ratio=3.0, rank=None, value=None)
    """

    item_a: str
    item_b: str
    ratio: float | None = None
    rank: float | None = None
    value: float | None = None


class JudgementFile:
    """A CSV file of judgements that several people may fill, one row a pair, rank or number.

    Parameters
    ----------
    path : str or Path
        Where it is, or will be at the first judgement.

    Examples
    --------
    >>> import tempfile
    >>> file = JudgementFile(Path(tempfile.mkdtemp()) / "conference_table.csv")
    >>> file.save("Ann", "criteria", [("fit", "margin", 3.0)])
    >>> file.save("Ann", "criteria", [("margin", "fit", 0.5)])
    >>> file.read()[["panelist", "item_a", "item_b", "ratio"]]
      panelist  item_a item_b  ratio
    0      Ann  margin    fit    0.5
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def read(self) -> pd.DataFrame:
        """Read all judgements; none where the file is not there yet.

        Raises
        ------
        DataError
            If the file is no file of judgements; names all its faults.
        """
        return self._all()[list(COLUMNS)]

    def save(self, panelist: str, kind: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Save judgements of one panelist in place of those of the same pairs or items.

        The file is locked, read anew and written whole, so that others may fill it meanwhile.

        Parameters
        ----------
        panelist, kind : str
            Who judged, and what: "criteria", "accounts", "ranking", "needs" or "market".
        rows : sequence of Judgement
            Or of such tuples: `item_a, item_b, ratio, rank, value`.

        Raises
        ------
        DataError
            If the file cannot be read or written.
        """
        made = _typed([(panelist, kind, *Judgement(*row)) for row in rows])
        with alone(self.path):
            _write(self.path, _latest([self._all(), made]))

    def _all(self) -> pd.DataFrame:
        """Read all judgements, and the columns that others added."""
        return _read(self.path) if self.path.exists() else _typed([])


def merge_judgements(*paths: str | Path, to: str | Path | None = None) -> pd.DataFrame:
    """Merge files that panelists filled apart; of the same judgement the last file counts.

    Parameters
    ----------
    *paths : str or Path
        Files of judgements, or folders of them, read in the order of their names.
    to : str or Path, optional
        File to write what was merged to, such as conference_table.csv among the company's tables.

    Returns
    -------
    DataFrame
        `panelist, kind, item_a, item_b, ratio, rank, value`: the table that `ahp` (pairs) and
        `borda` (ranks, ``item="item_a"``) read; `segkit.read` does too.

    Raises
    ------
    DataError
        If a file is missing or is no file of judgements, or a folder holds none; names all faults.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("Ann", "Bob"):
    ...     JudgementFile(folder / f"{name}.csv").save(name, "ranking", [("a", "-", None, 1.0)])
    >>> merge_judgements(folder)["panelist"].tolist()
    ['Ann', 'Bob']
    """
    frames, faults = [], []
    for path in map(Path, paths):
        files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        if not files:
            faults.append(f"{path.name} holds no CSV file. Lay the panelists' files into it.")
        for file in files:
            try:
                frames.append(_read(file))
            except DataError as fault:
                faults.append(str(fault))
    if faults:
        raise DataError("\n".join(faults))
    merged = _latest(frames or [_typed([])])
    if to is not None:
        _write(Path(to), merged)
    return merged[list(COLUMNS)]


def _write(path: Path, table: pd.DataFrame) -> None:
    write_rows(path, table.astype({"rank": "Int64"}), plain=[ALONE])


def _read(path: Path) -> pd.DataFrame:
    raw = read_rows(path, _REQUIRED, "judgements")
    others = [name for name in raw if name not in COLUMNS]
    table = raw.reindex(columns=[*COLUMNS, *others], fill_value="")
    faults = []
    for name in _NUMBERS:
        text = table[name].str.strip()
        table[name] = pd.to_numeric(text, errors="coerce").astype(float)
        # A score or a range may begin at nothing, a ratio and a rank may not.
        known = table[name] >= 0 if name == "value" else table[name] > 0
        least = "not below 0" if name == "value" else "above 0"
        faults += [
            f"{path.name}, row {row + 2}: {name} is {text[row]!r}; a number {least} or nothing is "
            "expected."
            for row in table.index[(text != "") & ~known]
        ]
    if faults:
        raise DataError("\n".join(faults))
    return table


def _typed(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    return table.astype(dict.fromkeys(_TEXT, "str") | dict.fromkeys(_NUMBERS, "float64"))


def _latest(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Keep the last judgement of each pair, whichever way round it was asked."""
    table = pd.concat(frames, ignore_index=True)
    pair = [
        (row[0], row[1], *sorted(row[2:]))
        for row in table[_TEXT].itertuples(index=False, name=None)
    ]
    kept = ~pd.Series(pair, dtype=object).duplicated(keep="last")
    return table[kept.to_numpy(dtype=bool)].reset_index(drop=True)
