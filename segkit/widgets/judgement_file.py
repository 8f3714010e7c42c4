"""The file that a conference table fills: judgements of pairs and ranks, saved as they are made."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from segkit.errors import DataError
from segkit.frames import unformulated

__all__ = ["JudgementFile", "merge_judgements"]

COLUMNS = ("panelist", "kind", "item_a", "item_b", "ratio", "rank")
ALONE = "-"
"""Second item of a rank, which has none."""
_TEXT, _KEY = list(COLUMNS[:4]), list(COLUMNS[:4])
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class JudgementFile:
    """A CSV file of judgements that several people may fill, one row a pair or a rank.

    Parameters
    ----------
    path : str or Path
        Where it is, or will be at the first judgement.

    Examples
    --------
    >>> import tempfile
    >>> file = JudgementFile(Path(tempfile.mkdtemp()) / "conference_table.csv")
    >>> file.save("Ann", "criteria", [("fit", "margin", 3.0, None)])
    >>> file.save("Ann", "criteria", [("margin", "fit", 0.5, None)])
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
        return _read(self.path) if self.path.exists() else _typed([])

    def save(
        self,
        panelist: str,
        kind: str,
        rows: Sequence[tuple[str, str, float | None, float | None]],
    ) -> None:
        """Save judgements of one panelist in place of those of the same pairs or items.

        The file is read anew before and written whole, so that others may fill it meanwhile.

        Raises
        ------
        DataError
            If the file cannot be read or written.
        """
        made = _typed([(panelist, kind, *row) for row in rows])
        try:
            write_rows(self.path, _latest([self.read(), made]))
        except OSError as fault:
            reason = fault.strerror or fault
            raise DataError(f"The judgement was not saved to {self.path.name}: {reason}.") from None


def merge_judgements(*paths: str | Path) -> pd.DataFrame:
    """Merge files that panelists filled apart; of the same judgement the last file counts.

    Parameters
    ----------
    *paths : str or Path
        Files of judgements.

    Returns
    -------
    DataFrame
        `panelist, kind, item_a, item_b, ratio, rank`: the table that `ahp` (pairs) and `borda`
        (ranks, ``item="item_a"``) read; saved as conference_table.csv, `segkit.read` does too.

    Raises
    ------
    DataError
        If a file is missing or is no file of judgements; names all faults.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("Ann", "Bob"):
    ...     JudgementFile(folder / f"{name}.csv").save(name, "ranking", [("a", "-", None, 1.0)])
    >>> merge_judgements(folder / "Ann.csv", folder / "Bob.csv")["panelist"].tolist()
    ['Ann', 'Bob']
    """
    frames, faults = [], []
    for path in map(Path, paths):
        try:
            frames.append(_read(path))
        except DataError as fault:
            faults.append(str(fault))
    if faults:
        raise DataError("\n".join(faults))
    return _latest(frames or [_typed([])])


def write_rows(path: Path, table: pd.DataFrame) -> None:
    """Write beside the old file and put it in its place: no reader sees half of it."""
    safe = unformulated(table)
    # A rank has no second item: its dash is no formula.
    safe["item_b"] = safe["item_b"].mask(table["item_b"] == ALONE, ALONE)
    safe["rank"] = table["rank"].astype("Int64")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".judgements", suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            safe.to_csv(file, index=False, lineterminator="\r\n")
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(path: Path) -> pd.DataFrame:
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise DataError(f"{path.name} cannot be read as judgements: {reason}.") from None
    missing = [name for name in COLUMNS if name not in raw]
    if missing:
        found = ", ".join(map(str, raw.columns))
        raise DataError(
            f"{path.name} is no file of judgements: no column {', '.join(missing)}. Found {found}."
        )
    table = raw[list(COLUMNS)].copy()
    faults = []
    for name in ("ratio", "rank"):
        table[name] = pd.to_numeric(raw[name], errors="coerce").astype(float)
        wrong = (raw[name].str.strip() != "") & ~(table[name] > 0)
        faults += [
            f"{path.name}, row {row + 2}: {name} is {raw.loc[row, name]!r}; a number above 0 or "
            "nothing is expected."
            for row in raw.index[wrong]
        ]
    if faults:
        raise DataError("\n".join(faults))
    for name in _TEXT:
        table[name] = table[name].map(_restored)
    return table


def _restored(text: str) -> str:
    """Take off the apostrophe that keeps text from running as a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_RISKY) else text


def _typed(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    kinds = dict.fromkeys(_TEXT, "str") | {"ratio": "float64", "rank": "float64"}
    return table.astype(kinds)


def _latest(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Keep the last judgement of each pair, whichever way round it was asked."""
    table = pd.concat(frames, ignore_index=True)
    pair = [
        (row[0], row[1], *sorted(row[2:])) for row in table[_KEY].itertuples(index=False, name=None)
    ]
    kept = ~pd.Series(pair, dtype=object).duplicated(keep="last")
    return table[kept.to_numpy(dtype=bool)].reset_index(drop=True)
